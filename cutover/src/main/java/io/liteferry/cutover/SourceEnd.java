package io.liteferry.cutover;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The end of the source's change log, and the counters of its AUTOINCREMENT tables, asked over one open connection. */
final class SourceEnd implements AutoCloseable {
    private final SqliteFile file;
    private final Connection connection;

    SourceEnd(SqliteFile file) {
        this.file = file;
        this.connection = file.openReader();
    }

    /** The last row of the log that is committed. */
    Position position() {
        try (Statement s = connection.createStatement()) {
            return InstalledLog.end(s)
                    .orElseThrow(() -> new LiteferryException(
                            ErrorCode.POSITION_BROKEN,
                            "Reading the end of the change log of " + file.path()
                                    + ": its tables were emptied. See liteferry status."));
        } catch (SQLException e) {
            throw file.failure("Reading the end of the change log of " + file.path(), e);
        }
    }

    /** By table, the highest id that was ever given out. */
    Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>();
        try (Statement s = connection.createStatement()) {
            try (ResultSet r = s.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")) {
                if (!r.next()) {
                    return counters;
                }
            }
            try (ResultSet r = s.executeQuery("SELECT name, seq FROM sqlite_sequence")) {
                while (r.next()) {
                    counters.put(r.getString(1), r.getLong(2));
                }
            }
            return counters;
        } catch (SQLException e) {
            throw file.failure("Reading sqlite_sequence of " + file.path(), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw file.failure("Closing " + file.path(), e);
        }
    }
}
