package io.liteferry.cli.demo;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** One of the two databases as an application sees it: how it connects, begins, writes a time, and is told that it is closed. */
public final class Side {
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_CONSTRAINT = 19;

    private final String name;
    private final boolean sqlite;
    private final Callable<Connection> connect;
    private final Map<Thread, Connection> connections = new ConcurrentHashMap<>();

    private Side(String name, boolean sqlite, Callable<Connection> connect) {
        this.name = name;
        this.sqlite = sqlite;
        this.connect = connect;
    }

    public static Side sqlite(Path file) {
        return new Side("SQLite", true, () -> ShopDatabase.open(file));
    }

    /** The target of a plan, as an application would connect to it. */
    public static Side postgres(Plan plan) {
        return new Side("PostgreSQL", false, () -> {
            Connection c = PgConnections.of(plan.options()).open("application");
            c.setAutoCommit(true);
            return c;
        });
    }

    public String name() {
        return name;
    }

    boolean isSqlite() {
        return sqlite;
    }

    /** Whether a value was refused, and not the writer. */
    boolean refusedByConstraint(SQLException e) {
        return sqlite
                ? (e.getErrorCode() & 0xFF) == SQLITE_CONSTRAINT && !closed(e)
                : String.valueOf(e.getSQLState()).startsWith("23");
    }

    /** A moment as this database's columns hold it: unix milliseconds or timestamptz. */
    Object time(long millis) {
        return sqlite ? (Object) millis : Instant.ofEpochMilli(millis).toString();
    }

    /** Runs one transaction, whole or not at all. */
    void write(MovingLoad.Intent intent) throws SQLException {
        Connection c = connection();
        try (Statement s = c.createStatement()) {
            s.execute(sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
            intent.run(this, c);
            s.execute("COMMIT");
        } catch (SQLException e) {
            rollBack(c, e);
            if (lost(e)) {
                leave();
            }
            throw e;
        }
    }

    private void rollBack(Connection c, SQLException cause) {
        try (Statement s = c.createStatement()) {
            s.execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Whether a write was refused because somebody holds this database, or because it is closed for good. */
    boolean closed(SQLException e) {
        if (sqlite) {
            return (e.getErrorCode() & 0xFF) == SQLITE_BUSY
                    || (e.getErrorCode() & 0xFF) == SQLITE_CONSTRAINT
                            && String.valueOf(e.getMessage()).contains("migration fence");
        }
        return Set.of("25006", "55P03", "40P01", "40001").contains(String.valueOf(e.getSQLState()));
    }

    /** Whether the server is gone, or was: of a transaction that was being committed nobody knows. */
    boolean lost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return !sqlite && (state.startsWith("08") || state.startsWith("57P"));
    }

    /** Work with a connection. */
    interface Work {
        void with(Connection c) throws SQLException;
    }

    /** Reads over a connection that is closed afterwards. */
    void read(Work work) throws SQLException {
        try {
            work.with(connection());
        } finally {
            leave();
        }
    }

    private Connection connection() throws SQLException {
        Connection c = connections.get(Thread.currentThread());
        if (c == null) {
            try {
                c = connect.call();
            } catch (LiteferryException e) {
                if (e.getCause() instanceof SQLException refused) {
                    throw refused;
                }
                throw e;
            } catch (SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("cannot connect to " + name, e);
            }
            connections.put(Thread.currentThread(), c);
        }
        return c;
    }

    /** Closes this thread's connection. */
    void leave() {
        Connection c = connections.remove(Thread.currentThread());
        if (c != null) {
            try {
                c.close();
            } catch (SQLException e) {
                throw new IllegalStateException("closing the connection to " + name, e);
            }
        }
    }
}
