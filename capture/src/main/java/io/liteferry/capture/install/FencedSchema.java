package io.liteferry.capture.install;

import io.liteferry.core.sqlite.SqliteCatalog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What the fence does to the schema, inside a transaction that is open: all triggers are put aside, and a trigger that
 * refuses the write stands on every table of the application; or the way back.
 *
 * <p>Triggers are rows of {@code sqlite_master} and nothing else, and are written there at once: SQLite searches the whole
 * of it for each single CREATE and DROP, which for some hundred tables takes longer than writers would wait. What was
 * written is parsed again before the transaction ends. Texts are those that CREATE TRIGGER would leave there.
 */
final class FencedSchema {
    /** What a straggler is told. */
    static final String MESSAGE = "migration fence";

    private static final String OURS =
            "substr(name, 1, " + SqliteCatalog.OWN_PREFIX.length() + ") = '" + SqliteCatalog.OWN_PREFIX + "'";

    private static final String FENCE_TRIGGER = "substr(name, 1, " + (SqliteCatalog.OWN_PREFIX.length() + 3) + ") IN ('"
            + TriggerSql.name("fi", "") + "', '" + TriggerSql.name("fu", "") + "', '" + TriggerSql.name("fd", "")
            + "')";

    /**
     * The tables to fence. Virtual tables can have no triggers, and their shadow tables are left alone: they belong to a
     * module, which may take a refused write for a damaged file; neither is carried.
     */
    private static final String TABLES = "SELECT name, 'BEFORE ' AS moment FROM pragma_table_list"
            + " WHERE schema = 'main' AND type = 'table' AND lower(substr(name, 1, 7)) <> 'sqlite_' AND NOT "
            + OURS;

    /** A view without its INSTEAD OF triggers would refuse writes too, but not in these words. */
    private static final String VIEWS = "SELECT DISTINCT v.name, 'INSTEAD OF ' FROM sqlite_master v JOIN "
            + ChangeLog.SCHEMA + " t ON t.type = 'trigger' AND lower(t.tbl) = lower(v.name) WHERE v.type = 'view'";

    /** The triggers of the fence: name, table, text. In SQLite 3.7.2's grammar, as all that we leave in a schema. */
    private static final String WANTED = "SELECT '" + SqliteCatalog.OWN_PREFIX + "' || kind || '_' || name AS name,"
            + " name AS tbl, 'CREATE TRIGGER \"" + SqliteCatalog.OWN_PREFIX
            + "' || kind || '_' || quoted || '\" ' || moment || event || ' ON \"' || quoted || '\" BEGIN"
            + " SELECT RAISE(ABORT, ''" + MESSAGE + "'') WHERE (SELECT fenced FROM " + ChangeLog.META
            + ") = 1; END' AS sql FROM (SELECT name, moment, replace(name, '\"', '\"\"') AS quoted FROM (" + TABLES
            + " UNION ALL " + VIEWS + ")), (SELECT 'fi' AS kind, 'INSERT' AS event UNION ALL SELECT 'fu', 'UPDATE'"
            + " UNION ALL SELECT 'fd', 'DELETE')";

    private FencedSchema() {}

    /** @param ownTables statements that make tables of ours which are needed under the fence */
    static void raise(Statement s, List<String> ownTables) throws SQLException {
        long found = version(s);
        s.execute("CREATE TABLE IF NOT EXISTS " + ChangeLog.FENCE + "(found, fenced, released)");
        s.execute("CREATE TABLE " + ChangeLog.SCHEMA + "(type, name, tbl, sql, ordinal)");
        for (String sql : ownTables) {
            s.execute(sql);
        }
        s.execute("INSERT INTO " + ChangeLog.SCHEMA + " SELECT type, name, tbl_name, sql, rowid FROM sqlite_master");
        rewrite(
                s,
                "DELETE FROM sqlite_master WHERE type = 'trigger'",
                "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl, 0, sql FROM ("
                        + WANTED + ")");
        s.execute("UPDATE " + ChangeLog.META + " SET fenced = 1");
        s.execute("DELETE FROM " + ChangeLog.FENCE);
        s.execute("INSERT INTO " + ChangeLog.FENCE + " VALUES (" + found + ", " + version(s) + ", NULL)");
    }

