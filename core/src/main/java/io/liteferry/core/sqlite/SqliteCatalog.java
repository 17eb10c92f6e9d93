package io.liteferry.core.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads SQLite's catalogue. Consistent where the caller has a read transaction open. */
public final class SqliteCatalog {
    /** Everything this program makes in the source starts so. */
    public static final String OWN_PREFIX = "_liteferry_";

    /** Every table of ours; the change log is the last, so that it is dropped last. */
    public static final List<String> OWN_TABLES = Stream.of(
                    "quarantine", "reverse", "schema", "fence", "tables", "meta", "log")
            .map(t -> OWN_PREFIX + t)
            .toList();

    private static final Pattern FAIL =
            Pattern.compile("raise\\s*\\(\\s*fail\\b|\\b(or|conflict)\\s+fail\\b", Pattern.CASE_INSENSITIVE);

    private final Connection connection;

    public SqliteCatalog(Connection connection) {
        this.connection = connection;
    }

    /** The application's ordinary tables, by name: no virtual tables, no shadow tables, none of ours or SQLite's. */
    public List<SourceTable> tables() throws SQLException {
        List<SourceTable> tables = new ArrayList<>();
        for (Map.Entry<String, String> e : ofType("table").entrySet()) {
            tables.add(table(e.getKey(), e.getValue()));
        }
        return tables;
    }

    /** What cannot be captured, by name: {@code view}, {@code virtual table}, {@code table of a virtual table}. */
    public Map<String, String> leftOut() throws SQLException {
        Map<String, String> kinds = new LinkedHashMap<>();
        ofType("virtual").keySet().forEach(n -> kinds.put(n, "virtual table"));
        ofType("shadow").keySet().forEach(n -> kinds.put(n, "table of a virtual table"));
        ofType("view").keySet().forEach(n -> kinds.put(n, "view"));
        return kinds;
    }

    /** Tables of the application that are called as ours are: not carried, because nothing could tell them apart. */
    public List<String> namedLikeOurs() throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?) = ? ORDER BY name")) {
            ps.setInt(1, OWN_PREFIX.length());
            ps.setString(2, OWN_PREFIX);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    if (!OWN_TABLES.contains(rs.getString(1))) {
                        names.add(rs.getString(1));
                    }
                }
            }
        }
        return names;
    }

    public Optional<SourceTable> table(String name) throws SQLException {
        String sql = ofType("table").get(name);
        return sql == null ? Optional.empty() : Optional.of(table(name, sql));
    }

    private Map<String, String> ofType(String type) throws SQLException {
        Map<String, String> found = new TreeMap<>();
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT l.name, coalesce(m.sql, '') FROM pragma_table_list l"
                        + " LEFT JOIN sqlite_master m ON m.name = l.name AND m.type IN ('table', 'view')"
                        + " WHERE l.schema = 'main' AND l.type = ? ORDER BY l.name")) {
            ps.setString(1, type);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    String name = rs.getString(1);
                    if (!name.toLowerCase(Locale.ROOT).startsWith("sqlite_") && !name.startsWith(OWN_PREFIX)) {
                        found.put(name, rs.getString(2));
                    }
                }
            }
        }
        return found;
    }

    private SourceTable table(String name, String sql) throws SQLException {
        boolean withoutRowid = false;
        boolean strict = false;
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?")) {
            ps.setString(1, name);
            try (ResultSet rs = ps.executeQuery()) {
                if (rs.next()) {
                    withoutRowid = rs.getBoolean(1);
                    strict = rs.getBoolean(2);
                }
            }
        }
        return new SourceTable(
                name,
                sql,
                withoutRowid,
                strict,
                columns(name),
                indexes(name),
                foreignKeys(name),
                mayFail() && hasChildrenToDelete(name));
    }

    /** Whether a trigger or constraint of the application can end a statement and keep what it did so far. */
    public boolean mayFail() throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("SELECT sql FROM sqlite_master"
                + " WHERE type IN ('table', 'trigger') AND sql LIKE '%fail%' AND substr(name, 1, ?) <> ?")) {
            ps.setInt(1, OWN_PREFIX.length());
            ps.setString(2, OWN_PREFIX);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    if (FAIL.matcher(rs.getString(1)).find()) {
                        return true;
                    }
                }
                return false;
            }
        }
    }

    private boolean hasChildrenToDelete(String table) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM sqlite_master m"
                + " JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND lower(f.\"table\") = lower(?)"
                + " AND f.on_delete NOT IN ('NO ACTION', 'RESTRICT'))")) {
            ps.setString(1, table);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() && rs.getBoolean(1);
            }
        }
    }

    private List<SourceTable.Column> columns(String table) throws SQLException {
        List<SourceTable.Column> columns = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA table_xinfo(" + Sql.name(table) + ")")) {
            while (rs.next()) {
                columns.add(new SourceTable.Column(
                        rs.getString("name"),
                        Optional.ofNullable(rs.getString("type")).orElse(""),
                        rs.getBoolean("notnull"),
                        Optional.ofNullable(rs.getString("dflt_value")),
                        rs.getInt("pk"),
                        rs.getInt("hidden")));
            }
        }
        return columns;
    }

    private List<SourceTable.Index> indexes(String table) throws SQLException {
        List<SourceTable.Index> indexes = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA index_list(" + Sql.name(table) + ")")) {
            while (rs.next()) {
                String name = rs.getString("name");
                Optional<String> sql = indexSql(name);
                IndexText text = sql.map(IndexText::parse).orElse(new IndexText(List.of(), Optional.empty()));
                indexes.add(new SourceTable.Index(
                        name, rs.getBoolean("unique"), rs.getString("origin"), terms(name, text), text.where(), sql));
            }
        }
        return indexes;
    }

    private Optional<String> indexSql(String index) throws SQLException {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?")) {
            ps.setString(1, index);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() ? Optional.ofNullable(rs.getString(1)) : Optional.empty();
            }
        }
    }

    private List<SourceTable.Term> terms(String index, IndexText text) throws SQLException {
        List<SourceTable.Term> terms = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA index_xinfo(" + Sql.name(index) + ")")) {
            while (rs.next()) {
                if (!rs.getBoolean("key")) {
                    continue;
                }
                Optional<String> column = Optional.ofNullable(rs.getString("name"));
                Optional<String> expression = column.isPresent()
                        ? Optional.empty()
                        : Optional.of(text.terms().get(terms.size()));
                String collation = Optional.ofNullable(rs.getString("coll")).orElse("BINARY");
                terms.add(new SourceTable.Term(column, expression, collation, rs.getBoolean("desc")));
            }
        }
        return terms;
    }

    private List<SourceTable.ForeignKey> foreignKeys(String table) throws SQLException {
        Map<Integer, SourceTable.ForeignKey> byId = new TreeMap<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA foreign_key_list(" + Sql.name(table) + ")")) {
            while (rs.next()) {
                int id = rs.getInt("id");
                SourceTable.ForeignKey soFar = byId.get(id);
                List<String> from = new ArrayList<>(soFar == null ? List.of() : soFar.columns());
                List<String> to = new ArrayList<>(soFar == null ? List.of() : soFar.referencedColumns());
                from.add(rs.getString("from"));
                String referenced = rs.getString("to");
                if (referenced != null) {
                    to.add(referenced);
                }
                byId.put(
                        id,
                        new SourceTable.ForeignKey(
                                rs.getString("table"), from, to, rs.getString("on_update"), rs.getString("on_delete")));
            }
        }
        return List.copyOf(byId.values());
    }
}
