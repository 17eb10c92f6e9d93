package io.liteferry.cutover.reverse;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.RowReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Statements of one connection to SQLite, prepared once, and values exactly as SQLite stores them in both directions. */
final class Statements implements AutoCloseable {
    private static final int MOST_KEPT = 500;

    private final Connection connection;
    private final boolean utf16;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>();

    Statements(Connection connection) throws SQLException {
        this.connection = connection;
        this.utf16 = RowReader.isUtf16(connection);
    }

    /** Stands for a value in a statement. The driver binds text from a String only, which cannot hold every text that SQLite can. */
    static String parameter(SqliteValue value) {
        return value instanceof SqliteValue.Text t && !representable(t)
                ? "CAST(x'" + HexFormat.of().formatHex(t.utf8()) + "' AS TEXT)"
                : "?";
    }

    private static boolean representable(SqliteValue.Text text) {
        return SqliteValue.Text.of(new String(text.utf8(), StandardCharsets.UTF_8))
                .equals(text);
    }

    /** Runs a statement whose places were made by {@link #parameter}; returns how many rows it changed. */
    int update(String sql, List<SqliteValue> values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    /** The rows of a query, each a list of {@code columns} values. */
    List<List<SqliteValue>> rows(String sql, List<SqliteValue> values, int columns) throws SQLException {
        PreparedStatement ps = bound(sql, values);
        List<List<SqliteValue>> rows = new ArrayList<>();
        try (ResultSet rs = ps.executeQuery()) {
            RowReader reader = new RowReader(ps, utf16);
            PackedWriter packed = new PackedWriter();
            while (rs.next()) {
                reader.values(packed.reset(), 0, columns);
                PackedReader stored = new PackedReader().reset(packed.toBytes());
                List<SqliteValue> row = new ArrayList<>(columns);
                for (int i = 0; i < columns; i++) {
                    row.add(stored.nextValue());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private PreparedStatement bound(String sql, List<SqliteValue> values) throws SQLException {
        PreparedStatement ps = prepared.get(sql);
        if (ps == null) {
            if (prepared.size() >= MOST_KEPT) {
                close();
            }
            ps = connection.prepareStatement(sql);
            prepared.put(sql, ps);
        }
        int next = 1;
        for (SqliteValue v : values) {
            switch (v.storageClass()) {
                case NULL -> ps.setObject(next++, null);
                case INTEGER -> ps.setLong(next++, ((SqliteValue.Int) v).value());
                case REAL -> ps.setDouble(next++, ((SqliteValue.Real) v).value());
                case BLOB -> ps.setBytes(next++, ((SqliteValue.Blob) v).bytes());
                case TEXT -> {
                    if (representable((SqliteValue.Text) v)) {
                        ps.setString(next++, new String(((SqliteValue.Text) v).utf8(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return ps;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement ps : prepared.values()) {
            ps.close();
        }
        prepared.clear();
    }
}
