package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Whether the change log still is the one that the target was filled from. */
public final class LogCheck implements AutoCloseable {
    private final SqliteFile file;
    private final SqliteFile.Identity identity;
    private final Connection connection;

    public LogCheck(SqliteFile file) {
        this.file = file;
        this.identity = file.identity();
        this.connection = file.openReader();
    }

    /** Why not, or empty where it is. */
    public Optional<String> broken(AppliedPosition applied) {
        if (!file.identity().equals(identity)) {
            return Optional.of("another file stands at the path than when the validator started");
        }
        try {
            SourceSide.verifyLog(connection, applied);
            return Optional.empty();
        } catch (NotComparableException e) {
            return Optional.of(e.reason());
        } catch (SQLException e) {
            throw file.failure("Reading the change log", e);
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
