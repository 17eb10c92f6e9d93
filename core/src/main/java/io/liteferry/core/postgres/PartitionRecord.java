package io.liteferry.core.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which partitions of a table a sink has made, and which of them somebody has detached since. Values are given as
 * literals with their type; PostgreSQL itself compares them with the partitions' bounds.
 *
 * @param parent the partitioned table, quoted, with its schema
 * @param column of the table that says in which partition a row stands
 */
public record PartitionRecord(String source, String table, String parent, String column) {
    private static final String ATTACHED = "EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = to_regclass(?)"
            + " AND i.inhrelid = p.relation AND NOT i.inhdetachpending)";

    /**
     * One that a sink has made.
     *
     * @param holds which values of the column, named v, as an expression
     */
    public record Made(String holds, boolean attached) {}

    public List<Made> made(Connection c) throws SQLException {
        List<Made> made = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("SELECT p.holds, " + ATTACHED
                + " FROM liteferry.partition p WHERE p.source = ? AND p.table_name = ?"
                + " AND p.parent = to_regclass(?) ORDER BY p.made_at")) {
            s.setString(1, parent);
            s.setString(2, source);
            s.setString(3, table);
            s.setString(4, parent);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    made.add(new Made(r.getString(1), r.getBoolean(2)));
                }
            }
        }
        return made;
    }

    /** Notes a partition that was made in this transaction. */
    public void note(Connection c, String name, String qualified, String holds) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("INSERT INTO liteferry.partition (source, table_name, parent,"
                + " relation, name, holds) VALUES (?, ?, to_regclass(?), to_regclass(?), ?, ?)")) {
            s.setString(1, source);
            s.setString(2, table);
            s.setString(3, parent);
            s.setString(4, qualified);
            s.setString(5, name);
            s.setString(6, holds);
            s.executeUpdate();
        }
    }

    /** What the attached partitions that no sink has made hold, as expressions over the column. */
    public List<String> others(Connection c) throws SQLException {
        List<String> others = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement(
                "SELECT coalesce(pg_get_partition_constraintdef(i.inhrelid), 'true') FROM pg_inherits i"
                        + " WHERE i.inhparent = to_regclass(?) AND NOT i.inhdetachpending AND NOT EXISTS"
                        + " (SELECT FROM liteferry.partition p WHERE p.source = ? AND p.table_name = ?"
                        + " AND p.relation = i.inhrelid)")) {
            s.setString(1, parent);
            s.setString(2, source);
            s.setString(3, table);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    others.add(r.getString(1));
                }
            }
        }
        return others;
    }

    /** For each value whether one of these expressions holds it. */
    public List<Boolean> held(Connection c, List<String> values, List<String> expressions) throws SQLException {
        List<Boolean> held = new ArrayList<>();
        if (expressions.isEmpty()) {
            values.forEach(v -> held.add(false));
            return held;
        }
        String rows = IntStream.range(0, values.size())
                .mapToObj(i -> "(" + i + ", " + values.get(i) + ")")
                .collect(Collectors.joining(", "));
        String any = expressions.stream().map(e -> "(" + e + ")").collect(Collectors.joining(" OR "));
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery(
                        "SELECT coalesce(" + any + ", false) FROM (SELECT n, v, v AS " + PgSql.name(column)
                                + " FROM (VALUES " + rows + ") AS given(n, v)) AS each_value ORDER BY n")) {
            while (r.next()) {
                held.add(r.getBoolean(1));
            }
        }
        return held;
    }

    /** For each value whether the only partition that would take it was made by a sink and is detached. */
    public List<Boolean> detached(Connection c, List<String> values) throws SQLException {
        List<String> off =
                made(c).stream().filter(m -> !m.attached).map(Made::holds).toList();
        List<Boolean> detached = held(c, values, off);
        if (detached.contains(true)) {
            List<String> on = new ArrayList<>(others(c));
            made(c).stream().filter(Made::attached).map(Made::holds).forEach(on::add);
            List<Boolean> taken = held(c, values, on);
            return IntStream.range(0, values.size())
                    .mapToObj(i -> detached.get(i) && !taken.get(i))
                    .toList();
        }
        return detached;
    }
}
