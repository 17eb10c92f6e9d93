package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a pass over a table is, to be written down: another validator goes on from here.
 *
 * @param ordered whether both sides are walked in one order
 * @param after packed key of the source's last row that was compared, or null
 * @param targetAfter canonical key of the target's last row that was compared, or null
 * @param sourceDone whether the source was walked to its end, where both sides are walked one after the other
 * @param counts rows by the label of their verdict
 * @param pending packed keys of rows that were in flight
 * @param unplaced packed keys of rows that the source may spell otherwise
 */
public record Place(
        boolean ordered,
        byte @Nullable [] after,
        byte @Nullable [] targetAfter,
        boolean sourceDone,
        long sourceRows,
        long targetRows,
        Map<String, Long> counts,
        List<byte[]> pending,
        List<byte[]> unplaced) {

    /** Where a walk is: which of these keys were compared last. */
    record Reached(@Nullable RowKey after, @Nullable CanonicalKey targetAfter, boolean sourceDone) {
        static final Reached START = new Reached(null, null, false);

        byte @Nullable [] packedAfter() {
            RowKey key = after;
            return key == null ? null : key.packed();
        }

        byte @Nullable [] targetBytes() {
            CanonicalKey key = targetAfter;
            return key == null ? null : key.bytes();
        }
    }

    Reached reached() {
        byte[] source = after;
        byte[] target = targetAfter;
        return new Reached(
                source == null ? null : new RowKey(source),
                target == null ? null : new CanonicalKey(target),
                sourceDone);
    }
}
