package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.PgConnections;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * One writer of PostgreSQL that appends 1, 2, 3, … to a table without a key, each in a transaction of its own, whatever
 * becomes of the server; and looks at SQLite, where at any moment a beginning of them stands, each once.
 */
final class OrderedWrites implements AutoCloseable {
    private static final String ROWS = " FROM audit_logs WHERE entity = 'ordered'";

    private final PgConnections postgres;
    private final String sqlite;
    private final Thread writer = new Thread(this::write, "ordered-writes");
    private volatile boolean running = true;
    private volatile long acknowledged;
    private long seen;

    OrderedWrites(PgConnections postgres, Path sqlite) {
        this.postgres = postgres;
        this.sqlite = "jdbc:sqlite:" + sqlite + "?busy_timeout=5000";
        writer.setDaemon(true);
        writer.start();
    }

    private void write() {
        boolean known = false;
        while (running || !known) {
            known = false;
            try (Connection c = postgres.open("application");
                    Statement s = c.createStatement()) {
                // Whether the last one was committed before the server went, only the server knows.
                long last = number(s, "SELECT coalesce(max(entity_id::bigint), 0)" + ROWS);
                acknowledged = last;
                known = true;
                while (running) {
                    known = false;
                    s.execute("INSERT INTO audit_logs(action, entity, entity_id, at)"
                            + " VALUES ('written', 'ordered', '" + (last + 1) + "', '2026-01-01T00:00:00Z')");
                    c.commit();
                    acknowledged = ++last;
                    known = true;
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            } catch (SQLException | LiteferryException e) {
                pause();
            } catch (InterruptedException e) {
                running = false;
                known = true;
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the writer. How many it has written. */
    long stop() throws InterruptedException {
        running = false;
        writer.join();
        return acknowledged;
    }

    /** How many SQLite has: those before have come too, each once, and none has gone again. */
    long look() throws SQLException {
        try (Connection c = DriverManager.getConnection(sqlite);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT count(*), count(DISTINCT entity_id),"
                        + " coalesce(max(CAST(entity_id AS INTEGER)), 0)" + ROWS)) {
            r.next();
            long last = r.getLong(3);
            assertThat(r.getLong(1)).as("each once").isEqualTo(r.getLong(2));
            assertThat(r.getLong(1)).as("those before are there").isEqualTo(last);
            assertThat(last).as("none is gone").isGreaterThanOrEqualTo(seen);
            seen = last;
            return last;
        }
    }

    private static long number(Statement s, String query) throws SQLException {
        try (ResultSet r = s.executeQuery(query)) {
            r.next();
            return r.getLong(1);
        }
    }

    @Override
    public void close() {
        running = false;
        writer.interrupt();
    }
}
