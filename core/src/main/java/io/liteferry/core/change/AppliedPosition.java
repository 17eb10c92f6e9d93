package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Objects;

/**
 * How far the target is: what {@code liteferry.applied} holds and {@code <name>.applied} publishes. Capture starts again
 * from here, however stale it is.
 *
 * @param batch the last batch applied in {@code position.epoch}
 * @param tables progress of every table as of that batch, by source name
 * @param evolution of the tables whose columns are no longer those of the migration file, by source name
 */
public record AppliedPosition(
        @JsonProperty("position") Position position,
        @JsonProperty("batch") long batch,
        @JsonProperty("schema_version") long schemaVersion,
        @JsonProperty("tables") Map<String, TableProgress> tables,
        @JsonProperty("consistent") boolean consistent,
        @JsonProperty("evolution") Map<String, TableEvolution> evolution) {

    public AppliedPosition {
        evolution = Objects.requireNonNullElse(evolution, Map.of());
    }

    /** Of a source whose columns are those of the migration file. */
    public AppliedPosition(
            Position position, long batch, long schemaVersion, Map<String, TableProgress> tables, boolean consistent) {
        this(position, batch, schemaVersion, tables, consistent, Map.of());
    }

    public BatchId id() {
        return new BatchId(position.epoch(), batch);
    }
}
