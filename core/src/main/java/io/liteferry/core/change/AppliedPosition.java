package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * How far the target is: what {@code liteferry.applied} holds and {@code <name>.applied} publishes. Capture starts again
 * from here, however stale it is.
 *
 * @param batch the last batch applied in {@code position.epoch}
 * @param tables progress of every table as of that batch, by source name
 */
public record AppliedPosition(
        @JsonProperty("position") Position position,
        @JsonProperty("batch") long batch,
        @JsonProperty("schema_version") long schemaVersion,
        @JsonProperty("tables") Map<String, TableProgress> tables,
        @JsonProperty("consistent") boolean consistent) {
    public BatchId id() {
        return new BatchId(position.epoch(), batch);
    }
}
