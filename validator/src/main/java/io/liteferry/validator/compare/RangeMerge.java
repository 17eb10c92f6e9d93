package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.KeyOrder;
import io.liteferry.validator.canonical.SourceKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges a range of the source with the same range of the target, both in the same key order. Every row of either side is
 * met once.
 */
final class RangeMerge {
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
    private long equal;

    /** @param source in key order */
    RangeMerge(TableLayout layout, InFlight inFlight, List<SourceRow> source) {
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

    /** Merges all rows of the range. */
    RangeResult with(List<TargetRange.Row> target) {
        target.forEach(this::row);
        while (at < source.size()) {
            missing();
        }
        return new RangeResult(sourceRows, target.size(), equal, aside, suspects);
    }

    private void row(TargetRange.Row row) {
        CanonicalKey name = row.name();
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
}
