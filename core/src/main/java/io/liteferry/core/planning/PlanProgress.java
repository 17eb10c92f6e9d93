package io.liteferry.core.planning;

/** Told how far a plan is, about four times a second. */
@FunctionalInterface
public interface PlanProgress {
    PlanProgress SILENT = (table, rows, expected) -> {};

    /**
     * @param rows rows of the table read so far, of all files
     * @param expected rows of all tables of all files, from their rowids; 0 where not known
     */
    void rows(String table, long rows, long expected);
}
