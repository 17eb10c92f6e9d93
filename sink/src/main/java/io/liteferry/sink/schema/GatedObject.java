package io.liteferry.sink.schema;

import io.liteferry.core.plan.TablePlan;

/**
 * A secondary index or constraint that stands behind the gate.
 *
 * @param name in PostgreSQL
 * @param sql the statement that makes it
 */
public record GatedObject(TablePlan table, String name, String sql) {
    boolean isForeignKey() {
        return sql.contains(" FOREIGN KEY ");
    }
}
