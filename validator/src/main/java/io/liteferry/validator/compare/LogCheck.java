package io.liteferry.validator.compare;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the change log still is the one that the target was filled from. */
public final class LogCheck implements AutoCloseable {
    private final SqliteFile file;
    private SqliteFile.@Nullable Identity identity;
    private @Nullable Connection connection;
    private Map<String, String> windows = Map.of();
    private long setAside;
    private OptionalLong schemaVersion = OptionalLong.empty();

    public LogCheck(SqliteFile file) {
        this.file = file;
    }

    /** Why not, or empty where it is. A source that cannot be read is a reason as well: nothing is known of its log. */
    public Optional<String> broken(AppliedPosition applied) {
        try {
            SqliteFile.Identity now = file.identity();
            SqliteFile.Identity first = identity == null ? now : identity;
            identity = first;
            if (!now.equals(first)) {
                return Optional.of("another file stands at the path than when the validator started");
            }
            Connection open = connection == null ? file.openReader() : connection;
            connection = open;
            schemaVersion = OptionalLong.of(SourceTransaction.verifyLog(open, applied));
            windows = windows(open);
            setAside = setAside(open);
            return Optional.empty();
        } catch (NotComparableException e) {
            return Optional.of(e.reason());
        } catch (LiteferryException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            return Optional.of(
                    String.valueOf(file.failure("Reading the change log", e).getMessage()));
        }
    }

    /** The source's schema_version as of the last look at a log that was whole. */
    public OptionalLong schemaVersion() {
        return schemaVersion;
    }

    /** Since when a schema window is open, UTC, by source table, as of the last look: nothing of these is logged. */
    public Map<String, String> windows() {
        return windows;
    }

    /** Rows of PostgreSQL that the source cannot hold, as of the last look. */
    public long setAside() {
        return setAside;
    }

    private static long setAside(Connection open) throws SQLException {
        String name = "_liteferry_quarantine";
        try (Statement s = open.createStatement()) {
            try (ResultSet rs = s.executeQuery("SELECT 1 FROM sqlite_master WHERE name = '" + name + "'")) {
                if (!rs.next()) {
                    return 0;
                }
            }
            try (ResultSet rs = s.executeQuery("SELECT count(*) FROM " + name)) {
                return rs.getLong(1);
            }
        }
    }

    private static Map<String, String> windows(Connection open) throws SQLException {
        Map<String, String> windows = new TreeMap<>();
        try (Statement s = open.createStatement();
                ResultSet rs = s.executeQuery("SELECT * FROM _liteferry_tables")) {
            // A log of before windows were there has no such column.
            for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                if (rs.getMetaData().getColumnName(i).equals("window_since")) {
                    while (rs.next()) {
                        if (rs.getString(i) != null) {
                            windows.put(rs.getString("name"), rs.getString(i));
                        }
                    }
                }
            }
        }
        return windows;
    }

    @Override
    public void close() {
        Connection open = connection;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (SQLException e) {
            throw file.failure("Closing " + file.path(), e);
        }
    }
}
