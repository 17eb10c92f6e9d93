package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A record of {@code <name>.schema-changes}: a change, with the batch that carries it.
 *
 * @param source name of the source
 * @param batch that carries the change; its END follows this record
 * @param schemaVersion SQLite's schema_version in the read transaction that saw the change
 */
public record SchemaChangeEvent(
        @JsonProperty("source") String source,
        @JsonProperty("position") Position position,
        @JsonProperty("batch") long batch,
        @JsonProperty("schema_version") long schemaVersion,
        @JsonProperty("change") SchemaChange change) {
    public static SchemaChangeEvent of(BatchEnd end, SchemaChange change) {
        return new SchemaChangeEvent(end.source(), end.position(), end.batch(), end.schemaVersion(), change);
    }
}
