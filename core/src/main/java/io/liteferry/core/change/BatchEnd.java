package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * The END of a batch, sent on {@code <name>.transaction} only when every record of the batch is acknowledged.
 *
 * @param source the migration's name
 * @param position of the batch: the source as of {@code position.seq} is what the target is once the batch is applied
 * @param batch counts from 1 in each epoch
 * @param schemaVersion SQLite's schema_version in the batch's last read transaction
 * @param counts records of the batch in each topic; topics without one are left out
 * @param tables progress of every table, by source name
 * @param consistent true where no table is in its snapshot: the target is then a state the source really had
 * @param sinceMillis a moment by the capture's clock, not later than the first commit in the batch: when capture last
 *     saw the log unchanged
 */
public record BatchEnd(
        @JsonProperty("source") String source,
        @JsonProperty("position") Position position,
        @JsonProperty("batch") long batch,
        @JsonProperty("schema_version") long schemaVersion,
        @JsonProperty("counts") Map<String, Long> counts,
        @JsonProperty("tables") Map<String, TableProgress> tables,
        @JsonProperty("consistent") boolean consistent,
        @JsonProperty("since_ms") long sinceMillis) {

    public BatchId id() {
        return new BatchId(position.epoch(), batch);
    }

    public long records() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
