package io.liteferry.cutover.reverse;

import io.liteferry.core.row.SqliteValue;
import java.util.List;
import java.util.Map;

/**
 * A row as it stands in SQLite.
 *
 * @param handle what finds it again: its rowid, or where it has none its key
 * @param values of all columns that can be written, by name
 */
record SourceRow(List<SqliteValue> handle, Map<String, SqliteValue> values) {}
