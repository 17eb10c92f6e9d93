package io.liteferry.sink.write;

import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.sink.batch.ChangeRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys seen while a table is snapshotted again, in a table that exists only meanwhile; when the snapshot is complete,
 * every other row of the target is gone from the source and is deleted. All of it in the transactions of the batches, and
 * logged by PostgreSQL: a crash must not forget what was seen.
 *
 * <p>Each key stands with the last record that named it. A snapshot counts those at or after the record at which it began,
 * so that a capture that starts again from an old position may go back to an earlier snapshot.
 */
final class SeenKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SeenKeys.class);
    private static final int ROWS = 2_000;
    private static final String TAG = "_liteferry_epoch, _liteferry_batch, _liteferry_ordinal";
    private static final List<TargetType> EXTRA_TYPES = List.of(
            TargetType.of(TargetType.Kind.BYTEA),
            TargetType.of(TargetType.Kind.BIGINT),
            TargetType.of(TargetType.Kind.BIGINT),
            TargetType.of(TargetType.Kind.BIGINT));

    private final String source;
    private final TargetTable table;
    private final RowEncoder encoder;
    private final BinaryBuffer buffer;
    private final BinaryArrays arrays;
    private final List<TargetType> types = new ArrayList<>(EXTRA_TYPES);
    private final String insert;
    private @Nullable RecordTag swept;

    SeenKeys(String source, TargetTable table, RowEncoder encoder, BinaryBuffer buffer) {
        this.source = source;
        this.table = table;
        this.encoder = encoder;
        this.buffer = buffer;
        table.key().forEach(i -> types.add(table.types().get(i)));
        arrays = new BinaryArrays(types);
        insert = "INSERT INTO " + table.seen() + " (_liteferry_key, " + TAG + ", " + table.keyList() + ") SELECT ";
    }

    /** Learns which snapshot was swept last. */
    void load(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "SELECT epoch, batch, ordinal FROM liteferry.sweep WHERE source = ? AND table_name = ?")) {
            s.setString(1, source);
            s.setString(2, table.source());
            try (ResultSet r = s.executeQuery()) {
                swept = r.next() ? new RecordTag(r.getLong(1), r.getLong(2), r.getLong(3)) : null;
            }
        }
    }

    /** Where the snapshot began whose keys must be noted; null where none is to be. */
    @Nullable
    RecordTag wanted(@Nullable TableProgress progress) {
        RecordTag since = progress == null || progress.state() == State.SUSPENDED ? null : progress.since();
        return since == null || swept != null && swept.compareTo(since) >= 0 ? null : since;
    }

    /** Notes the keys of rows, in any order, each once. */
    void note(Connection c, Collection<ChangeRecord> rows, RecordTag since) throws SQLException {
        make(c);
        try (PreparedStatement s = c.prepareStatement(insert + "* FROM unnest(" + BinaryArrays.placeholders(types)
                + ") AS u (_liteferry_key, " + TAG + ", " + table.keyList() + ")" + onConflict())) {
            for (ChangeRecord r : rows) {
                if (!r.isDelete() && r.tag().compareTo(since) >= 0) {
                    add(r);
                }
                if (arrays.rows() >= ROWS) {
                    flush(s);
                }
            }
            flush(s);
        } finally {
            arrays.clear();
        }
    }

    private void add(ChangeRecord r) {
        buffer.truncate(0);
        buffer.putField(r.key(), 0, r.key().length);
        for (long part : new long[] {r.batch().epoch(), r.batch().batch(), r.ordinal()}) {
            buffer.putInt(8);
            buffer.putLong(part);
        }
        try {
            encoder.key(r, buffer);
        } catch (Misfit m) {
            // No row of the target can have this key; its quarantine entry can.
            table.key().forEach(i -> buffer.putNullField());
        }
        arrays.add(buffer, 0);
    }

    private void flush(PreparedStatement s) throws SQLException {
        if (arrays.rows() > 0) {
            arrays.bind(s, 1);
            s.executeUpdate();
            arrays.clear();
        }
    }

    /** Notes the keys of a spooled batch, which stands in the stage. */
    void noteSpooled(Connection c, Stage stage, long batch, long epoch, RecordTag since) throws SQLException {
        make(c);
        try (PreparedStatement s = c.prepareStatement(insert + "_liteferry_key, " + epoch
                + ", _liteferry_batch, _liteferry_ordinal, " + table.keyList() + " FROM " + stage.winners()
                + " w WHERE _liteferry_kind <> " + Stage.DELETE + " AND (" + epoch
                + ", _liteferry_batch, _liteferry_ordinal) >= " + literal(since) + onConflict())) {
            s.setLong(1, batch);
            s.executeUpdate();
        }
    }

    private static String onConflict() {
        return " ON CONFLICT (sha256(_liteferry_key)) DO UPDATE SET _liteferry_epoch = EXCLUDED._liteferry_epoch,"
                + " _liteferry_batch = EXCLUDED._liteferry_batch, _liteferry_ordinal = EXCLUDED._liteferry_ordinal";
    }

    /** Deletes what is gone from the source; the snapshot that began at {@code since} is complete. */
    long sweep(Connection c, RecordTag since) throws SQLException {
        make(c);
        String match = table.key().stream()
                .map(i -> PgSql.name(table.columns().get(i)))
                .map(n -> "s." + n + " = t." + n)
                .collect(Collectors.joining(" AND "));
        String counted = "(" + TAG + ") >= " + literal(since);
        long rows;
        try (Statement s = c.createStatement()) {
            s.execute("SET LOCAL work_mem = '64MB'");
            s.execute("ANALYZE " + table.seen());
            rows = s.executeUpdate("DELETE FROM " + table.qualified() + " t WHERE NOT EXISTS (SELECT FROM "
                    + table.seen() + " s WHERE " + match + " AND " + counted + ")");
        }
        try (PreparedStatement s = c.prepareStatement("DELETE FROM liteferry.quarantine q WHERE source = ?"
                + " AND table_name = ? AND NOT EXISTS (SELECT FROM " + table.seen()
                + " s WHERE sha256(s._liteferry_key) = sha256(q.key) AND " + counted + ")")) {
            s.setString(1, source);
            s.setString(2, table.source());
            s.executeUpdate();
        }
        try (PreparedStatement s = c.prepareStatement("INSERT INTO liteferry.sweep VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT (source, table_name) DO UPDATE SET epoch = EXCLUDED.epoch, batch = EXCLUDED.batch,"
                + " ordinal = EXCLUDED.ordinal")) {
            s.setString(1, source);
            s.setString(2, table.source());
            s.setLong(3, since.epoch());
            s.setLong(4, since.batch());
            s.setLong(5, since.ordinal());
            s.executeUpdate();
        }
        try (Statement s = c.createStatement()) {
            s.execute("DROP TABLE " + table.seen());
        }
        return rows;
    }

    /** To be called once the sweep is committed. */
    void swept(RecordTag since, long rows) {
        swept = since;
        LOG.info("snapshotted again, rows that were gone are deleted table={} deleted={}", table.source(), rows);
    }

    private void make(Connection c) throws SQLException {
        String columns = IntStream.range(0, table.key().size())
                .mapToObj(k -> {
                    int i = table.key().get(k);
                    return PgSql.name(table.columns().get(i)) + " "
                            + table.types().get(i).sql();
                })
                .collect(Collectors.joining(", "));
        try (PreparedStatement s = c.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            s.setString(1, table.seen());
            try (ResultSet r = s.executeQuery()) {
                if (r.next() && r.getBoolean(1)) {
                    return;
                }
            }
        }
        try (Statement s = c.createStatement()) {
            s.execute("CREATE TABLE " + table.seen()
                    + " (_liteferry_key bytea NOT NULL, _liteferry_epoch bigint NOT NULL,"
                    + " _liteferry_batch bigint NOT NULL, _liteferry_ordinal bigint NOT NULL, " + columns + ")");
            // By its hash: a key may be longer than an index entry.
            s.execute("CREATE UNIQUE INDEX ON " + table.seen() + " (sha256(_liteferry_key))");
        }
    }

    private static String literal(RecordTag tag) {
        return "(" + tag.epoch() + ", " + tag.batch() + ", " + tag.ordinal() + ")";
    }
}
