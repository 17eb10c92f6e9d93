package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the target closed to all but the sink until the switch: a trigger on each table that refuses statements of
 * sessions that do not say who they are. All triggers of a source call one function, so that replacing it opens or closes
 * every table at once, for sessions that are open too, and without a lock on any table.
 */
public final class TargetGate {
    /** Who may write while the gate is closed says so here, whatever the word; for one transaction or for a session. */
    private static final String SETTING = "liteferry.writer";

    static final String TRIGGER = "_liteferry_gate";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Plan plan;
    private final String function;

    /** @param plan of one source */
    public TargetGate(Plan plan) {
        this.plan = plan;
        function = TargetNames.gate(plan);
    }

    /** Lets the caller's transaction write. LOCAL, so that it holds through pgbouncer too, and only as long as it should. */
    public static String pass(String writer) {
        return "SET LOCAL " + SETTING + " = '" + writer + "'";
    }

    /** Whether the migration file wants a gate at all. */
    private boolean wanted() {
        return plan.options().flag(Options.TARGET_GATE);
    }

    /**
     * Makes what is missing of it, in the caller's transaction. It is open where the application has the target already.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_REFUSED} where the role may not make triggers on a table
     */
    void make(Connection c) throws SQLException {
        if (!wanted()) {
            return;
        }
        if (!exists(c)) {
            replace(c, handedOver(c));
        }
        for (TablePlan t : plan.tables()) {
            for (String relation : without(c, TargetNames.qualified(plan, t))) {
                put(c, relation);
            }
        }
    }

    /** Puts it on a partition that is made, for statements that name the partition itself. */
    void putOn(Connection c, String partition) throws SQLException {
        if (wanted() && exists(c)) {
            put(c, partition);
        }
    }

    private void put(Connection c, String relation) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(trigger(relation));
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            throw new LiteferryException(
                    ErrorCode.TARGET_REFUSED,
                    "Closing table " + relation + " to all but the sink: " + e.getMessage() + " (SQLSTATE "
                            + INSUFFICIENT_PRIVILEGE + "). Run GRANT TRIGGER ON " + relation
                            + " TO the role of connection.username, or set target.gate: false in the migration file and"
                            + " keep the application out yourself until the switch.",
                    e);
        }
    }

    private String trigger(String relation) {
        return "CREATE OR REPLACE TRIGGER " + TRIGGER + " BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON " + relation
                + " FOR EACH STATEMENT EXECUTE FUNCTION " + function + "()";
    }

    /** What {@link #make} runs for tables without partitions, as text. */
    List<String> statements() {
        List<String> statements = new ArrayList<>();
        if (wanted()) {
            statements.add(definition(false));
            plan.tables().forEach(t -> statements.add(trigger(TargetNames.qualified(plan, t))));
        }
        return statements;
    }

    /** Target tables, and partitions of them, that anybody may write to who has the right; by name. */
    public List<String> missing(Connection c) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (TablePlan t : plan.tables()) {
            missing.addAll(without(c, TargetNames.qualified(plan, t)));
        }
        return missing;
    }

    /** Of a table and its partitions those that lack the trigger, or have it switched off. */
    private List<String> without(Connection c, String table) throws SQLException {
        List<String> relations = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT r.relation::regclass::text FROM (
                  SELECT to_regclass(?)::oid AS relation
                  UNION SELECT relid::oid FROM pg_partition_tree(to_regclass(?))) r
                WHERE r.relation IS NOT NULL AND NOT EXISTS (
                  SELECT FROM pg_trigger t WHERE t.tgrelid = r.relation AND t.tgname = ? AND t.tgenabled <> 'D'
                    AND t.tgfoid = to_regproc(?)::oid)
                ORDER BY 1""")) {
            s.setString(1, table);
            s.setString(2, table);
            s.setString(3, TRIGGER);
            s.setString(4, function);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    relations.add(r.getString(1));
                }
            }
        }
        return relations;
    }

    /** Opens the target to everybody with the caller's COMMIT. */
    public void open(Connection c) throws SQLException {
        replaceWhereThere(c, true);
    }

    /** Closes the target with the caller's COMMIT. A transaction that has written to a table before goes on writing to it. */
    public void close(Connection c) throws SQLException {
        replaceWhereThere(c, false);
    }

    /** Takes it away for good, in the caller's transaction. */
    public void remove(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("DROP FUNCTION IF EXISTS " + function + "() CASCADE");
        }
    }

    private void replaceWhereThere(Connection c, boolean open) throws SQLException {
        if (exists(c)) {
            replace(c, open);
        }
    }

    private void replace(Connection c, boolean open) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(definition(open));
        }
    }

    private String definition(boolean open) {
        String head =
                "CREATE OR REPLACE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql AS $gate$\nBEGIN\n";
        // An unset setting is NULL, one that was set for a transaction is empty afterwards.
        String refuse = "    IF coalesce(current_setting('" + SETTING + "', true), '') = '' THEN\n"
                + "        RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction',\n"
                + "            MESSAGE = format('table %I.%I is closed until the cutover of the migration %s',"
                + " TG_TABLE_SCHEMA, TG_TABLE_NAME, " + literal(plan.source()) + "),\n"
                + "            HINT = 'The application still writes to SQLite, and Liteferry carries it here. To write by hand"
                + " all the same: SET " + SETTING + " = ''by hand''.';\n"
                + "    END IF;\n";
        return head + (open ? "" : refuse) + "    RETURN NULL;\nEND $gate$";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private boolean exists(Connection c) throws SQLException {
        return yes(c, "SELECT to_regproc(?) IS NOT NULL", function);
    }

    private boolean handedOver(Connection c) throws SQLException {
        return yes(
                c,
                "SELECT EXISTS (SELECT FROM liteferry.applied WHERE source = ? AND state = 'closed')",
                plan.source());
    }

    private static boolean yes(Connection c, String query, String parameter) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(query)) {
            s.setString(1, parameter);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }
}
