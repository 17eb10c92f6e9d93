package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.KeyOrder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a table whose keys both sides order alike, range by range. Both sides' parts of a range are read at the same time,
 * as keys and hashes; the range ends where the part ends that goes less far, and what the other has above that belongs to
 * the next.
 */
final class RangeWalk implements Walk {
    /** The target is read by one row in so many further than the source: rows that only it has seldom cut a range. */
    private static final int SPARE = 64;

    private final KeyOrder order = new KeyOrder();
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
            int most = size.rows() + size.rows() / SPARE + 1;
            try (TargetRange target = sides.target().ahead(layout, targetAfter, cursorName(reach), most)) {
                Part part =
                        sides.source(layout, reach, s -> new Part(s.range(after, reach.cursor(), size), s.inFlight()));
                position = reach.position();
                return compare(part, target.rows(), most);
            }
        } finally {
            sides.end();
        }
    }

    private RangeResult compare(Part part, List<TargetRange.Row> target, int most) {
        List<SourceRow> source = part.range().rows();
        boolean sourceEnds = part.range().complete();
        boolean targetEnds = target.size() < most;
        CanonicalKey upTo = sourceEnds ? null : lastName(source).orElse(null);
        // Where not one key of the range means anything to the target, it has no rows for it.
        int targetRows = sourceEnds ? target.size() : upTo == null ? 0 : upTo(target, upTo);
        int sourceRows = source.size();
        boolean cut = targetRows == target.size() && !targetEnds;
        if (cut) {
            // The next row may have the key of the last: they belong into one range.
            targetRows = beforeLastKey(target);
            upTo = target.get(targetRows - 1).name();
            sourceRows = namedUpTo(source, upTo);
        }
        targetAfter = upTo == null ? targetAfter : upTo;
        after = sourceRows == 0 ? after : source.get(sourceRows - 1).key();
        done = sourceEnds && !cut;
        return new RangeMerge(layout, part.inFlight(), source.subList(0, sourceRows))
                .with(target.subList(0, targetRows));
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

    /** How many rows stand at or below a key. */
    private int upTo(List<TargetRange.Row> rows, CanonicalKey key) {
        int count = rows.size();
        while (count > 0 && order.compare(rows.get(count - 1).name().bytes(), key.bytes()) > 0) {
            count--;
        }
        return count;
    }

    /** How many rows stand at or below a key, up to the last of those that have a name. */
    private int namedUpTo(List<SourceRow> rows, CanonicalKey key) {
        int count = rows.size();
        while (count > 0
                && (!rows.get(count - 1).keyFits()
                        || order.compare(rows.get(count - 1).name().bytes(), key.bytes()) > 0)) {
            count--;
        }
        return count;
    }

    /** How many rows stand before those of the last key; all, where there is no other. */
    private static int beforeLastKey(List<TargetRange.Row> rows) {
        CanonicalKey last = rows.get(rows.size() - 1).name();
        int count = rows.size();
        while (count > 0 && rows.get(count - 1).name().equals(last)) {
            count--;
        }
        return count == 0 ? rows.size() : count;
    }
}
