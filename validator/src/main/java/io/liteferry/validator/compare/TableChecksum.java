package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rows and a checksum of one table on both sides: the sum of the hashes of the rows in canonical form, which no order of
 * the rows changes. Both are of the same position, unless the table is written to without a pause.
 */
public final class TableChecksum {
    private static final int TRIES = 3;

    private final Comparison sides;
    private final TableLayout layout;
    private final int rangeRows;

    public TableChecksum(Comparison sides, TablePlan table, int rangeRows) {
        this.sides = sides;
        this.layout = sides.layout(table);
        this.rangeRows = rangeRows;
    }

    /**
     * One side.
     *
     * @param checksum 32 hexadecimal digits
     */
    public record Side(long rows, String checksum) {}

    /**
     * Both sides.
     *
     * @param position that the target's rows are of
     * @param still whether the source's rows are of that position too: none of them was written to while they were read
     */
    public record Both(Side source, Side target, Position position, boolean still) {}

    /** Sums of hashes; the second is of the hashes stirred, so that two rows cannot make up for one another easily. */
    private static final class Sum {
        private long rows;
        private long plain;
        private long stirred;

        void add(long hash) {
            rows++;
            plain += hash;
            stirred += stirred(hash);
        }

        Side side() {
            return new Side(rows, String.format(Locale.ROOT, "%016x%016x", plain, stirred));
        }
    }

    /** A hash whose sum says something else than the sum of the hashes. */
    static long stirred(long hash) {
        long h = hash ^ hash >>> 30;
        h *= 0xbf58476d1ce4e5b9L;
        h ^= h >>> 27;
        h *= 0x94d049bb133111ebL;
        return h ^ h >>> 31;
    }

    /** @throws NotComparableException where the table cannot be read as it was planned */
    public Both take() throws NotComparableException {
        sides.verifyTypes(layout);
        Both both = once();
        for (int i = 1; i < TRIES && !both.still(); i++) {
            both = once();
        }
        return both;
    }

    private Both once() throws NotComparableException {
        Sum target = new Sum();
        Sum source = new Sum();
        Comparison.Reach reach;
        try {
            reach = sides.begin(layout);
            if (reach.cursor() != null) {
                throw new NotComparableException(
                        NotComparableException.Kind.NOT_THERE_YET, "its snapshot is not complete");
            }
            sides.target().range(layout, false, null, null, Long.MAX_VALUE, row -> target.add(row.hash()));
        } finally {
            sides.end();
        }
        RowKey after = null;
        boolean complete = false;
        boolean still = true;
        while (!complete) {
            Part part = part(reach, after);
            part.rows().forEach(r -> source.add(r.hash()));
            complete = part.complete();
            still &= part.still();
            after = part.rows().isEmpty()
                    ? after
                    : part.rows().get(part.rows().size() - 1).key();
        }
        // What PostgreSQL writes stands in no log of the source: the reverse feed says whether the table was written
        // to.
        still &= !sides.reversed() || sides.quietSince(layout, reach.position());
        return new Both(source.side(), target.side(), reach.position(), still);
    }

    /** @param still whether no key of the table was logged since the target's position */
    private record Part(List<SourceRow> rows, boolean complete, boolean still) {}

    private Part part(Comparison.Reach reach, @Nullable RowKey after) throws NotComparableException {
        try {
            // The side that follows is read in a pair, whichever it is.
            Comparison.Reach pair = sides.reversed() ? sides.begin(layout) : reach;
            boolean turned =
                    !pair.position().logIdentity().equals(reach.position().logIdentity());
            return sides.source(layout, pair, s -> {
                SourceSnapshot.Range range = s.range(after, null, rangeRows);
                return new Part(
                        range.rows(), range.complete(), !turned && s.inFlight().size() == 0);
            });
        } finally {
            sides.end();
        }
    }
}