    /**
     * Takes the fence's triggers off and puts back those that were there, the application's first, so that ours are the
     * newest.
     *
     * @param captured false leaves ours away
     */
    static void lower(Statement s, boolean captured) throws SQLException {
        long found = version(s);
        rewrite(
                s,
                "DELETE FROM sqlite_master WHERE type = 'trigger' AND " + FENCE_TRIGGER,
                "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) SELECT type, name, tbl, 0, sql FROM "
                        + ChangeLog.SCHEMA + " WHERE type = 'trigger'"
                        + (captured ? "" : " AND NOT " + OURS) + " ORDER BY "
                        + OURS + ", ordinal");
        s.execute("DROP TABLE " + ChangeLog.SCHEMA);
        s.execute("UPDATE " + ChangeLog.META + " SET fenced = 0");
        // Only where nothing else has changed the schema under the fence.
        s.execute("UPDATE " + ChangeLog.FENCE + " SET released = " + version(s) + " WHERE fenced = " + found);
    }

    /** Why the triggers cannot be put back; empty where they can. */
    static List<String> obstacles(Statement s) throws SQLException {
        if (texts(s, "SELECT name FROM sqlite_master WHERE name = '" + ChangeLog.SCHEMA + "'")
                .isEmpty()) {
            return List.of("table " + ChangeLog.SCHEMA + " is gone, in which the triggers stand");
        }
        List<String> obstacles = new ArrayList<>(texts(
                s,
                "SELECT 'trigger ' || name || ' belongs to ' || tbl || ', which is gone' FROM " + ChangeLog.SCHEMA
                        + " WHERE type = 'trigger' AND lower(tbl) NOT IN (SELECT lower(name) FROM sqlite_master"
                        + " WHERE type IN ('table', 'view')) ORDER BY ordinal"));
        obstacles.addAll(texts(
                s,
                "SELECT 'trigger ' || name || ' was made again' FROM " + ChangeLog.SCHEMA
                        + " WHERE type = 'trigger' AND lower(name) IN (SELECT lower(name) FROM sqlite_master"
                        + " WHERE type = 'trigger') ORDER BY ordinal"));
        return obstacles;
    }

    /** What has become of the schema under the fence, in words; empty where it is the one that the fence left. */
    static List<String> changes(Statement s) throws SQLException {
        List<String> changes = new ArrayList<>(texts(
                s,
                "SELECT DISTINCT tbl || ' has no whole fence' FROM (SELECT name, tbl, sql FROM (" + WANTED
                        + ") EXCEPT SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger') ORDER BY 1"));
        String now = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                + " AND NOT " + OURS;
        String then = "SELECT type, name, tbl, sql FROM " + ChangeLog.SCHEMA
                + " WHERE type <> 'trigger' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT "
                + OURS;
        changes.addAll(texts(
                s,
                "SELECT type || ' ' || name || CASE WHEN EXISTS (SELECT 1 FROM sqlite_master m WHERE m.type = c.type"
                        + " AND m.name = c.name) THEN ' was changed' ELSE ' is gone' END FROM (" + then + " EXCEPT "
                        + now + ") c ORDER BY 1"));
        changes.addAll(texts(
                s,
                "SELECT type || ' ' || name || ' is new' FROM (" + now + " EXCEPT " + then
                        + ") c WHERE NOT EXISTS (SELECT 1 FROM " + ChangeLog.SCHEMA
                        + " b WHERE b.type <> 'trigger' AND b.type = c.type AND b.name = c.name) ORDER BY 1"));
        String ownNow = "SELECT name FROM sqlite_master WHERE type = 'table' AND " + OURS;
        String ownThen = "SELECT name FROM " + ChangeLog.SCHEMA + " WHERE type = 'table' AND " + OURS;
        if (changes.isEmpty()) {
            changes.addAll(texts(
                    s,
                    "SELECT 'the schema''s version is " + version(s)
                            + " and was ' || fenced || ', without a change that is left: VACUUM, which may have given other rowids to rows' FROM "
                            + ChangeLog.FENCE + " WHERE fenced <> " + version(s) + " AND NOT EXISTS (" + ownNow
                            + " EXCEPT " + ownThen + ")"));
        }
        return changes;
    }

    static List<String> texts(Statement s, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rs = s.executeQuery(sql)) {
            while (rs.next()) {
                texts.add(rs.getString(1));
            }
        }
        return texts;
    }

    private static void rewrite(Statement s, String... statements) throws SQLException {
        s.execute("PRAGMA writable_schema = ON");
        for (String sql : statements) {
            s.execute(sql);
        }
        s.execute("PRAGMA schema_version = " + (version(s) + 1));
        s.execute("PRAGMA writable_schema = RESET");
        // Parses all of it: a text that SQLite does not understand fails here, and with it the transaction.
        s.execute("SELECT count(*) FROM sqlite_master");
    }

    static long version(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery("PRAGMA schema_version")) {
            return rs.getLong(1);
        }
    }
}
