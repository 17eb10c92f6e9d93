package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a full pass over one table gave. A row counts once, by its last verdict.
 *
 * @param sourceRows rows known in the source
 * @param targetRows rows known in the target
 * @param counts rows by verdict
 * @param reason why the table, or what was left of it, could not be compared
 * @param position applied position of the last pair of snapshots
 */
public record TableTally(
        long sourceRows,
        long targetRows,
        Map<RowVerdict, Long> counts,
        Optional<NotComparableException> reason,
        Optional<Position> position) {
    public TableTally {
        Map<RowVerdict, Long> copy = new EnumMap<>(RowVerdict.class);
        copy.putAll(counts);
        counts = copy;
    }

    public long count(RowVerdict verdict) {
        return counts.getOrDefault(verdict, 0L);
    }

    /** Rows that stand on either side, whatever is known of them. */
    public long known() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Nothing differs, nothing is set aside for good, nothing could not be read. Rows in flight are looked at again. */
    public boolean clean() {
        return reason.isEmpty()
                && count(RowVerdict.ROW_DIFF) == 0
                && count(RowVerdict.MISSING_TARGET) == 0
                && count(RowVerdict.MISSING_SOURCE) == 0
                && count(RowVerdict.QUARANTINED) == 0
                && count(RowVerdict.UNKNOWN) == 0;
    }
}
