package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Comparator;

/**
 * Names a record in the stream of one source, in the order in which capture read it.
 *
 * @param ordinal the record's place in its batch, across topics
 */
public record RecordTag(
        @JsonProperty("epoch") long epoch,
        @JsonProperty("batch") long batch,
        @JsonProperty("ordinal") long ordinal) implements Comparable<RecordTag> {
    private static final Comparator<RecordTag> ORDER = Comparator.comparingLong(RecordTag::epoch)
            .thenComparingLong(RecordTag::batch)
            .thenComparingLong(RecordTag::ordinal);

    @Override
    public int compareTo(RecordTag other) {
        return ORDER.compare(this, other);
    }
}
