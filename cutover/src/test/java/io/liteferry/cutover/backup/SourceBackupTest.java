package io.liteferry.cutover.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.sqlite.SqliteCopy;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.cutover.LiveSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceBackupTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.987Z");

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private LiveSource source;

    @BeforeEach
    void open() throws Exception {
        source = new LiveSource(folder.resolve("app ?#%.db"));
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void saysWhatIsInTheCopyAndWhereTheChangeLogEndsInIt() throws Exception {
        source.sql(
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
                "CREATE TABLE keyless(v)",
                "INSERT INTO keyless VALUES ('a'), ('b'), ('c')",
                "DELETE FROM keyless WHERE v < 'c'",
                "CREATE TABLE child(id INTEGER PRIMARY KEY, t REFERENCES t(id))",
                "INSERT INTO child VALUES (1, 1), (2, 77)");
        SourceBackup backup = take();
        assertThat(backup.path()).isEqualTo(backups().resolve("app ?#%.db.20260102T120000Z.backup"));
        assertThat(backup.takenAt()).isEqualTo(NOON);
        assertThat(backup.rows())
                .containsOnlyKeys("t", "keyless", "child")
                .containsEntry("t", 2L)
                .containsEntry("keyless", 1L);
        assertThat(backup.foreignKeyViolations()).contains(1L);
        assertThat(backup.pages()).isEqualTo(source.number("PRAGMA page_count"));
        assertThat(backup.bytes()).isEqualTo(Files.size(backup.path()));
        assertThat(backup.position().orElseThrow().seq())
                .isEqualTo(source.number("SELECT max(seq) FROM _liteferry_log"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup.path())))
                .isEqualTo("rw-------");
        assertThat(files()).containsExactly(name(backup), name(backup) + ".json");
        assertThat(inCopy(backup, "SELECT rowid FROM keyless"))
                .as("rowids are kept")
                .isEqualTo(3);
        assertThat(SourceBackup.verify(backup.path())).isEqualTo(backup);
        assertThat(files()).as("reading leaves nothing behind").hasSize(2);
    }

    @Test
    void whileTheApplicationWritesTheCopyIsAStateThatTheSourceHad() throws Exception {
        source.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                + " INSERT INTO t SELECT i, hex(randomblob(200)) FROM n");
        long before = source.number("SELECT count(*) FROM t");
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            // Two rows a transaction: a copy that is torn has an odd number.
            Future<?> writer = threads.submit(() -> {
                try (Connection c = source.connect();
                        Statement s = c.createStatement()) {
                    s.execute("PRAGMA busy_timeout = 0");
                    while (!enough.get()) {
                        s.execute("INSERT INTO t(v) VALUES ('x'), ('y')");
                        acknowledged.incrementAndGet();
                    }
                }
                return null;
            });
            await().atMost(LONG).until(() -> acknowledged.get() > 10);
            int first = acknowledged.get();
            SourceBackup backup = SourceBackup.take(
                    new SqliteFile(source.path()), backups(), Clock.fixed(NOON, ZoneOffset.UTC), (copied, all) -> {
                        int now = acknowledged.get();
                        await().atMost(LONG).until(() -> acknowledged.get() > now);
                    });
            enough.set(true);
            writer.get(LONG.toSeconds(), TimeUnit.SECONDS);
            long rows = backup.rows().getOrDefault("t", 0L);
            assertThat(rows % 2).isZero();
            assertThat(rows).isBetween(before + 2L * first, before + 2L * acknowledged.get());
            assertThat(inCopy(backup, "SELECT count(*) FROM _liteferry_log WHERE tbl = 1"))
                    .isEqualTo(rows);
        } finally {
            enough.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void aSourceWithoutAChangeLogIsCopiedToo() throws Exception {
        new SourceInstaller(source.plan()).uninstall();
        assertThat(take().position()).isEmpty();
    }

    @Test
    void aCopyThatWasChangedIsNotFallenBackOn() throws Exception {
        SourceBackup backup = take();
        byte[] bytes = Files.readAllBytes(backup.path());
        bytes[bytes.length - 1] ^= 1;
        Files.write(backup.path(), bytes);
        refused("SHA-256", () -> SourceBackup.verify(backup.path()));
        Files.delete(Path.of(backup.path() + ".json"));
        refused("NoSuchFile", () -> SourceBackup.verify(backup.path()));
    }

    @Test
    void aSourceThatIsDamagedGivesNoCopy() throws Exception {
        source.sql(
                "INSERT INTO t VALUES (1, 'a')",
                "CREATE INDEX by_v ON t(v)",
                "PRAGMA writable_schema = ON",
                "DELETE FROM sqlite_master WHERE name = 'by_v'",
                "INSERT INTO sqlite_master SELECT 'index', 'by_v', 't', rootpage, 'CREATE INDEX by_v ON t(v)' FROM sqlite_master WHERE name = '_liteferry_meta'",
                "PRAGMA writable_schema = OFF");
        refused("integrity_check", this::take);
        assertThat(files()).isEmpty();
    }

    @Test
    void outsideWalItIsRefusedBecauseWritersWouldWait() throws Exception {
        source.sql("PRAGMA journal_mode = DELETE");
        refused("journal mode is delete", this::take);
        assertThat(files()).isEmpty();
    }

    @Test
    void withoutRoomItIsRefusedBeforeItBegins() {
        refused("MB are free", () -> BackupRun.demandRoom(folder, Long.MAX_VALUE / 2));
    }

    @Test
    void aFolderThatCannotBeMadeIsToldInClearWords() throws Exception {
        Files.writeString(backups(), "a file");
        refused("Backing up", this::take);
    }

    private Path backups() {
        return folder.resolve("backups");
    }

    private SourceBackup take() {
        return SourceBackup.take(
                new SqliteFile(source.path()), backups(), Clock.fixed(NOON, ZoneOffset.UTC), (copied, all) -> {});
    }

    private static String name(SourceBackup backup) {
        return String.valueOf(backup.path().getFileName());
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(backups())) {
            return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
        }
    }

    private static long inCopy(SourceBackup backup, String sql) throws SQLException {
        try (Connection c = SqliteCopy.open(backup.path());
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }

    private static void refused(String found, ThrowingCallable tried) {
        assertThatThrownBy(tried)
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_FAILED))
                .hasMessageContaining(found);
    }
}
