package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a table whose keys both sides order alike, range by range. The source's part of a range is read first, as keys
 * and hashes, and says where the range ends; the target's part then streams past it.
 */
final class RangeWalk implements Walk {
    private final Comparison sides;
    private final TableLayout layout;
    private final RangeSize size;
    private @Nullable RowKey after;
    private @Nullable CanonicalKey targetAfter;
    private boolean done;
    private boolean partial;
    private @Nullable Position position;

    /** @param from where an earlier walk was */
    RangeWalk(Comparison sides, TableLayout layout, RangeSize size, Place.Reached from) {
        this.sides = sides;
        this.layout = layout;
        this.size = size;
        this.after = from.after();
        this.targetAfter = from.targetAfter();
    }

    /** The source's part of a range, and where the pair of snapshots stands. */
    private record Part(SourceSnapshot.Range range, InFlight inFlight) {}

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public boolean partial() {
        return partial;
    }

    @Override
    public Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    @Override
    public Place.Reached reached() {
        return new Place.Reached(after, targetAfter, false);
    }

    @Override
    public RangeResult next() throws NotComparableException {
        try {
            Comparison.Reach reach = sides.begin(layout);
            partial |= reach.cursor() != null;
            int rows = size.rows();
            Part part = sides.source(layout, reach, s -> new Part(s.range(after, reach.cursor(), size), s.inFlight()));
            position = reach.position();
            return compare(reach, part, rows);
        } finally {
            sides.end();
        }
    }

    private RangeResult compare(Comparison.Reach reach, Part part, int rangeRows) throws NotComparableException {
        List<SourceRow> rows = part.range().rows();
        boolean end = part.range().complete();
        CanonicalKey upTo = end ? cursorName(reach) : lastName(rows).orElse(null);
        if (!end && upTo == null) {
            // Not one key of the range means anything to the target: nothing to read there.
            RangeMerge merge = new RangeMerge(layout, part.inFlight(), rows);
            after = rows.get(rows.size() - 1).key();
            return merge.end(true);
        }
        long limit = 2L * rangeRows;
        RangeMerge merge = new RangeMerge(layout, part.inFlight(), rows);
        long[] read = {0};
        sides.target().range(layout, true, targetAfter, upTo, limit, row -> {
            read[0]++;
            merge.row(row);
        });
        boolean cut = read[0] == limit;
        CanonicalKey last = merge.last();
        if (cut && last != null) {
            targetAfter = last;
            after = layout.sourceKeys().of(last.bytes()).get(0);
        } else {
            targetAfter = upTo;
            after = rows.isEmpty() ? after : rows.get(rows.size() - 1).key();
        }
        done = end && !cut;
        return merge.end(!cut);
    }

    private @Nullable CanonicalKey cursorName(Comparison.Reach reach) {
        RowKey cursor = reach.cursor();
        return cursor == null ? null : Names.of(layout, cursor).orElse(null);
    }

    private static Optional<CanonicalKey> lastName(List<SourceRow> rows) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            if (rows.get(i).keyFits()) {
                return Optional.of(rows.get(i).name());
            }
        }
        return Optional.empty();
    }
}
