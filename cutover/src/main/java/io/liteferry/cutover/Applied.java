package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How far the target is, asked often over one open connection. */
final class Applied implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement question;
    private final String source;

    Applied(PgConnections connections, String source) {
        this.source = source;
        this.connection = connections.open("liteferry-cutover");
        try {
            connection.setAutoCommit(true);
            question = connection.prepareStatement(
                    "SELECT log_identity, epoch, seq, fingerprint FROM liteferry.applied WHERE source = ?");
            question.setString(1, source);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    Position position() {
        try (ResultSet r = question.executeQuery()) {
            r.next();
            return new Position(r.getString(1), r.getLong(2), r.getLong(3), r.getLong(4));
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** @throws LiteferryException {@link ErrorCode#CUTOVER_IN_DOUBT} where the target is not exactly there */
    Position demand(Position end) {
        Position now = position();
        if (!now.logIdentity().equals(end.logIdentity()) || now.seq() != end.seq()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_IN_DOUBT,
                    "Finishing the cutover of " + source + ": SQLite was fenced at log row " + end.seq()
                            + ", the target is at " + now.seq()
                            + ". Run the sink until it is there, then start again; or lift the fence: liteferry cutover cancel.");
        }
        return now;
    }

    private LiteferryException failure(SQLException e) {
        return PgConnections.failure("Asking how far the target of " + source + " is", e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
