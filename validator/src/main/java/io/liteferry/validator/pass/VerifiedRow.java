package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** The row of a source in {@code liteferry.verified}; the caller ends the transaction. */
public final class VerifiedRow {
    private VerifiedRow() {}

    /** Empty before anything was followed. */
    public static Optional<Verified> read(Connection connection, String source) {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT log_identity, epoch, seq, fingerprint, since, as_of, waiting"
                        + " FROM liteferry.verified WHERE source = ?")) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next()
                        ? Optional.of(new Verified(
                                new Position(rs.getString(1), rs.getLong(2), rs.getLong(3), rs.getLong(4)),
                                rs.getLong(5),
                                rs.getObject(6, OffsetDateTime.class).toInstant(),
                                Optional.ofNullable(rs.getString(7))))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.verified", e);
        }
    }

    static void write(Connection connection, String source, Verified v) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(
                "INSERT INTO liteferry.verified (source, log_identity, epoch, seq, fingerprint, since, as_of, waiting)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
                        + " log_identity = excluded.log_identity, epoch = excluded.epoch, seq = excluded.seq,"
                        + " fingerprint = excluded.fingerprint, since = excluded.since, as_of = excluded.as_of,"
                        + " waiting = excluded.waiting")) {
            ps.setString(1, source);
            ps.setString(2, v.position().logIdentity());
            ps.setLong(3, v.position().epoch());
            ps.setLong(4, v.position().seq());
            ps.setLong(5, v.position().fingerprint());
            ps.setLong(6, v.since());
            ps.setObject(7, v.asOf().atOffset(ZoneOffset.UTC));
            ps.setString(8, v.waiting().orElse(null));
            ps.executeUpdate();
        }
    }
}
