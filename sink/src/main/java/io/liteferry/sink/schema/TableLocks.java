package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes writers of all target tables wait, readers not. It asks for short times and lets go again in between: writers that
 * come meanwhile wait no longer than that, and none runs into a deadlock with us.
 */
public final class TableLocks {
    /** Below PostgreSQL's deadlock_timeout of 1 s, so that a transaction which waits for us does not find a deadlock. */
    private static final long SHORT_MILLIS = 400;
    /** Now and then above it: only then does PostgreSQL send an autovacuum away that is in our way. */
    private static final long LONG_MILLIS = 2_000;

    /** Of readers too. */
    static final String ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE";

    private static final int LONG_EVERY = 4;
    private static final long PAUSE_MILLIS = 100;

    private TableLocks() {}

    /**
     * Takes the locks until the end of the caller's transaction.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE}, which says who was in the way
     */
    public static void against(Connection c, Plan plan, Duration atMost) throws SQLException {
        take(
                c,
                plan,
                plan.tables().stream().map(t -> TargetNames.qualified(plan, t)).toList(),
                "SHARE ROW EXCLUSIVE",
                atMost);
    }

    /** Takes any lock on some of the tables in the same way. */
    static void take(Connection c, Plan plan, List<String> tables, String mode, Duration atMost) throws SQLException {
        long until = System.nanoTime() + atMost.toNanos();
        for (int attempt = 1;
                !taken(c, tables, mode, attempt % LONG_EVERY == 0 ? LONG_MILLIS : SHORT_MILLIS);
                attempt++) {
            if (System.nanoTime() - until >= 0) {
                throw new LiteferryException(
                        ErrorCode.CUTOVER_UNDONE,
                        "Locking the target tables of " + plan.source() + " for " + atMost.toSeconds()
                                + " s: others hold them: " + holders(c, tables, mode)
                                + ". Everything is as it was before. End these transactions, or let them end, then start"
                                + " it again.");
            }
            pause(c);
        }
    }

    private static boolean taken(Connection c, List<String> tables, String mode, long millis) throws SQLException {
        Savepoint before = c.setSavepoint();
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT current_setting('statement_timeout')")) {
            r.next();
            String usual = r.getString(1);
            s.execute("SET LOCAL statement_timeout = " + millis);
            s.execute("LOCK TABLE " + String.join(", ", tables) + " IN " + mode + " MODE");
            s.execute("SET LOCAL statement_timeout = '" + usual + "'");
            return true;
        } catch (SQLException e) {
            if (!SqlStates.isTransient(e) && !SqlStates.isCancelled(e)) {
                throw e;
            }
            c.rollback(before);
            return false;
        }
    }

    private static void pause(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("SELECT pg_sleep(" + PAUSE_MILLIS / 1000.0 + ")");
        }
    }

    private static String holders(Connection c, List<String> tables, String mode) throws SQLException {
        List<String> holders = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT DISTINCT format('process %s (%s) with %s on %s since %s', a.pid,
                    coalesce(nullif(a.application_name, ''), a.backend_type), l.mode, l.relation::regclass,
                    coalesce(a.xact_start, a.query_start))
                FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE l.granted AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (? OR l.mode NOT IN ('AccessShareLock', 'RowShareLock'))
                  AND l.relation IN (SELECT p.relid FROM unnest(?::regclass[]) t, pg_partition_tree(t) p
                                     UNION SELECT unnest(?::regclass[]))
                ORDER BY 1 LIMIT 5""")) {
            s.setBoolean(1, mode.equals(ACCESS_EXCLUSIVE));
            s.setArray(2, c.createArrayOf("text", tables.toArray()));
            s.setArray(3, c.createArrayOf("text", tables.toArray()));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    holders.add(r.getString(1));
                }
            }
        }
        return holders.isEmpty() ? "not any more" : String.join("; ", holders);
    }
}
