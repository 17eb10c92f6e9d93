package io.liteferry.core.plan;

import java.util.List;

/**
 * A foreign key of the target. All names are target names.
 *
 * @param onDelete action in the final schema: {@code NO ACTION}, {@code CASCADE}, {@code SET NULL}, …; while streaming
 *     the key is always {@code NO ACTION DEFERRABLE INITIALLY DEFERRED}, because the source already carried the action out
 */
public record ForeignKeyPlan(
        String name,
        List<String> columns,
        String referencedTable,
        List<String> referencedColumns,
        String onDelete,
        String onUpdate) {
    public ForeignKeyPlan {
        columns = List.copyOf(columns);
        referencedColumns = List.copyOf(referencedColumns);
    }
}
