package io.liteferry.core.planning;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a whole table in slices by its rowid or its key, each a read transaction of its own and short: a long one would
 * keep SQLite's WAL from being reset. A table with neither is read in one.
 */
final class TableScan {
    private static final int ROWS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;

    private final Connection connection;
    private final boolean utf16;
    private final long sliceNanos;

    TableScan(Connection connection, long sliceMillis) throws SQLException {
        this.connection = connection;
        this.utf16 = RowReader.isUtf16(connection);
        this.sliceNanos = sliceMillis * 1_000_000;
    }

    /** Takes rows as packed values of the expressions asked for. */
    interface Visitor {
        void row(byte[] packed);

        /** Between two slices, with the number of rows so far. */
        void slice(long rows);
    }

    /** @param expressions SQL over the table under the alias {@code t} */
    void read(SourceTable table, List<String> expressions, Visitor visitor) throws SQLException {
        List<String> handle = handle(table);
        String columns =
                Stream.concat(handle.stream(), expressions.stream()).collect(Collectors.joining(", ", "SELECT ", ""));
        String from = " FROM main." + Sql.name(table.name()) + " AS t";
        String order = handle.isEmpty() ? "" : " ORDER BY " + String.join(", ", handle);
        List<SqliteValue> last = List.of();
        long rows = 0;
        boolean more = true;
        while (more) {
            String where = last.isEmpty() ? "" : " WHERE " + after(handle, last);
            try (PreparedStatement ps = connection.prepareStatement(columns + from + where + order)) {
                bind(ps, last);
                long end = System.nanoTime() + sliceNanos;
                try (ResultSet rs = ps.executeQuery()) {
                    RowReader reader = new RowReader(ps, utf16);
                    PackedWriter packed = new PackedWriter();
                    more = false;
                    while (!more && rs.next()) {
                        reader.values(packed.reset(), handle.size(), expressions.size());
                        visitor.row(packed.toBytes());
                        rows++;
                        if (rows % ROWS_BETWEEN_LOOKS_AT_THE_CLOCK == 0
                                && !handle.isEmpty()
                                && System.nanoTime() > end) {
                            more = true;
                            reader.values(packed.reset(), 0, handle.size());
                            last = values(packed.toBytes());
                        }
                    }
                }
            }
            visitor.slice(rows);
        }
    }

    private static List<String> handle(SourceTable table) {
        return table.rowidName()
                .map(rowid -> List.of("t." + rowid))
                .orElseGet(() -> !table.withoutRowid()
                        ? List.of()
                        : table.primaryKey().stream()
                                .map(c -> "t." + Sql.name(c.name()))
                                .toList());
    }

    /** Text is bound as its bytes, because the driver's own way would change invalid UTF-8. */
    private String after(List<String> handle, List<SqliteValue> last) {
        String parameters = last.stream()
                .map(v -> v instanceof SqliteValue.Text && !utf16 ? "CAST(? AS TEXT)" : "?")
                .collect(Collectors.joining(", "));
        return handle.size() == 1
                ? handle.get(0) + " > " + parameters
                : "(" + String.join(", ", handle) + ") > (" + parameters + ")";
    }

    private void bind(PreparedStatement ps, List<SqliteValue> values) throws SQLException {
        int at = 1;
        for (SqliteValue v : values) {
            if (v instanceof SqliteValue.Int i) {
                ps.setLong(at, i.value());
            } else if (v instanceof SqliteValue.Real r) {
                ps.setDouble(at, r.value());
            } else if (v instanceof SqliteValue.Text t && utf16) {
                ps.setString(at, new String(t.utf8(), StandardCharsets.UTF_8));
            } else if (v instanceof SqliteValue.Text t) {
                ps.setBytes(at, t.utf8());
            } else if (v instanceof SqliteValue.Blob b) {
                ps.setBytes(at, b.bytes());
            } else {
                ps.setNull(at, java.sql.Types.NULL);
            }
            at++;
        }
    }

    private static List<SqliteValue> values(byte[] packed) {
        PackedReader r = new PackedReader().reset(packed);
        List<SqliteValue> values = new ArrayList<>();
        while (r.hasNext()) {
            values.add(r.nextValue());
        }
        return values;
    }
}
