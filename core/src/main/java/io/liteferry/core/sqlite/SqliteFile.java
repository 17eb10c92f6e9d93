package io.liteferry.core.sqlite;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * One SQLite database file and the ways this program opens it. The file, its {@code -wal} and its {@code -shm} are never
 * opened by file I/O here, only looked at with stat: closing such a handle would drop every lock SQLite holds in this
 * process.
 */
public record SqliteFile(Path path) {
    private static final int BUSY_TIMEOUT_MS = 5_000;

    /**
     * Which file stands at the path.
     *
     * @param device number of the file system
     * @param inode number of the file in it
     */
    public record Identity(long device, long inode) {}

    /** For {@code plan} and {@code check}: cannot write, not even by a checkpoint at its close. */
    public Connection openReadOnly() {
        SQLiteConfig config = common();
        config.setReadOnly(true);
        return open(config);
    }

    /**
     * For the long-lived readers: may touch {@code -shm}, as any WAL reader must, but never writes the database and never
     * checkpoints.
     */
    public Connection openReader() {
        SQLiteConfig config = common();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
        return open(config, "PRAGMA query_only = ON");
    }

    /** For the few writes of this program: install, epoch, prune, fence. Never used for an application's table. */
    public Connection openWriter() {
        SQLiteConfig config = common();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
        return open(config);
    }

    /** The file at the path, by stat. */
    public Identity identity() {
        try {
            long device = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
            return new Identity(device, ((Number) Files.getAttribute(path, "unix:ino")).longValue());
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Looking at " + path + ": " + e + ". Put the file back or correct database.file.path.",
                    e);
        }
    }

    /** When the database file itself was last written, by stat. */
    public FileTime written() {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Looking at " + path + ": " + e + ". Put the file back or correct database.file.path.",
                    e);
        }
    }

    /** Whether a {@code -wal} stands beside it, by stat. */
    public boolean hasWal() {
        return Files.exists(Path.of(path + "-wal"));
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.enableLoadExtension(false);
        // The driver lets one thread in at a time; SQLite's own mutex around every value costs a tenth of a scan.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        return config;
    }

    private Connection open(SQLiteConfig config, String... pragmas) {
        if (!Files.isRegularFile(path)) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Opening " + path + ": " + (Files.exists(path) ? "it is not a regular file" : "no such file")
                            + ". Give the path of the SQLite database.");
        }
        if (!Files.isReadable(path)) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Opening " + path + ": no permission to read it. Run as the application's user.");
        }
        Connection connection = null;
        try {
            connection = config.createConnection("jdbc:sqlite:" + path.toAbsolutePath());
            try (Statement s = connection.createStatement()) {
                s.execute("PRAGMA trusted_schema = OFF");
                for (String pragma : pragmas) {
                    s.execute(pragma);
                }
                // The first statement that reads the file: says whether it is a database at all.
                try (ResultSet ignored = s.executeQuery("SELECT count(*) FROM sqlite_master")) {}
            }
            return connection;
        } catch (SQLException e) {
            LiteferryException failure = failure("Opening " + path, e);
            if (connection != null) {
                try {
                    connection.close();
                } catch (SQLException closing) {
                    failure.addSuppressed(closing);
                }
            }
            throw failure;
        }
    }

    /** Translates SQLite's error; {@code tried} says what was tried, on which object. */
    public LiteferryException failure(String tried, SQLException e) {
        SQLiteErrorCode code = e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.SQLITE_ERROR;
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
            case SQLITE_NOTADB ->
                new LiteferryException(
                        ErrorCode.SOURCE_NOT_SQLITE,
                        tried
                                + ": the file is not a SQLite database, or it is encrypted. Decrypt it first, or give another file.",
                        e);
            case SQLITE_CORRUPT ->
                new LiteferryException(
                        ErrorCode.SOURCE_CORRUPT,
                        tried + ": SQLite finds the database corrupt (" + e.getMessage()
                                + "). Run PRAGMA integrity_check and restore or recover it before a migration.",
                        e);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new LiteferryException(
                        ErrorCode.SOURCE_BUSY,
                        tried + ": the database stayed locked for " + BUSY_TIMEOUT_MS / 1000
                                + " s. See which process holds it (liteferry check) and try again.",
                        e);
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR ->
                new LiteferryException(
                        ErrorCode.SOURCE_NOT_READABLE,
                        tried + ": " + e.getMessage()
                                + ". Check the permissions of the file and its folder, and the disk.",
                        e);
            default -> new LiteferryException(ErrorCode.SOURCE_ERROR, tried + ": " + e.getMessage() + ".", e);
        };
    }
}
