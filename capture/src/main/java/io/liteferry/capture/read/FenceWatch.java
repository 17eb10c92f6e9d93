package io.liteferry.capture.read;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Looks for what a fence cannot stop. A schema that was changed is found whenever it happened; a commit that neither the
 * reverse feed nor a capture made is found only between two looks of one watch, and another commit beside it hides it: a
 * hint, never a proof that there was none. Used by one thread.
 */
public final class FenceWatch implements AutoCloseable {
    /** The row in which the reverse feed notes how far it is, in the transaction of what it writes. */
    private static final String REVERSE = SqliteCatalog.OWN_PREFIX + "reverse";

    /** No version SQLite gives. */
    private static final long NEVER = -1;

    private final SqliteFile file;
    private final Connection connection;
    private final Statement statement;
    private final CommitWitness witness;
    private List<String> schemaChanges = List.of();
    private long comparedVersion = NEVER;

    public FenceWatch(SqliteFile file) {
        this.file = file;
        this.witness = new CommitWitness(file);
        this.connection = file.openReader();
        try {
            this.statement = connection.createStatement();
        } catch (SQLException e) {
            throw file.failure("Watching the fence of " + file.path(), e);
        }
    }

    /**
     * Looks once, in one short read transaction.
     *
     * @return what was found, each with what to do; empty where the fence stands and nothing passed it
     */
    public List<String> look() {
        try {
            statement.execute("BEGIN");
            try {
                return found();
            } finally {
                statement.execute("ROLLBACK");
            }
        } catch (SQLException e) {
            throw file.failure("Watching the fence of " + file.path(), e);
        }
    }

    private List<String> found() throws SQLException {
        // The first SELECT fixes the snapshot; data_version is then that of it.
        int marker;
        try (ResultSet rs = statement.executeQuery("SELECT fenced, epoch FROM " + ChangeLog.META)) {
            if (!rs.next() || !rs.getBoolean(1)) {
                return List.of(file.path()
                        + " is not fenced: the application can write to it. See liteferry cutover status --config ….");
            }
            marker = Objects.hash(rs.getLong(2), reverse());
        }
        long version = number("PRAGMA schema_version");
        if (version != comparedVersion) {
            schemaChanges = SourceFence.schemaChanges(connection).stream()
                    .map(
                            c -> "The schema of " + file.path() + " was changed while it is fenced: " + c
                                    + ". Find the process that still uses the file and stop it; undo the change before a rollback.")
                    .toList();
            comparedVersion = version;
        }
        witness.look(number("PRAGMA data_version"), marker, version);
        List<String> found = new ArrayList<>(schemaChanges);
        if (witness.unexplained() > 0) {
            found.add(witness.unexplained() + " commits to " + file.path()
                    + " were seen that are not ours: triggers that are switched off, incremental blob I/O, or a write to what has no"
                    + " fence (sqlite_sequence, virtual tables). Find the process that still uses the file and stop it; liteferry"
                    + " validate --config … tells which rows differ.");
        }
        return found;
    }

    /** Empty where no reverse feed has begun. */
    private List<String> reverse() throws SQLException {
        List<String> row = new ArrayList<>();
        if (number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + REVERSE + "'") > 0) {
            try (Statement s = connection.createStatement();
                    ResultSet rs = s.executeQuery("SELECT * FROM " + REVERSE)) {
                while (rs.next()) {
                    for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(rs.getString(i)));
                    }
                }
            }
        }
        return row;
    }

    private long number(String sql) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }

    @Override
    public void close() {
        try (connection) {
            statement.close();
        } catch (SQLException e) {
            throw file.failure("Closing " + file.path(), e);
        }
    }
}
