package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * How the columns and unique indexes of a table have changed since its migration file was written. Stands in {@code liteferry.applied}, in
 * the row and the transaction of the batch that made it so.
 *
 * @param grewFrom digest of the table in the migration file; where a person has edited it since, the file counts
 * @param columns all columns of the source table as of the last change, in its order
 * @param changes to be made to what the migration file says, in this order
 * @param byHand what a person may have to do, each with its statement or command; {@code status} shows it
 */
public record TableEvolution(
        @JsonProperty("grew_from") String grewFrom,
        @JsonProperty("columns") List<String> columns,
        @JsonProperty("changes") List<ColumnChange> changes,
        @JsonProperty("by_hand") List<String> byHand) {
    public TableEvolution {
        columns = List.copyOf(columns);
        changes = List.copyOf(changes);
        byHand = List.copyOf(Objects.requireNonNullElse(byHand, List.of()));
    }

    public TableEvolution(String grewFrom, List<String> columns, List<ColumnChange> changes) {
        this(grewFrom, columns, changes, List.of());
    }

    /** As before the last change. */
    TableEvolution without(SchemaChange last) {
        int before = Math.max(0, changes.size() - last.changes().size());
        return new TableEvolution(grewFrom, last.before(), changes.subList(0, before), byHand);
    }
}
