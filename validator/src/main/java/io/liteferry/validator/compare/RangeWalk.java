package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.KeyOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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
        List<TargetRange.Row> targetRows = target;
        List<SourceRow> sourceRows = source;
        CanonicalKey upTo = null;
        if (!sourceEnds) {
            List<SourceRow> named = without(source, r -> !r.keyFits());
            upTo = named.isEmpty() ? null : named.get(named.size() - 1).name();
            CanonicalKey end = upTo;
            // Where not one key of the range means anything to the target, it has no rows for it.
            targetRows = without(target, r -> end == null || above(r.name(), end));
        }
        boolean cut = targetRows.size() == target.size() && !targetEnds;
        if (cut) {
            // The next row may have the key of the last: they belong into one range, unless all have it.
            CanonicalKey last = target.get(target.size() - 1).name();
            List<TargetRange.Row> before = without(target, r -> r.name().equals(last));
            targetRows = before.isEmpty() ? target : before;
            CanonicalKey end = targetRows.get(targetRows.size() - 1).name();
            sourceRows = without(source, r -> !r.keyFits() || above(r.name(), end));
            upTo = end;
        }
        targetAfter = upTo == null ? targetAfter : upTo;
        after = sourceRows.isEmpty()
                ? after
                : sourceRows.get(sourceRows.size() - 1).key();
        done = sourceEnds && !cut;
        return new RangeMerge(layout, part.inFlight(), sourceRows).with(targetRows);
    }

    private @Nullable CanonicalKey cursorName(Comparison.Reach reach) {
        RowKey cursor = reach.cursor();
        return cursor == null ? null : Names.of(layout, cursor).orElse(null);
    }

    private boolean above(CanonicalKey name, CanonicalKey key) {
        return order.compare(name.bytes(), key.bytes()) > 0;
    }

    /** The rows but for those at the end. */
    private static <R> List<R> without(List<R> rows, Predicate<R> atTheEnd) {
        int count = rows.size();
        while (count > 0 && atTheEnd.test(rows.get(count - 1))) {
            count--;
        }
        return rows.subList(0, count);
    }
}
