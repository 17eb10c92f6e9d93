package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** One conductor a source: held in a session of PostgreSQL, and gone with it, however the conductor ends. */
final class Exclusive implements AutoCloseable {
    private final Connection connection;

    private Exclusive(Connection connection) {
        this.connection = connection;
    }

    /** @throws LiteferryException {@link ErrorCode#CUTOVER_STATE} where another conductor is at work */
    static Exclusive take(PgConnections connections, String source) {
        return takeIfFree(connections, source)
                .orElseThrow(
                        () -> new LiteferryException(
                                ErrorCode.CUTOVER_STATE,
                                "Starting a switch of " + source
                                        + ": another conductor is at work. liteferry cutover status shows it, cutover cancel asks it to stop."));
    }

    static Optional<Exclusive> takeIfFree(PgConnections connections, String source) {
        Connection c = connections.open("liteferry-conductor");
        try (PreparedStatement ps =
                c.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended('liteferry ' || ?, 0))")) {
            c.setAutoCommit(true);
            ps.setString(1, source);
            try (ResultSet r = ps.executeQuery()) {
                r.next();
                if (r.getBoolean(1)) {
                    return Optional.of(new Exclusive(c));
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Taking the conductor's lock of " + source, e);
        }
        closed(c, source);
        return Optional.empty();
    }

    private static void closed(Connection c, String source) {
        try {
            c.close();
        } catch (SQLException e) {
            throw PgConnections.failure("Giving back the conductor's lock of " + source, e);
        }
    }

    @Override
    public void close() {
        closed(connection, "the source");
    }
}
