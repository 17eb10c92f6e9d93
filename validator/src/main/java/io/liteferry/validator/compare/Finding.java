package io.liteferry.validator.compare;

import java.util.List;

/**
 * The verdict of a row that was looked at again.
 *
 * @param present whether the row is in the source
 * @param columns source names of the columns that differ, where the row is on both sides
 */
public record Finding(Suspect suspect, RowVerdict verdict, boolean present, List<String> columns) {
    public Finding {
        columns = List.copyOf(columns);
    }
}
