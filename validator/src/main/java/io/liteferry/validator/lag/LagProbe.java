package io.liteferry.validator.lag;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.compare.Pace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * Takes samples: notes the newest row of the change log, then waits until the target's applied position has reached it.
 * With capture or sink dead the sample goes on waiting, and the lag grows as it should.
 */
public final class LagProbe implements AutoCloseable {
    /** Between the beginnings of two samples. */
    public static final long INTERVAL_MILLIS = 100;

    private static final long POLL_MILLIS = 10;
    /** How often a sample that waits makes sure that what it waits for still is in the file's log. */
    private static final long LOG_CHECK_POLLS = 50;

    private final SqliteFile file;
    private final SqliteFile.Identity identity;
    private final Connection sqlite;
    private final Connection postgres;
    private final String source;
    private final LagWindow window;
    private final Pace pace;

    public LagProbe(SqliteFile file, PgConnections connections, String source, LagWindow window, Pace pace) {
        // What cannot be reached is lag from now on.
        window.started(System.nanoTime());
        this.file = file;
        this.source = source;
        this.window = window;
        this.pace = pace;
        this.identity = file.identity();
        this.sqlite = file.openReader();
        try {
            this.postgres = connections.open("liteferry-lag");
        } catch (RuntimeException e) {
            closeQuietly(e);
            throw e;
        }
    }

    private void closeQuietly(RuntimeException failure) {
        try {
            sqlite.close();
        } catch (SQLException closing) {
            failure.addSuppressed(closing);
        }
    }

    private record Newest(String logIdentity, long seq) {}

    /**
     * Takes one sample; gives up when the validator stops, and when the log is another one than at its beginning.
     *
     * @throws io.liteferry.core.LiteferryException where another file stands at the path: open it anew
     */
    public void sample() {
        long start = System.nanoTime();
        window.started(start);
        Newest newest = newest();
        try {
            postgres.setAutoCommit(true);
            try (PreparedStatement ps = postgres.prepareStatement(
                    "SELECT seq >= ? FROM liteferry.applied WHERE source = ? AND log_identity = ?")) {
                ps.setLong(1, newest.seq());
                ps.setString(2, source);
                ps.setString(3, newest.logIdentity());
                for (long polls = 1; !reached(ps); polls++) {
                    if (pace.pause(POLL_MILLIS) || polls % LOG_CHECK_POLLS == 0 && !stillAwaited(newest)) {
                        return;
                    }
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.applied", e);
        }
        long now = System.nanoTime();
        window.arrived(now);
        pace.pause(Math.max(1, INTERVAL_MILLIS - TimeUnit.NANOSECONDS.toMillis(now - start)));
    }

    private static boolean reached(PreparedStatement ps) throws SQLException {
        try (ResultSet rs = ps.executeQuery()) {
            return rs.next() && rs.getBoolean(1);
        }
    }

    /** False where the log was begun again: what was awaited will never come. */
    private boolean stillAwaited(Newest awaited) {
        if (!file.identity().equals(identity)) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_REPLACED,
                    "Measuring the lag of " + file.path() + ": another file stands there than the one that was opened."
                            + " Capture says what to do; the validator opens the new one.");
        }
        Newest now = newest();
        return now.logIdentity().equals(awaited.logIdentity()) && now.seq() >= awaited.seq();
    }

    private Newest newest() {
        try (Statement s = sqlite.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT (SELECT identity FROM _liteferry_meta), (SELECT max(seq) FROM _liteferry_log)")) {
            rs.next();
            return new Newest(String.valueOf(rs.getString(1)), rs.getLong(2));
        } catch (SQLException e) {
            throw file.failure("Reading the newest row of the change log", e);
        }
    }

    @Override
    public void close() {
        try (Connection s = sqlite;
                Connection p = postgres) {
            // both are closed, whichever fails
        } catch (SQLException e) {
            throw PgConnections.failure("Closing the lag probe", e);
        }
    }
}
