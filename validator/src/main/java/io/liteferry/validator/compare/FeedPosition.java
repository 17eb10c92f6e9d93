package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * How far SQLite is behind PostgreSQL while PostgreSQL is written.
 *
 * @param offset in {@code <name>.reverse} of the first record that is not applied
 * @param lsn where the last applied transaction ends in PostgreSQL's log
 */
record FeedPosition(long offset, long lsn) {

    /** In the caller's read transaction; empty before the source was fenced. */
    static Optional<FeedPosition> read(Connection sqlite) throws SQLException {
        try (Statement s = sqlite.createStatement()) {
            try (ResultSet rs = s.executeQuery("SELECT 1 FROM sqlite_master WHERE name = '_liteferry_reverse'")) {
                if (!rs.next()) {
                    return Optional.empty();
                }
            }
            try (ResultSet rs = s.executeQuery("SELECT kafka_offset, lsn FROM _liteferry_reverse")) {
                return rs.next() ? Optional.of(new FeedPosition(rs.getLong(1), rs.getLong(2))) : Optional.empty();
            }
        }
    }

    /** What positions in the feed stand in: other than the log's, and another one after each switch that carried something. */
    static String history(AppliedPosition applied) {
        return applied.position().logIdentity() + " reverse "
                + applied.position().seq();
    }

    /** The same in the terms of what is followed. */
    Position in(AppliedPosition applied) {
        return new Position(history(applied), applied.position().epoch(), offset, lsn);
    }
}
