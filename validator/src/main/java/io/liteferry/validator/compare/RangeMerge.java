package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.KeyOrder;
import io.liteferry.validator.canonical.SourceKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges a range of the source, in memory as keys and hashes, with the same range of the target as it streams past in the
 * same key order. Every row of either side is met once.
 */
final class RangeMerge implements TargetSide.Rows {
    private final TableLayout layout;
    private final InFlight inFlight;
    private final List<SourceRow> source;
    private final SourceKeys keys;
    private final KeyOrder order = new KeyOrder();
    private final List<Suspect> aside = new ArrayList<>();
    private final List<Suspect> suspects = new ArrayList<>();
    private @Nullable CanonicalKey last;
    private boolean lastEqual;
    private int at;
    private long sourceRows;
    private long targetRows;
    private long equal;

    /** @param source in key order */
    RangeMerge(TableLayout layout, InFlight inFlight, List<SourceRow> source) {
        this.layout = layout;
        this.inFlight = inFlight;
        this.source = new ArrayList<>();
        this.keys = layout.sourceKeys();
        for (SourceRow r : source) {
            if (r.keyFits()) {
                this.source.add(r);
            } else {
                sourceRows++;
                suspects.add(new Suspect(null, List.of(r.key())));
            }
        }
    }

    @Override
    public void row(CanonicalRow row) {
        targetRows++;
        CanonicalKey name = new CanonicalKey(row.columns(layout.key()));
        if (name.equals(last)) {
            // One id twice: in two partitions, or under a key that lost its index. It is one row to look at, not two.
            if (lastEqual) {
                equal--;
                lastEqual = false;
                suspect(name, keys.of(name.bytes()));
            }
            return;
        }
        last = name;
        lastEqual = false;
        missingBelow(name);
        SourceRow match = at < source.size() ? source.get(at) : null;
        if (match == null || !match.name().equals(name)) {
            suspect(name, keys.of(name.bytes()));
            return;
        }
        at++;
        sourceRows++;
        if (match.fits() && match.hash() == row.hash()) {
            equal++;
            lastEqual = true;
        } else {
            suspect(name, List.of(match.key()));
        }
    }

    private void missingBelow(CanonicalKey name) {
        while (at < source.size() && order.compare(source.get(at).name().bytes(), name.bytes()) < 0) {
            missing();
        }
    }

    private void missing() {
        SourceRow row = source.get(at++);
        sourceRows++;
        suspect(row.name(), List.of(row.key()));
    }

    private void suspect(CanonicalKey name, List<RowKey> spellings) {
        (inFlight.holds(name) ? aside : suspects).add(new Suspect(name, spellings));
    }

    /** The key of the last row of the target, or null where it has none. */
    @Nullable
    CanonicalKey last() {
        return last;
    }

    /**
     * Ends the merge.
     *
     * @param complete false where the target had more rows than were read: then the source's rows above its last row
     *     belong to the next range
     */
    RangeResult end(boolean complete) {
        while (complete && at < source.size()) {
            missing();
        }
        return new RangeResult(sourceRows, targetRows, equal, aside, suspects);
    }
}
