package io.liteferry.sink.schema;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Triggers that the files of {@code hooks.sql.at_switch} make on target tables. They must not fire for what the sink writes, so
 * they go when a sink takes the target over after a rollback. A comment on each says that it is one.
 */
public final class SwitchTriggers {
    private static final String MARK = "made at the switch, dropped after a rollback";

    private final Plan plan;

    public SwitchTriggers(Plan plan) {
        this.plan = plan;
    }

    /** @param table quoted, with its schema */
    private record Trigger(long oid, String table, String name, boolean marked) {
        private String sql() {
            return "TRIGGER " + PgSql.name(name) + " ON " + table;
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

    /** Drops those that are marked. */
    void drop(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (Trigger t : all(c)) {
                if (t.marked) {
                    s.execute("DROP " + t.sql());
                }
            }
        }
    }

    private List<Trigger> all(Connection c) throws SQLException {
        List<Trigger> triggers = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT t.oid, t.tgrelid::regclass::text, t.tgname,
                  coalesce(obj_description(t.oid, 'pg_trigger') = ?, false)
                FROM pg_trigger t WHERE t.tgrelid = to_regclass(?) AND NOT t.tgisinternal AND t.tgparentid = 0
                  AND t.tgname <> ?""")) {
            for (TablePlan table : plan.tables()) {
                s.setString(1, MARK);
                s.setString(2, TargetNames.qualified(plan, table));
                s.setString(3, TargetGate.TRIGGER);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        triggers.add(new Trigger(r.getLong(1), r.getString(2), r.getString(3), r.getBoolean(4)));
                    }
                }
            }
        }
        return triggers;
    }
}
