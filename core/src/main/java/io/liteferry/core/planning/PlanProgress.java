package io.liteferry.core.planning;

/** Told how far a plan is, about four times a second. */
@FunctionalInterface
public interface PlanProgress {
    PlanProgress SILENT = (table, rows, expected) -> {};

    /**
     * @param rows rows of the table read so far
     * @param expected rows it probably has, from SQLite's statistics or its rowids; 0 where neither says
     */
    void rows(String table, long rows, long expected);
}
