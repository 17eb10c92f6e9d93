package io.liteferry.cli.independent;

import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares every table of a SQLite file with the table of the same name in a PostgreSQL schema: both sides are read
 * through plain SQL into canonical text, row by row under the key, and what is not the same is told. What a value means
 * is decided by PostgreSQL's type of the column alone. Both sides must stand still meanwhile.
 */
public final class IndependentComparison implements AutoCloseable {
    /** Differences told of each table; the rest is counted. */
    private static final int SAMPLES = 20;

    private static final String ROWID_COLUMN = "_liteferry_rowid";
    private static final int JSON_AT_ONCE = 2_000;

    private final Connection sqlite;
    private final Connection postgres;
    private final String schema;
    private final List<String> differences = new ArrayList<>();

    private IndependentComparison(Path file, String jdbcUrl, String schema) throws SQLException {
        this.sqlite = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath() + "?busy_timeout=5000");
        this.postgres = DriverManager.getConnection(jdbcUrl);
        this.schema = schema;
        postgres.setAutoCommit(false);
    }

    /** @return what differs, a line each; empty where both sides are equal */
    public static List<String> compare(Path sqlite, String jdbcUrl, String schema) throws SQLException {
        try (IndependentComparison comparison = new IndependentComparison(sqlite, jdbcUrl, schema)) {
            return comparison.differences();
        }
    }

    private List<String> differences() throws SQLException {
        Map<String, String> source = names(
                sqlite,
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
                        + " AND name NOT LIKE '!_liteferry!_%' ESCAPE '!'");
        Map<String, String> target = names(
                postgres,
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = '" + schema.replace("'", "''") + "' AND c.relkind IN ('r', 'p')"
                        + " AND NOT c.relispartition");
        if (source.isEmpty()) {
            differences.add("the SQLite file has no tables");
        }
        for (Map.Entry<String, String> t : source.entrySet()) {
            String there = target.remove(t.getKey());
            if (there == null) {
                differences.add(t.getValue() + ": no such table in PostgreSQL");
            } else {
                compareTable(t.getValue(), there);
            }
        }
        target.values().forEach(t -> differences.add(t + ": no such table in SQLite"));
        return differences;
    }

    /** Names by their lower case: SQLite does not distinguish case, and a plan may fold it. */
    private static Map<String, String> names(Connection c, String sql) throws SQLException {
        Map<String, String> names = new TreeMap<>();
        try (Statement s = c.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            while (rs.next()) {
                names.put(rs.getString(1).toLowerCase(Locale.ROOT), rs.getString(1));
            }
        }
        return names;
    }

    private void compareTable(String source, String target) throws SQLException {
        List<Column> columns = columns(source, target);
        if (columns.isEmpty()) {
            return;
        }
        Map<String, Integer> told = new HashMap<>();
        Map<String, List<String>> here = sourceRows(source, columns);
        Map<String, List<String>> there = targetRows(target, columns);
        for (Map.Entry<String, List<String>> row : here.entrySet()) {
            List<String> other = there.remove(row.getKey());
            if (other == null) {
                tell(told, source, "only in SQLite: key " + row.getKey());
            } else if (!row.getValue().equals(other)) {
                tell(told, source, "key " + row.getKey() + ": " + differing(columns, row.getValue(), other));
            }
        }
        there.keySet().forEach(key -> tell(told, source, "only in PostgreSQL: key " + key));
        int all = told.getOrDefault(source, 0);
        if (all > SAMPLES) {
            differences.add(source + ": " + (all - SAMPLES) + " more rows differ");
        }
    }

    private void tell(Map<String, Integer> told, String table, String difference) {
        if (told.merge(table, 1, Integer::sum) <= SAMPLES) {
            differences.add(table + ": " + difference.replace(Column.NULL, "NULL"));
        }
    }

    private static String differing(List<Column> columns, List<String> here, List<String> there) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!here.get(i).equals(there.get(i))) {
                words.add(columns.get(i).source() + " is " + here.get(i) + " in SQLite, " + there.get(i)
                        + " in PostgreSQL");
            }
        }
        return String.join("; ", words);
    }

    /** Columns that are on both sides; a stored one that is not is a difference. */
    private List<Column> columns(String source, String target) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        Map<String, String> spelled = new HashMap<>();
        List<String> key = new ArrayList<>();
        try (PreparedStatement p = postgres.prepareStatement(
                "SELECT a.attname, CASE WHEN t.typtype = 'e' OR t.typname = 'citext' THEN 'text' ELSE t.typname END, a.atttypmod, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid"
                        + " AND i.indisprimary AND a.attnum = ANY (i.indkey)) FROM pg_attribute a"
                        + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " JOIN pg_type t ON t.oid = a.atttypid WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0"
                        + " AND NOT a.attisdropped ORDER BY a.attnum")) {
            p.setString(1, schema);
            p.setString(2, target);
            try (ResultSet rs = p.executeQuery()) {
                while (rs.next()) {
                    String name = rs.getString(1).toLowerCase(Locale.ROOT);
                    types.put(name, rs.getString(2));
                    spelled.put(name, rs.getString(1));
                    if (rs.getBoolean(4)) {
                        key.add(name);
                    }
                }
            }
        }
        List<Column> columns = new ArrayList<>();
        if (types.remove(ROWID_COLUMN) != null) {
            columns.add(new Column("rowid", ROWID_COLUMN, "int8", key.contains(ROWID_COLUMN)));
        }
        try (Statement s = sqlite.createStatement();
                ResultSet rs = s.executeQuery("SELECT name, hidden FROM pragma_table_xinfo(" + text(source) + ")")) {
            while (rs.next()) {
                String name = rs.getString(1).toLowerCase(Locale.ROOT);
                String type = types.remove(name);
                if (type != null) {
                    columns.add(
                            new Column(rs.getString(1), spelled.getOrDefault(name, name), type, key.contains(name)));
                } else if (rs.getInt(2) == 0) {
                    differences.add(source + ": column " + rs.getString(1) + " is missing in PostgreSQL");
                }
            }
        }
        types.keySet().forEach(n -> differences.add(source + ": column " + n + " is missing in SQLite"));
        return columns;
    }

    /** Each value as its storage class and its content: text as the bytes it has, so that nothing is decoded on the way. */
    private Map<String, List<String>> sourceRows(String table, List<Column> columns) throws SQLException {
        String selected = columns.stream()
                .map(c -> "typeof(" + quoted(c.source()) + "), CASE typeof(" + quoted(c.source())
                        + ") WHEN 'text' THEN hex(CAST(" + quoted(c.source()) + " AS BLOB)) WHEN 'blob' THEN hex("
                        + quoted(c.source()) + ") ELSE " + quoted(c.source()) + " END")
                .collect(Collectors.joining(", "));
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = sqlite.createStatement();
                ResultSet rs = s.executeQuery("SELECT " + selected + " FROM " + quoted(table))) {
            while (rs.next()) {
                List<String> row = new ArrayList<>(columns.size());
                for (int i = 0; i < columns.size(); i++) {
                    String canonical = switch (rs.getString(2 * i + 1)) {
                        case "null" -> Column.NULL;
                        case "integer" -> columns.get(i).ofInteger(rs.getLong(2 * i + 2));
                        case "real" -> columns.get(i).ofReal(rs.getDouble(2 * i + 2));
                        case "text" -> columns.get(i).ofText(Column.unhex(rs.getString(2 * i + 2)));
                        default -> columns.get(i).ofBlob(rs.getString(2 * i + 2));
                    };
                    row.add(canonical);
                }
                rows.add(row);
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).type().equals("jsonb")) {
                normalise(rows, i);
            }
        }
        return byKey(rows, columns);
    }

    /** What two JSON texts have in common as jsonb only PostgreSQL can say. */
    private void normalise(List<List<String>> rows, int column) throws SQLException {
        try (PreparedStatement p = postgres.prepareStatement(
                "SELECT (j::jsonb)::text FROM unnest(?::text[]) WITH ORDINALITY AS u(j, o) ORDER BY o")) {
            for (int from = 0; from < rows.size(); from += JSON_AT_ONCE) {
                List<List<String>> some = rows.subList(from, Math.min(rows.size(), from + JSON_AT_ONCE));
                Array texts = postgres.createArrayOf(
                        "text",
                        some.stream()
                                .map(r -> r.get(column).equals(Column.NULL) ? null : r.get(column))
                                .toArray());
                p.setArray(1, texts);
                try (ResultSet rs = p.executeQuery()) {
                    for (List<String> row : some) {
                        rs.next();
                        String normal = rs.getString(1);
                        row.set(column, normal == null ? Column.NULL : normal);
                    }
                }
            }
        }
    }

    private Map<String, List<String>> targetRows(String table, List<Column> columns) throws SQLException {
        String selected = columns.stream().map(Column::targetSql).collect(Collectors.joining(", "));
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = postgres.createStatement()) {
            s.setFetchSize(5_000);
            try (ResultSet rs =
                    s.executeQuery("SELECT " + selected + " FROM " + quoted(schema) + "." + quoted(table))) {
                while (rs.next()) {
                    List<String> row = new ArrayList<>(columns.size());
                    for (int i = 0; i < columns.size(); i++) {
                        String value = rs.getString(i + 1);
                        row.add(value == null ? Column.NULL : columns.get(i).ofTarget(value));
                    }
                    rows.add(row);
                }
            }
        }
        return byKey(rows, columns);
    }

    /** Without a key, a row is its own, and the second and third of the same kind have a number. */
    private static Map<String, List<String>> byKey(List<List<String>> rows, List<Column> columns) {
        boolean keyed = columns.stream().anyMatch(Column::key);
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        for (List<String> row : rows) {
            StringBuilder key = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                if (!keyed || columns.get(i).key()) {
                    key.append(key.isEmpty() ? "" : ",").append(row.get(i));
                }
            }
            int same = 2;
            String name = key.toString();
            while (byKey.putIfAbsent(name, row) != null) {
                name = key + " #" + same++;
            }
        }
        return byKey;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    @Override
    public void close() throws SQLException {
        try (sqlite;
                postgres) {
            postgres.rollback();
        }
    }
}
