package io.liteferry.capture.install;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of ours stands in the source, read from its catalogue. Says of a table whether everything that happens to it is
 * logged: its triggers are exactly those that would be made today.
 *
 * @param tables by source name
 * @param triggers every trigger of the database, the newest last
 * @param mayFail whether something of the application's may end a statement and keep what it did so far
 */
public record InstalledLog(
        String identity, int keyColumns, Map<String, Table> tables, List<Trigger> triggers, boolean mayFail) {
    private static final Pattern RAISE_IGNORE = Pattern.compile("raise\\s*\\(\\s*ignore\\b", Pattern.CASE_INSENSITIVE);

    /** What cannot keep ours from an inserted row: it fires before the row is there, or at another event. */
    private static final Pattern NOT_AFTER_INSERT = Pattern.compile(
            "CREATE TRIGGER\\s+(\"(\"\"|[^\"])*\"|`(``|[^`])*`|\\[[^]]*]|'(''|[^'])*'|[^\\s\"'`(]+)\\s+"
                    + "(BEFORE|((AFTER|INSTEAD\\s+OF)\\s+)?(UPDATE|DELETE))\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /**
     * A table that the log knows.
     *
     * @param columns it had when it was first installed
     * @param window since when a person keeps its triggers away, UTC; empty where nobody does
     */
    public record Table(int id, List<String> columns, Optional<String> window) {}

    /** A trigger as the catalogue has it. */
    public record Trigger(String name, String table, String sql) {
        boolean ours() {
            return name.startsWith(SqliteCatalog.OWN_PREFIX);
        }

        boolean on(String tableName) {
            return table.toLowerCase(Locale.ROOT).equals(tableName.toLowerCase(Locale.ROOT));
        }
    }

    /** Empty where the source has no change log. */
    public static Optional<InstalledLog> read(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement()) {
            int keyColumns = 0;
            try (ResultSet rs = s.executeQuery("PRAGMA table_info(" + ChangeLog.LOG + ")")) {
                while (rs.next()) {
                    keyColumns += rs.getString("name").matches("k[0-9]+") ? 1 : 0;
                }
            }
            if (keyColumns == 0) {
                return Optional.empty();
            }
            String identity;
            try (ResultSet rs = s.executeQuery("SELECT identity FROM " + ChangeLog.META)) {
                identity = rs.next() ? rs.getString(1) : "";
            }
            Map<String, Table> tables = new HashMap<>();
            // An installation of before windows were there has no such column.
            try (ResultSet rs = s.executeQuery("SELECT * FROM " + ChangeLog.TABLES)) {
                boolean windows = rs.getMetaData().getColumnCount() > 3;
                while (rs.next()) {
                    String[] columns = Json.read(
                            rs.getString("columns").getBytes(StandardCharsets.UTF_8), String[].class, ChangeLog.TABLES);
                    Optional<String> window =
                            windows ? Optional.ofNullable(rs.getString(ChangeLog.WINDOW)) : Optional.empty();
                    tables.put(rs.getString("name"), new Table(rs.getInt("id"), List.of(columns), window));
                }
            }
            List<Trigger> triggers = new ArrayList<>();
            try (ResultSet rs = s.executeQuery(
                    "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")) {
                while (rs.next()) {
                    triggers.add(new Trigger(rs.getString(1), rs.getString(2), rs.getString(3)));
                }
            }
            return Optional.of(
                    new InstalledLog(identity, keyColumns, tables, triggers, new SqliteCatalog(connection).mayFail()));
        }
    }

    /** The position of the log's last row, of a source that has a log; empty where its tables were emptied. */
    public static Optional<Position> end(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery("SELECT identity, epoch, seq, r FROM " + ChangeLog.META + ", "
                + ChangeLog.LOG + " WHERE identity IS NOT NULL AND seq = (SELECT max(seq) FROM " + ChangeLog.LOG
                + ")")) {
            return rs.next()
                    ? Optional.of(new Position(rs.getString(1), rs.getLong(2), rs.getLong(3), rs.getLong(4)))
                    : Optional.empty();
        }
    }

    /** Why the log does not see everything that happens to a table; empty where it does. */
    public Optional<String> problem(TablePlan plan, Optional<SourceTable> now) {
        Table known = tables.get(plan.source());
        if (known == null) {
            return Optional.of("it is not in the change log");
        }
        if (now.isEmpty()) {
            return Optional.of("it is gone from the source, or has another name now");
        }
        List<TriggerSql.Trigger> wanted;
        try {
            wanted = TriggerSql.of(now.get(), plan.key(), known.id());
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        Set<Trigger> own = new HashSet<>();
        for (TriggerSql.Trigger t : wanted) {
            own.add(new Trigger(t.name(), now.get().name(), t.sql()));
        }
        Set<Trigger> present = new HashSet<>(
                triggers.stream().filter(t -> t.ours() && t.on(plan.source())).toList());
        if (!present.equals(own)) {
            Set<Trigger> missing = new HashSet<>(own);
            missing.removeAll(present);
            return Optional.of(
                    missing.isEmpty()
                            ? "it has capture triggers of another version"
                            : "its capture triggers are gone or changed");
        }
        return canSilenceOurs(plan.source())
                ? Optional.of(
                        "an application trigger on INSERT was made after ours, fires before it, and can end there and keep"
                                + " the row: RAISE(IGNORE) or FAIL")
                : Optional.empty();
    }

    /** Since when a schema window is open on a table, UTC; empty where none is. */
    Optional<String> window(String table) {
        return Optional.ofNullable(tables.get(table)).flatMap(Table::window);
    }

    /** Names of all our triggers, also on tables that are not in the log. */
    List<String> ownTriggers() {
        return triggers.stream().filter(Trigger::ours).map(Trigger::name).toList();
    }

    /** Names of our triggers on these tables. */
    List<String> triggersOn(List<String> tables) {
        return triggers.stream()
                .filter(t -> t.ours() && tables.stream().anyMatch(t::on))
                .map(Trigger::name)
                .toList();
    }

    /** What a table is called now, if it was renamed: SQLite takes triggers along, under the names they have. */
    public Optional<String> renamedTo(String table) {
        String ours = TriggerSql.name("ai", table);
        return triggers.stream()
                .filter(t -> t.name().equals(ours) && !t.on(table))
                .map(Trigger::table)
                .findFirst();
    }

    /**
     * Updates and deletes are logged before they happen, a new row only when it is there. The newest trigger fires first;
     * one that ends there and leaves the row would hide it from ours. FAIL does so from any depth: in a table that this one
     * writes to.
     */
    private boolean canSilenceOurs(String table) {
        boolean ours = false;
        for (Trigger t : triggers) {
            if (t.on(table)) {
                if (!t.ours()
                        && ours
                        && !NOT_AFTER_INSERT.matcher(t.sql()).matches()
                        && (mayFail || RAISE_IGNORE.matcher(t.sql()).find())) {
                    return true;
                }
                ours |= t.ours();
            }
        }
        return false;
    }
}
