package io.liteferry.validator.compare;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.SourceForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Compares a table whose rows nothing names on both sides: as multisets of the hashes of its rows. Each side is read once,
 * into counts and sums by bucket of the hash; where buckets differ, they are read again until each hash of them is counted.
 * Memory is bounded: so many buckets at once as hold no more rows than that.
 */
final class MultisetComparison {
    private static final int BUCKET_BITS = 16;
    private static final int BUCKETS = 1 << BUCKET_BITS;
    private static final int ROWS_PER_TOLD = 10_000;

    private final Comparison sides;
    private final TableLayout layout;
    private final SqliteFile file;
    private final long mostCounted;
    private final LongConsumer progress;
    private final long[] sums = new long[BUCKETS];
    private final long[] stirred = new long[BUCKETS];
    private final long[] held = new long[BUCKETS];
    private long sourceRows;
    private long targetRows;

    /**
     * @param mostCounted hashes in memory at once
     * @param progress hears of the source's rows that were read
     */
    MultisetComparison(Comparison sides, TableLayout layout, SqliteFile file, long mostCounted, LongConsumer progress) {
        this.sides = sides;
        this.layout = layout;
        this.file = file;
        this.mostCounted = mostCounted;
        this.progress = progress;
    }

    /** Hears of each row of a side. */
    private interface Hashes {
        void hash(long hash);
    }

    TableTally run() {
        Map<RowVerdict, Long> counts = new HashMap<>();
        Optional<NotComparableException> reason = Optional.empty();
        try (Connection source = file.openReader()) {
            source.setAutoCommit(false);
            sides.verifyTypes(layout);
            sides.begin();
            compare(source, counts);
            source.rollback();
        } catch (NotComparableException e) {
            reason = Optional.of(e);
            counts.put(RowVerdict.UNKNOWN, 1L);
        } catch (SQLException e) {
            throw file.failure("Reading table " + layout.name() + " to compare it", e);
        } finally {
            sides.end();
        }
        return new TableTally(sourceRows, targetRows, counts, reason, Optional.empty());
    }

    private void compare(Connection source, Map<RowVerdict, Long> counts) throws SQLException, NotComparableException {
        source(source, hash -> {
            sourceRows++;
            sum(hash, 1);
            if (sourceRows % ROWS_PER_TOLD == 0) {
                progress.accept(sourceRows);
            }
        });
        target(hash -> {
            targetRows++;
            sum(hash, -1);
        });
        progress.accept(sourceRows);
        long onlySource = 0;
        long onlyTarget = 0;
        int next = 0;
        while (next < BUCKETS) {
            BitSet some = new BitSet(BUCKETS);
            long rows = 0;
            while (next < BUCKETS && (some.isEmpty() || rows + held[next] <= mostCounted)) {
                if (sums[next] != 0 || stirred[next] != 0) {
                    some.set(next);
                    rows += held[next];
                }
                next++;
            }
            for (long net : some.isEmpty()
                    ? Map.<Long, Long>of().values()
                    : nets(source, some).values()) {
                onlySource += Math.max(0, net);
                onlyTarget += Math.max(0, -net);
            }
        }
        counts.put(RowVerdict.EQUAL, sourceRows - onlySource);
        counts.put(RowVerdict.MISSING_TARGET, onlySource);
        counts.put(RowVerdict.MISSING_SOURCE, onlyTarget);
    }

    private static int bucket(long hash) {
        return (int) (hash >>> Long.SIZE - BUCKET_BITS);
    }

    private void sum(long hash, int sign) {
        int bucket = bucket(hash);
        held[bucket]++;
        // One more, so that a hash of zero counts.
        sums[bucket] += sign * (hash | 1);
        stirred[bucket] += sign * TableChecksum.stirred(hash);
    }

    /** How much more often the source has each hash of these buckets. */
    private Map<Long, Long> nets(Connection source, BitSet buckets) throws SQLException, NotComparableException {
        Map<Long, Long> nets = new HashMap<>();
        source(source, hash -> count(nets, buckets, hash, 1));
        target(hash -> count(nets, buckets, hash, -1));
        return nets;
    }

    private static void count(Map<Long, Long> nets, BitSet buckets, long hash, long sign) {
        if (buckets.get(bucket(hash))) {
            nets.merge(hash, sign, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
        }
    }

    private void source(Connection source, Hashes hashes) throws SQLException {
        String columns =
                layout.columns().stream().map(ColumnPlan::source).map(Sql::name).collect(Collectors.joining(", "));
        SourceForm form = layout.sourceForm();
        PackedWriter packed = new PackedWriter();
        PackedReader values = new PackedReader();
        CanonicalRow row = layout.newRow();
        try (PreparedStatement ps = source.prepareStatement("SELECT " + columns + " FROM " + Sql.name(layout.name()))) {
            RowReader reader = new RowReader(ps, RowReader.isUtf16(source));
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    reader.values(packed.reset(), 0, layout.columns().size());
                    form.write(values.reset(packed.toBytes()), row.reset());
                    hashes.hash(row.hash());
                }
            }
        }
    }

    private void target(Hashes hashes) throws NotComparableException {
        sides.target().all(layout, row -> hashes.hash(row.hash()));
    }
}
