package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One conductor a source: held in a session of PostgreSQL, and gone with it, however the conductor ends. */
final class Exclusive implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long RETRY_MILLIS = 100;

    private final Connection connection;

    private Exclusive(Connection connection) {
        this.connection = connection;
    }

    /**
     * Waits a moment where it is held: the session of a conductor that was killed ends a little after it.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_STATE} where another conductor is at work
     */
    static Exclusive take(PgConnections connections, String source) throws InterruptedException {
        long began = System.nanoTime();
        Optional<Exclusive> taken = takeIfFree(connections, source);
        while (taken.isEmpty() && System.nanoTime() - began < PATIENCE.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            taken = takeIfFree(connections, source);
        }
        return taken.orElseThrow(
                () -> new LiteferryException(
                        ErrorCode.CUTOVER_STATE,
                        "Starting a switch of " + source
                                + ": another conductor is at work. liteferry cutover status shows it, cutover cancel asks it to stop."));
    }

    static Optional<Exclusive> takeIfFree(PgConnections connections, String source) {
        return connections.open("liteferry-conductor", "Taking the conductor's lock of " + source, c -> {
            c.setAutoCommit(true);
            try (PreparedStatement ps =
                    c.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended('liteferry ' || ?, 0))")) {
                ps.setString(1, source);
                try (ResultSet r = ps.executeQuery()) {
                    r.next();
                    if (r.getBoolean(1)) {
                        return Optional.of(new Exclusive(c));
                    }
                }
            }
            c.close();
            return Optional.empty();
        });
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw PgConnections.failure("Giving back the conductor's lock", e);
        }
    }
}
