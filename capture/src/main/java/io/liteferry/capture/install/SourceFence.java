package io.liteferry.capture.install;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source held by an immediate transaction in which the fence is raised or lowered, not committed yet. While it is
 * held, writers wait in SQLite's own busy handler; {@link #close()} without {@link #commit()}, or the end of the process,
 * lets them go on as if nothing had been. Used by one thread. No logging and no network before it is committed or closed.
 */
public final class SourceFence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceFence.class);

    private final SqliteFile file;
    private final Connection connection;
    private final Statement statement;
    private final String what;
    private final Found found;
    private boolean open = true;

    /** What stood in the source when the transaction began. */
    private record Found(Position position, long schemaVersion, boolean fenced) {}

    private SourceFence(SqliteFile file, Connection connection, Statement statement, String what, Found found) {
        this.file = file;
        this.connection = connection;
        this.statement = statement;
        this.what = what;
        this.found = found;
    }

    /**
     * Holds the source with the fence raised inside: the application's triggers and ours are put aside, every table of the
     * application refuses writes with {@code migration fence}.
     *
     * @param busy how long to wait for a writer
     * @param ownTables statements that make tables of ours ({@code _liteferry_…}, IF NOT EXISTS) which are needed while it
     *     is fenced: made here, because a later change of the schema looks like one of the application's
     * @throws LiteferryException {@link ErrorCode#SOURCE_BUSY}, {@link ErrorCode#CAPTURE_NOT_INSTALLED}, {@link
     *     ErrorCode#SOURCE_FENCED} where it is fenced already, {@link ErrorCode#SCHEMA_WINDOW_OPEN}, {@link
     *     ErrorCode#POSITION_BROKEN}; nothing is changed then
     */
    public static SourceFence hold(SqliteFile file, Duration busy, List<String> ownTables) {
        return begin(file, "Holding " + file.path() + " for the fence", busy, (s, found) -> {
            if (found.fenced()) {
                throw fenced(file, "Holding " + file.path() + " for the fence");
            }
            refuseOpenWindow(s, file);
            FencedSchema.raise(s, ownTables);
        });
    }

    /**
     * Holds the source with the fence lowered inside: every trigger is back, byte for byte, ours the newest. Where the
     * source is not fenced it is held and nothing is changed in it.
     *
     * @param sequences by table, the highest id that PostgreSQL may have given out: the counter of an AUTOINCREMENT table
     *     is not left below it, nor below its highest row
     * @throws LiteferryException {@link ErrorCode#SOURCE_BUSY}, {@link ErrorCode#CAPTURE_NOT_INSTALLED}, {@link
     *     ErrorCode#CUTOVER_REFUSED} where triggers cannot be put back, because the schema was changed under the fence;
     *     nothing is changed then
     */
    public static SourceFence release(SqliteFile file, Duration busy, Map<String, Long> sequences) {
        return begin(file, "Taking the fence off " + file.path(), busy, (s, found) -> {
            if (found.fenced()) {
                refuseObstacles(s, file);
                FencedSchema.lower(s, true);
                raiseCounters(s, sequences);
            }
        });
    }

    /** The end of the change log: no write of the application is after it. */
    public Position position() {
        return found.position();
    }

    /** Of the schema as it was when the transaction began; what capture has verified must be the same. */
    public long schemaVersion() {
        return found.schemaVersion();
    }

    /** Rows of tables of ours. */
    public interface OwnRows {
        void write(Connection connection) throws SQLException;
    }

    /** Writes rows of ours in the transaction, before it is committed; not for tables, see {@link #hold}. */
    public void write(OwnRows rows) {
        try {
            rows.write(connection);
        } catch (SQLException e) {
            throw file.failure(what, e);
        }
    }

    /** @throws LiteferryException {@link ErrorCode#SOURCE_BUSY} outside WAL, where a reader stays; it is still held then */
    public void commit() {
        try {
            statement.execute("COMMIT");
            open = false;
        } catch (SQLException e) {
            throw file.failure(what, e);
        }
        LOG.info(
                "Committed what={} seq={} schema_version={}",
                what,
                found.position().seq(),
                found.schemaVersion());
    }

    /** Undoes everything where it was not committed. */
    @Override
    public void close() {
        try (connection;
                statement) {
            if (open) {
                open = false;
                statement.execute("ROLLBACK");
            }
        } catch (SQLException e) {
            // Closing the connection rolls back as well.
            LOG.warn("The transaction could not be ended in order what={} error={}", what, e.getMessage());
        }
    }

    /** What is done in the transaction. */
    private interface Change {
        void make(Statement s, Found found) throws SQLException;
    }

    private static SourceFence begin(SqliteFile file, String what, Duration busy, Change change) {
        Connection connection = file.openWriter();
        try {
            Statement s = connection.createStatement();
            s.execute("PRAGMA busy_timeout = " + busy.toMillis());
            // Outside WAL a page that is written too early would keep capture from reading what is to be drained.
            s.execute("PRAGMA cache_spill = OFF");
            begin(s, file, what, busy);
            Found found = find(s, what);
            change.make(s, found);
            return new SourceFence(file, connection, s, what, found);
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e instanceof SQLException refused ? file.failure(what, refused) : (RuntimeException) e;
        }
    }

    private static void begin(Statement s, SqliteFile file, String what, Duration busy) throws SQLException {
        try {
            s.execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            if (file.failure(what, e).code() == ErrorCode.SOURCE_BUSY) {
                throw new LiteferryException(
                        ErrorCode.SOURCE_BUSY,
                        what + ": a writer kept the database locked for " + busy.toMillis()
                                + " ms. Nothing was changed. See which process holds a transaction open (liteferry check "
                                + file.path() + ") and try again.",
                        e);
            }
            throw e;
        }
    }

    private static Found find(Statement s, String what) throws SQLException {
        if (!hasLog(s)) {
            throw new LiteferryException(
                    ErrorCode.CAPTURE_NOT_INSTALLED,
                    what
                            + ": it has no change log. Give the file that is migrated (database.file.path), or run liteferry apply --config ….");
        }
        Position end = InstalledLog.end(s)
                .orElseThrow(
                        () -> new LiteferryException(
                                ErrorCode.POSITION_BROKEN,
                                what + ": the identity or the last row of its change log is gone, tables were emptied."
                                        + " Nothing was changed. Stop the services, then: liteferry apply --config … --restart."));
        return new Found(end, FencedSchema.version(s), isFenced(s));
    }

    static LiteferryException fenced(SqliteFile file, String tried) {
        return new LiteferryException(
                ErrorCode.SOURCE_FENCED,
                tried + ": " + file.path()
                        + " is fenced, the application writes to PostgreSQL. Nothing was changed. To go back to SQLite: liteferry rollback start --config ….");
    }

    /** @throws LiteferryException {@link ErrorCode#SOURCE_FENCED} where the source is fenced */
    static void refuseFenced(Statement s, SqliteFile file, String tried) throws SQLException {
        if (isFenced(s)) {
            throw fenced(file, tried);
        }
    }

    private static boolean hasLog(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + ChangeLog.META + "'")) {
            return rs.next();
        }
    }

    /** Whether the source is fenced; false where it has no change log. */
    public static boolean isFenced(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement()) {
            return isFenced(s);
        }
    }

    /** The same with a statement that is open. */
    static boolean isFenced(Statement s) throws SQLException {
        if (!hasLog(s)) {
            return false;
        }
        try (ResultSet rs = s.executeQuery("SELECT fenced FROM " + ChangeLog.META)) {
            return rs.next() && rs.getBoolean(1);
        }
    }

    /**
     * Whether a schema of version {@code after} is that of version {@code before}, with nothing between them but a fence
     * that was raised and lowered again.
     */
    public static boolean onlyFenced(Connection connection, long before, long after) throws SQLException {
        try (Statement s = connection.createStatement()) {
            try (ResultSet rs = s.executeQuery(
                    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + ChangeLog.FENCE + "'")) {
                if (!rs.next()) {
                    return false;
                }
            }
            try (ResultSet rs = s.executeQuery(
                    "SELECT 1 FROM " + ChangeLog.FENCE + " WHERE found = " + before + " AND released = " + after)) {
                return rs.next();
            }
        }
    }

    /**
     * What has become of a fenced schema since the fence was committed, in words: a fence does not stop DDL.
     *
     * @return empty where nothing has
     */
    public static List<String> schemaChanges(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement()) {
            return FencedSchema.changes(s);
        }
    }

    private static void refuseOpenWindow(Statement s, SqliteFile file) throws SQLException {
        // An installation of before windows were there has no such column.
        try (ResultSet rs = s.executeQuery("SELECT * FROM " + ChangeLog.TABLES)) {
            boolean windows = rs.getMetaData().getColumnCount() > 3;
            while (windows && rs.next()) {
                if (rs.getString(ChangeLog.WINDOW) != null) {
                    throw new LiteferryException(
                            ErrorCode.SCHEMA_WINDOW_OPEN,
                            "Holding " + file.path() + " for the fence: a schema window is open on table "
                                    + rs.getString("name") + " since " + rs.getString(ChangeLog.WINDOW)
                                    + ". Nothing was changed. Run liteferry schema-window close --config … and wait until the table is captured again.");
                }
            }
        }
    }

    static void refuseObstacles(Statement s, SqliteFile file) throws SQLException {
        List<String> obstacles = FencedSchema.obstacles(s);
        if (!obstacles.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_REFUSED,
                    "Taking the fence off " + file.path() + ": its schema was changed while it was fenced, "
                            + String.join("; ", obstacles)
                            + ". The fence stands. Undo these changes of the schema, then try again; the triggers that were put aside stand in table "
                            + ChangeLog.SCHEMA + ", in a backup of before the cutover too.");
        }
    }

    /** An id that was given out once, on either side, is not given out again. */
    private static void raiseCounters(Statement s, Map<String, Long> sequences) throws SQLException {
        String counters = "SELECT l.name, (SELECT k.name FROM pragma_table_info(l.name) k WHERE k.pk = 1)"
                + " FROM pragma_table_list l JOIN sqlite_master m ON m.type = 'table' AND m.name = l.name"
                + " WHERE l.schema = 'main' AND l.type = 'table' AND l.wr = 0 AND m.sql LIKE '%AUTOINCREMENT%'"
                + " AND EXISTS (SELECT 1 FROM sqlite_master q WHERE q.name = 'sqlite_sequence')";
        Map<String, String> keys = new TreeMap<>();
        try (ResultSet rs = s.executeQuery(counters)) {
            while (rs.next()) {
                keys.put(rs.getString(1), rs.getString(2));
            }
        }
        for (Map.Entry<String, String> e : keys.entrySet()) {
            String table = Sql.text(e.getKey());
            long value;
            try (ResultSet rs = s.executeQuery("SELECT max(" + sequences.getOrDefault(e.getKey(), 0L)
                    + ", coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = " + table
                    + "), 0), coalesce((SELECT max(" + Sql.name(e.getValue()) + ") FROM " + Sql.name(e.getKey())
                    + "), 0))")) {
                value = rs.getLong(1);
            }
            s.execute("DELETE FROM sqlite_sequence WHERE name = " + table);
            if (value > 0) {
                s.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (" + table + ", " + value + ")");
            }
        }
    }
}
