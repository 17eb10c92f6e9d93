package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.postgres.PgConnections;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The row of a source in {@code liteferry.applied}: how far the target is. */
public final class AppliedRow {
    private static final String SELECT = "SELECT jsonb_build_object('position', jsonb_build_object("
            + "'logIdentity', log_identity, 'epoch', epoch, 'seq', seq, 'fingerprint', fingerprint),"
            + " 'batch', batch, 'schema_version', schema_version, 'tables', tables, 'consistent', consistent,"
            + " 'evolution', evolution)::text"
            + " FROM liteferry.applied WHERE source = ?";

    private AppliedRow() {}

    /** Whether PostgreSQL is the side that is written, and changes are carried back to the source. */
    public static boolean closed(Connection connection, String source) {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT state = 'closed' FROM liteferry.applied WHERE source = ?")) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() && rs.getBoolean(1);
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.applied", e);
        }
    }

    /** Empty before the first batch was applied. */
    public static Optional<AppliedPosition> read(Connection connection, String source) {
        try (PreparedStatement ps = connection.prepareStatement(SELECT)) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next()
                        ? Optional.of(Json.read(
                                rs.getString(1).getBytes(StandardCharsets.UTF_8),
                                AppliedPosition.class,
                                "liteferry.applied"))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.applied", e);
        }
    }
}
