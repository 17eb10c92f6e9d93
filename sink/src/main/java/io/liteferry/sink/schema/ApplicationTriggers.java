package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Triggers of the application on target tables: they must not fire for what the sink writes, which holds what they did
 * already. Whenever a sink takes the target over they are switched off, and at the switch they are as they were. Those that the
 * files of {@code hooks.sql.at_switch} make are dropped instead, because the files make them again; a comment says which.
 */
public final class ApplicationTriggers {
    private static final String MARK = "made at the switch, dropped after a rollback";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String ALWAYS = "A";

    private final Plan plan;

    public ApplicationTriggers(Plan plan) {
        this.plan = plan;
    }

    /** @param table quoted, with its schema */
    private record Trigger(long oid, String table, String name, String enabled, boolean marked) {
        private String sql() {
            return "TRIGGER " + PgSql.name(name) + " ON " + table;
        }

        private boolean fires() {
            return enabled.equals("O") || enabled.equals(ALWAYS);
        }
    }

    /** Which triggers there are, ours left out. */
    public Set<Long> present(Connection c) throws SQLException {
        return all(c).stream().map(Trigger::oid).collect(Collectors.toSet());
    }

    /** Marks those that were made since. */
    public void mark(Connection c, Set<Long> before) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (Trigger t : all(c)) {
                if (!before.contains(t.oid)) {
                    s.execute("COMMENT ON " + t.sql() + " IS '" + MARK + "'");
                }
            }
        }
    }

    /**
     * Drops those that are marked, and switches the others off.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_REFUSED} where the role may not
     */
    void putAside(Connection c) throws SQLException {
        for (Trigger t : all(c)) {
            if (t.marked) {
                execute(c, t, "DROP " + t.sql());
            } else if (t.fires()) {
                execute(c, t, "ALTER TABLE " + t.table + " DISABLE TRIGGER " + PgSql.name(t.name));
                note(c, t);
            }
        }
    }

    private static void execute(Connection c, Trigger t, String sql) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(sql);
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            throw new LiteferryException(
                    ErrorCode.TARGET_REFUSED,
                    "Putting trigger " + t.name + " of table " + t.table + " aside, which would fire for what the sink"
                            + " writes: " + e.getMessage() + " (SQLSTATE " + INSUFFICIENT_PRIVILEGE
                            + "). GRANT the owner of the table TO the role of connection.username, or switch the trigger off"
                            + " yourself (" + sql + ") and on again in hooks.sql.at_switch.",
                    e);
        }
    }

    private void note(Connection c, Trigger t) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("INSERT INTO liteferry.put_aside_trigger"
                + " (source, table_name, name, enabled) VALUES (?, ?, ?, ?::\"char\")"
                + " ON CONFLICT (source, table_name, name) DO UPDATE SET enabled = excluded.enabled")) {
            s.setString(1, plan.source());
            s.setString(2, t.table);
            s.setString(3, t.name);
            s.setString(4, t.enabled);
            s.executeUpdate();
        }
    }

    /** Those that were put aside fire again as they did, if they are still there and off. */
    void bringBack(Connection c) throws SQLException {
        if (!noted(c)) {
            return;
        }
        Map<String, String> enabled = new HashMap<>();
        try (PreparedStatement s = c.prepareStatement("DELETE FROM liteferry.put_aside_trigger WHERE source = ?"
                + " RETURNING table_name || ' ' || name, enabled::text")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    enabled.put(r.getString(1), r.getString(2));
                }
            }
        }
        for (Trigger t : all(c)) {
            String as = enabled.get(t.table + " " + t.name);
            if (as != null && !t.fires()) {
                execute(
                        c,
                        t,
                        "ALTER TABLE " + t.table + " ENABLE " + (as.equals(ALWAYS) ? "ALWAYS " : "") + "TRIGGER "
                                + PgSql.name(t.name));
            }
        }
    }

    /** Before the first apply of this version there is nothing. */
    private static boolean noted(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT to_regclass('liteferry.put_aside_trigger') IS NOT NULL")) {
            return r.next() && r.getBoolean(1);
        }
    }

    /** Of the target tables and their partitions; what a partition has from its table stands there once. */
    private List<Trigger> all(Connection c) throws SQLException {
        List<Trigger> triggers = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT t.oid, format('%I.%I', n.nspname, r.relname), t.tgname, t.tgenabled::text,
                  coalesce(obj_description(t.oid, 'pg_trigger') = ?, false)
                FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
                WHERE (r.oid = to_regclass(?) OR r.oid IN (SELECT relid FROM pg_partition_tree(to_regclass(?))))
                  AND NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgname <> ?
                ORDER BY t.oid""")) {
            for (TablePlan table : plan.tables()) {
                s.setString(1, MARK);
                s.setString(2, TargetNames.qualified(plan, table));
                s.setString(3, TargetNames.qualified(plan, table));
                s.setString(4, TargetGate.TRIGGER);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        triggers.add(new Trigger(
                                r.getLong(1), r.getString(2), r.getString(3), r.getString(4), r.getBoolean(5)));
                    }
                }
            }
        }
        return triggers;
    }
}
