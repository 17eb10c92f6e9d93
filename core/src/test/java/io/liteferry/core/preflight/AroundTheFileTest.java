package io.liteferry.core.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands around a database file, and whether {@code check} says it. */
class AroundTheFileTest {
    private static final int SOMEBODY = 54321;

    @TempDir
    Path folder;

    private Path file;
    private Surroundings here;

    @BeforeEach
    void sound() throws Exception {
        file = folder.toRealPath().resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        }
        here = new Surroundings(
                ProcessUser.current(),
                mounts("/dev/sda1 / ext4 rw 0 0"),
                Files.createDirectory(folder.resolve("processes")));
    }

    @Test
    void findsNothingAroundASoundFile() {
        assertThat(look()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "nfs4, SRC-NETWORK-FS", "cifs, SRC-NETWORK-FS", "smb3, SRC-NETWORK-FS", "9p, SRC-NETWORK-FS",
        "fuse.sshfs, SRC-NETWORK-FS", "fuse.litefs, SRC-LITEFS", "overlay, SRC-OVERLAY-FS", "tmpfs, SRC-VOLATILE-FS"
    })
    void saysWhatTheFileSystemMeans(String type, String id) throws Exception {
        String at = folder.toRealPath().toString().replace(" ", "\\040");
        Surroundings mounted = new Surroundings(
                here.user(),
                mounts("/dev/sda1 / ext4 rw 0 0", "there " + at + " " + type + " rw 0 0"),
                here.processes());

        assertThat(ids(look(mounted))).containsExactly(id);
    }

    @Test
    void takesTheMountThatHidesTheOthers() throws Exception {
        Surroundings mounted = new Surroundings(
                here.user(),
                mounts(
                        "a / nfs rw 0 0",
                        "b " + folder.toRealPath() + " tmpfs rw 0 0",
                        "c " + folder.toRealPath() + " ext4 rw 0 0"),
                here.processes());

        assertThat(look(mounted)).isEmpty();
    }

    @Test
    void saysThatAFileStandsInMemory() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"));
        Path there = Files.createTempFile(memory, "liteferry", ".db");
        try {
            Files.write(there, new byte[] {1});
            List<Finding> findings = new ArrayList<>();
            new MountChecks(there, findings).check(Path.of("/proc/self/mounts"));

            assertThat(ids(findings)).containsExactly("SRC-VOLATILE-FS");
        } finally {
            Files.delete(there);
        }
    }

    @Test
    void refusesAReplicaOfLiteFs() throws Exception {
        Files.writeString(folder.resolve(".primary"), "other-host");

        assertThat(look()).extracting(Finding::toString).anyMatch(f -> f.startsWith("SRC-LITEFS-REPLICA (blocker)"));
    }

    @Test
    void refusesAnotherUsersFileBeforeItIsOpened() {
        List<Finding> findings = new ArrayList<>();
        boolean harmless = new FileChecks(file, as(SOMEBODY, Set.of(SOMEBODY)), findings).check();

        assertThat(harmless).isFalse();
        assertThat(findings).extracting(Finding::toString).anyMatch(f -> f.startsWith("SRC-USER (blocker)"));
    }

    @Test
    void allowsASharedGroupThatCanWriteTheFile() throws Exception {
        int group = ((Number) Files.getAttribute(file, "unix:gid")).intValue();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        List<Finding> findings = new ArrayList<>();
        assertThat(new FileChecks(file, as(SOMEBODY, Set.of(group)), findings).check())
                .isTrue();
        assertThat(findings).extracting(Finding::toString).anyMatch(f -> f.startsWith("SRC-USER (info)"));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(new FileChecks(file, as(SOMEBODY, Set.of(group)), findings).check())
                .isFalse();
    }

    @Test
    void findsAWalOfAnotherUser() throws Exception {
        assumeTrue(here.user().uid() == 0, "only root can give a file away");
        Path wal = Files.createFile(Path.of(file + "-wal"));
        Files.setAttribute(wal, "unix:uid", SOMEBODY);

        assertThat(ids(look())).containsExactly("SRC-WAL-OWNER");
    }

    @Test
    void findsLitestreamByItsFolderAndByItsTables() throws Exception {
        Files.createDirectory(folder.resolve(".app.db-litestream"));
        assertThat(ids(look())).containsExactly("SRC-LITESTREAM");

        Files.delete(folder.resolve(".app.db-litestream"));
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)");
        }
        assertThat(ids(Preflight.check(new SqliteFile(file), Optional.empty()))).contains("SRC-LITESTREAM");
    }

    @Test
    void namesTheProcessThatHasTheFileOpen() throws Exception {
        Process reader = new ProcessBuilder("tail", "-f", file.toString()).start();
        try {
            assertThat(reader.getInputStream().read())
                    .as("it has read the file")
                    .isEqualTo('S');
            List<Finding> findings = new ArrayList<>();
            new HolderChecks(file, findings).check(Surroundings.current());
            assertThat(findings)
                    .filteredOn(f -> f.id().equals("SRC-OPEN-BY"))
                    .hasSize(1)
                    .allMatch(f -> f.found().contains(reader.pid() + " tail (user id "));
        } finally {
            reader.destroy();
        }
    }

    @Test
    void readsFromAProcessWhichLibraryItHasAndWhetherItsFileIsStillThere() throws Exception {
        process("4711", "app", file.toString(), "7f00 r-xp 0 08:01 1 /tmp/sqlite-3.41.2.1-x-libsqlitejdbc.so\n");
        process("4712", "litestream", file + "-wal", "7f00 r-xp 0 08:01 1 /usr/lib/libsqlite3.so.3.51.3\n");
        process("4713", "old", file + " (deleted)", "");
        process("4714", "other", "/var/other.db", "7f00 r-xp 0 08:01 1 /usr/lib/libsqlite3.so.3.40.0\n");
        Files.createDirectory(here.processes().resolve("4715"));

        assertThat(look())
                .extracting(Finding::toString)
                .hasSize(4)
                .anyMatch(f -> f.startsWith("SRC-OPEN-BY (info)")
                        && f.contains("3 other process")
                        && f.contains("4711 app")
                        && f.contains("1 process(es) could not be looked into"))
                .anyMatch(f -> f.startsWith("SRC-WAL-RESET-BUG") && f.contains("4711 app") && f.contains("3.41.2"))
                .anyMatch(f -> f.startsWith("SRC-LITESTREAM") && f.contains("4712"))
                .anyMatch(f -> f.startsWith("SRC-OPEN-DELETED") && f.contains("4713"));
    }

    @Test
    void isNoStrangerWhoTakesTurnsReading() throws Exception {
        Path turn = Files.createFile(ReadTurn.turn(file));
        process("4711", "app", file.toString(), "");
        process("4712", "java", file.toString(), "");
        Files.createSymbolicLink(here.processes().resolve("4712/fd/4"), turn.toRealPath());

        assertThat(HolderChecks.strangers(file, here))
                .singleElement()
                .asString()
                .startsWith("4711 app");
    }

    @Test
    void warnsWhenAnotherUsersProcessHasTheFileOpen() throws Exception {
        process("4711", "app", file.toString(), "");
        assumeTrue(here.user().uid() == 0, "only root can give a file away");
        Files.setAttribute(here.processes().resolve("4711"), "unix:uid", SOMEBODY + 1);
        List<Finding> findings = new ArrayList<>();
        new HolderChecks(file, findings).check(as(SOMEBODY, Set.of()));

        assertThat(ids(findings)).contains("SRC-OPEN-BY-USER");
    }

    @Test
    void warnsOfAFullDisk() {
        List<Finding> findings = new ArrayList<>();
        FileChecks checks = new FileChecks(file, here, findings);
        checks.space(10L << 30, 1L << 30);
        assertThat(findings).isEmpty();
        checks.space(10L << 20, 1L << 30);
        assertThat(ids(findings)).containsExactly("SRC-DISK-FREE");
    }

    @Test
    void tellsAnEncryptedFileFromOneThatIsNoDatabase() throws Exception {
        byte[] random = new byte[8192];
        new Random(7).nextBytes(random);
        Path encrypted = Files.write(folder.resolve("encrypted.db"), random);
        Path text = Files.writeString(folder.resolve("text.db"), "no database ".repeat(500));

        assertThat(ids(Preflight.check(new SqliteFile(encrypted), Optional.empty())))
                .contains("SRC-ENCRYPTED");
        assertThat(ids(Preflight.check(new SqliteFile(text), Optional.empty())))
                .contains("SRC-NOT-SQLITE")
                .doesNotContain("SRC-ENCRYPTED");
    }

    @Test
    void saysWhatToDoWhereTheApplicationKeepsEverybodyOut() throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA locking_mode = EXCLUSIVE");
            s.execute("INSERT INTO t VALUES (1)");

            assertThat(Preflight.check(new SqliteFile(file), Optional.empty()))
                    .extracting(Finding::toString)
                    .anyMatch(f -> f.startsWith("SRC-LOCKED (blocker)") && f.contains("locking_mode=EXCLUSIVE"));
        }
    }

    @Test
    void findsAHotJournalAndLeavesItToSqlite() throws Exception {
        Path hot = folder.resolve("hot.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("live.db"));
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE t(v)");
            s.execute("INSERT INTO t VALUES ('whole')");
            s.execute("PRAGMA cache_size = 1");
            s.execute("BEGIN");
            s.execute("UPDATE t SET v = 'half done'");
            s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                    + " INSERT INTO t SELECT hex(zeroblob(200)) FROM n");
            // As a crash would leave them; by another process, which drops none of our locks.
            for (String suffix : List.of("", "-journal")) {
                new ProcessBuilder("cp", folder.resolve("live.db") + suffix, hot + suffix)
                        .start()
                        .waitFor();
            }
            s.execute("ROLLBACK");
        }
        List<Finding> findings = new ArrayList<>();
        new FileChecks(hot, here, findings).check();
        assertThat(ids(findings)).containsExactly("SRC-JOURNAL");
        assertThat(Files.size(Path.of(hot + "-journal"))).isPositive();

        try (Connection c = new SqliteFile(hot).openReader();
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT group_concat(v) FROM t")) {
            assertThat(rs.getString(1)).isEqualTo("whole");
        }
        assertThat(Path.of(hot + "-journal")).doesNotExist();
        findings.clear();
        new FileChecks(hot, here, findings).check();
        assertThat(findings).isEmpty();
    }

    @Test
    void everyWayOfOpeningTheDatabaseSeesWhatStandsInItsWalOnly() throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA wal_autocheckpoint = 0");
            s.execute("INSERT INTO t VALUES (77)");
            SqliteFile source = new SqliteFile(file);
            for (Connection way : List.of(source.openReadOnly(), source.openReader(), source.openWriter())) {
                try (way;
                        Statement st = way.createStatement();
                        ResultSet rs = st.executeQuery("SELECT max(id) FROM t")) {
                    assertThat(rs.getInt(1)).isEqualTo(77);
                }
            }
        }
    }

    private void process(String pid, String command, String open, String maps) throws IOException {
        Path process = Files.createDirectory(here.processes().resolve(pid));
        Files.writeString(process.resolve("comm"), command + "\n");
        Files.writeString(process.resolve("maps"), maps);
        Files.createSymbolicLink(Files.createDirectory(process.resolve("fd")).resolve("3"), Path.of(open));
    }

    private Path mounts(String... lines) throws IOException {
        return Files.write(Files.createTempFile(folder, "mounts", ""), List.of(lines));
    }

    private Surroundings as(int uid, Set<Integer> groups) {
        return new Surroundings(new ProcessUser(uid, groups), here.mounts(), here.processes());
    }

    private List<Finding> look() {
        return look(here);
    }

    private List<Finding> look(Surroundings from) {
        List<Finding> findings = new ArrayList<>();
        new FileChecks(file, from, findings).check();
        return findings;
    }

    private static List<String> ids(List<Finding> findings) {
        return findings.stream().map(Finding::id).toList();
    }
}
