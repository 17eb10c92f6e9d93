package io.liteferry.cutover.backup;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.capture.install.InstalledLog;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteCopy;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one backup. Only the copy is touched by file I/O, and only while no connection has it open. */
final class BackupRun {
    private static final Logger LOG = LoggerFactory.getLogger(BackupRun.class);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int BUFFER = 1 << 16;
    private static final long MEGABYTE = 1_000_000;

    private final SqliteFile file;
    private final Path folder;
    private final Clock clock;

    BackupRun(SqliteFile file, Path folder, Clock clock) {
        this.file = file;
        this.folder = folder;
        this.clock = clock;
    }

    SourceBackup run(SqliteCopy.Progress progress) {
        Instant now = clock.instant();
        Path path = folder.resolve(file.path().getFileName() + "." + SECOND.format(now) + ".backup");
        Path unverified = Path.of(path + ".partial");
        try {
            Files.createDirectories(folder);
            Files.createFile(
                    unverified, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                long pages = copy(unverified, progress);
                SourceBackup backup = check(unverified, path, pages, now);
                keep(unverified, backup);
                LOG.info("Backup taken file={} backup={} bytes={}", file.path(), path, backup.bytes());
                return backup;
            } finally {
                Files.deleteIfExists(unverified);
            }
        } catch (IOException | SQLException e) {
            throw new LiteferryException(
                    ErrorCode.BACKUP_FAILED,
                    "Backing up " + file.path() + " to " + path + ": " + e.getMessage()
                            + ". No copy was left. Check the disk and the permissions of " + folder
                            + ", and PRAGMA integrity_check of the source; then try again.",
                    e);
        }
    }

    /** Returns how many pages there are. */
    private long copy(Path to, SqliteCopy.Progress progress) throws SQLException, IOException {
        try (Connection source = file.openReader();
                Statement s = source.createStatement()) {
            s.execute("BEGIN");
            // The first SELECT fixes the snapshot.
            number(s, "SELECT count(*) FROM sqlite_master");
            demandWal(s);
            long pages = number(s, "PRAGMA page_count");
            demandRoom(folder, pages * number(s, "PRAGMA page_size"));
            SqliteCopy.make(source, to, progress);
            s.execute("ROLLBACK");
            return pages;
        }
    }

    private void demandWal(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery("PRAGMA main.journal_mode")) {
            if (!rs.getString(1).equalsIgnoreCase("wal")) {
                throw new LiteferryException(
                        ErrorCode.BACKUP_FAILED,
                        "Backing up " + file.path() + ": its journal mode is " + rs.getString(1)
                                + ", in which a copy keeps every writer waiting. Switch the application to WAL (PRAGMA journal_mode = WAL), or stop it and copy the file.");
            }
        }
    }

    /** A tenth more than the copy: a disk that is filled to the brim hurts whoever else writes there. */
    static void demandRoom(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free - bytes / 10 < bytes) {
            throw new LiteferryException(
                    ErrorCode.BACKUP_FAILED,
                    "Backing up to " + folder + ": the copy takes " + bytes / MEGABYTE + " MB, " + free / MEGABYTE
                            + " MB are free there. Make room, or give another folder with liteferry backup --to.");
        }
    }

    private SourceBackup check(Path copy, Path path, long pages, Instant now) throws SQLException, IOException {
        Map<String, Long> rows = new TreeMap<>();
        Optional<Long> violations;
        Optional<Position> position;
        try (Connection c = SqliteCopy.open(copy);
                Statement s = c.createStatement()) {
            long copied = number(s, "PRAGMA page_count");
            if (copied != pages) {
                throw new SQLException("the copy has " + copied + " pages, the source had " + pages);
            }
            try (ResultSet rs = s.executeQuery("PRAGMA integrity_check(1)")) {
                String found = rs.getString(1);
                if (!found.equals("ok")) {
                    throw new SQLException("PRAGMA integrity_check of the copy says: " + found);
                }
            }
            SqliteCatalog catalog = new SqliteCatalog(c);
            for (SourceTable table : catalog.tables()) {
                rows.put(table.name(), number(s, "SELECT count(*) FROM " + Sql.name(table.name())));
            }
            violations = violations(s);
            boolean logged = number(s, "SELECT count(*) FROM sqlite_master WHERE name = '" + ChangeLog.LOG + "'") > 0;
            position = logged ? InstalledLog.end(s) : Optional.empty();
        }
        return new SourceBackup(path, pages, Files.size(copy), sha256(copy), rows, violations, now, position);
    }

    /** SQLite can check none where the parent of one has no such key; the application never had it checked either. */
    private static Optional<Long> violations(Statement s) {
        try {
            return Optional.of(number(s, "SELECT count(*) FROM pragma_foreign_key_check"));
        } catch (SQLException e) {
            LOG.warn("Foreign keys of the copy cannot be checked error={}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Its name is given last: whoever finds a copy finds its figures, and both are on the disk. */
    private void keep(Path unverified, SourceBackup backup) throws IOException {
        Path figures = SourceBackup.figures(backup.path());
        Files.write(figures, Json.bytes(backup.document()), StandardOpenOption.CREATE_NEW, StandardOpenOption.SYNC);
        try (FileChannel copy = FileChannel.open(unverified, StandardOpenOption.WRITE)) {
            copy.force(true);
            Files.move(unverified, backup.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(figures);
            throw e;
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    static String sha256(Path copy) throws IOException {
        try (InputStream in = Files.newInputStream(copy)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static long number(Statement s, String sql) throws SQLException {
        try (ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }
}
