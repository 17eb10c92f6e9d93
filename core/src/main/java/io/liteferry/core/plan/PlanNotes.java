package io.liteferry.core.plan;

import java.util.List;
import java.util.Map;

/**
 * Comments of a written migration file: why the plan is as it is. They are read by people only.
 *
 * @param top lines above everything
 * @param tables lines above each table, by source name
 * @param columns one line behind each column, by source names of table and column
 */
public record PlanNotes(List<String> top, Map<String, List<String>> tables, Map<String, Map<String, String>> columns) {
    public static final PlanNotes NONE = new PlanNotes(List.of(), Map.of(), Map.of());

    List<String> table(String source) {
        return tables.getOrDefault(source, List.of());
    }

    String column(String table, String column) {
        return columns.getOrDefault(table, Map.of()).getOrDefault(column, "");
    }
}
