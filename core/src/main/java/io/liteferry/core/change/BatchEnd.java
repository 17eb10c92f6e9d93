package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
 * @param evolution of the tables whose columns are no longer those of the migration file, once this batch is applied
 * @param schemaChanges what capture saw happen to the schema; the batch's records come before it
 */
public record BatchEnd(
        @JsonProperty("source") String source,
        @JsonProperty("position") Position position,
        @JsonProperty("batch") long batch,
        @JsonProperty("schema_version") long schemaVersion,
        @JsonProperty("counts") Map<String, Long> counts,
        @JsonProperty("tables") Map<String, TableProgress> tables,
        @JsonProperty("consistent") boolean consistent,
        @JsonProperty("since_ms") long sinceMillis,
        @JsonProperty("evolution") Map<String, TableEvolution> evolution,
        @JsonProperty("schema_changes") List<SchemaChange> schemaChanges) {

    public BatchEnd {
        evolution = Objects.requireNonNullElse(evolution, Map.of());
        schemaChanges = Objects.requireNonNullElse(schemaChanges, List.of());
    }

    /** Without a change of the schema. */
    public BatchEnd(
            String source,
            Position position,
            long batch,
            long schemaVersion,
            Map<String, Long> counts,
            Map<String, TableProgress> tables,
            boolean consistent,
            long sinceMillis) {
        this(source, position, batch, schemaVersion, counts, tables, consistent, sinceMillis, Map.of(), List.of());
    }

    public BatchId id() {
        return new BatchId(position.epoch(), batch);
    }

    /** How far the target is once this batch is applied. */
    public AppliedPosition applied() {
        return new AppliedPosition(position, batch, schemaVersion, tables, consistent, evolution);
    }

    /** Whether the records of the next batch have other columns than those of this one. */
    public boolean evolves() {
        return schemaChanges.stream().anyMatch(c -> c.kind() == SchemaChange.Kind.EVOLVED);
    }

    /** The evolution that the records of this batch are in. Differs from {@link #evolution} only where this END evolves. */
    public Map<String, TableEvolution> layout() {
        Map<String, TableEvolution> layout = new HashMap<>(evolution);
        for (int i = schemaChanges.size() - 1; i >= 0; i--) {
            SchemaChange made = schemaChanges.get(i);
            if (made.kind() == SchemaChange.Kind.EVOLVED) {
                layout.computeIfPresent(made.table(), (table, after) -> after.without(made));
            }
        }
        return layout;
    }

    public long records() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
