package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazards of the file, its WAL and its schema, as numbered in docs/understand/capture.md. */
class FileHazardsTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private CapturedSource s;

    @BeforeEach
    void open() throws Exception {
        s = new CapturedSource(folder.resolve("app.db"));
    }

    @AfterEach
    void close() throws Exception {
        s.close();
    }

    private void oneTable() throws Exception {
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, w)",
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                                + " INSERT INTO t SELECT i, 'v', 'w' FROM n")
                .table("t", List.of("id"), "id", "v");
    }

    @Test
    @DisplayName("L1, L3, L7: between two reads no transaction is open, so the application's checkpoint resets the WAL")
    void noTransactionIsOpenBetweenTwoReads() throws Exception {
        oneTable();
        s.source.option(Options.SNAPSHOT_CHUNK_SIZE, "50");
        s.capture();
        try (BatchReader reader = new BatchReader(
                s.plan(),
                java.time.Clock.systemUTC(),
                StartPoint.claim(new SqliteFile(s.source.path()), s.plan(), java.util.Optional.empty()))) {
            for (int i = 0; i < 5; i++) {
                assertThat(reader.next(0)).isPresent();
                assertThat(s.number("PRAGMA wal_checkpoint(TRUNCATE)"))
                        .as("busy")
                        .isZero();
                s.source.sql("UPDATE t SET v = 'after the checkpoint' WHERE id = " + (i + 1));
            }
        }
    }

    @Test
    @DisplayName("L1: a read ends when its time is up, in a snapshot and in a backlog")
    void aReadEndsWhenItsTimeIsUp() throws Exception {
        int rows = 50_000;
        s.source
                .option(Options.READ_TRANSACTION_MAX_MS, "10")
                .option(Options.SNAPSHOT_CHUNK_SIZE, String.valueOf(rows))
                .option(Options.MAX_BATCH_SIZE, String.valueOf(rows))
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                                + ") INSERT INTO t SELECT i, 'v' FROM n")
                .table("t", List.of("id"), "id", "v");
        s.capture();
        s.reader().control().snapshot(List.of("t"));
        assertThat(s.reader().next(0).orElseThrow().records()).hasSizeBetween(1, rows - 1);
        s.differences();
        s.source.sql("UPDATE t SET v = 'w'");
        assertThat(s.reader().next(0).orElseThrow().records()).hasSizeBetween(1, rows - 1);
    }

    @Test
    @DisplayName(
            "L2: capture reads in its turn; where another reader keeps it for long, it goes on without and counts that")
    void captureReadsInItsTurn() throws Exception {
        oneTable();
        s.capture();
        long missed = s.reader().turnsMissed();
        try (ReadTurn other = new ReadTurn(new SqliteFile(s.source.path()));
                ReadTurn.Held held = other.take(60_000)) {
            assertThat(held.taken()).isTrue();
            assertThat(s.differences("UPDATE t SET v = 'beside another reader'"))
                    .isEmpty();
            assertThat(s.reader().turnsMissed()).isGreaterThan(missed);
            missed = s.reader().turnsMissed();
        }
        assertThat(s.differences("UPDATE t SET v = 'alone'")).isEmpty();
        assertThat(s.reader().turnsMissed()).isEqualTo(missed);
    }

    @Test
    @DisplayName(
            "L4, L5: after its start capture commits nothing, so no transaction of the application meets BUSY_SNAPSHOT")
    void captureCommitsNothingAfterItsStart() throws Exception {
        oneTable();
        s.capture();
        try (Connection c = new SqliteFile(s.source.path()).openReader();
                Statement st = c.createStatement()) {
            s.differences("UPDATE t SET v = 'x'");
            long before = version(st);
            s.differences();
            s.reader().next(1_100);
            assertThat(version(st)).isEqualTo(before);
            // Deferred: reads first, and may still write while capture has read on.
            s.source.sql("BEGIN");
            s.number("SELECT count(*) FROM t");
            s.reader().next(0);
            s.source.sql("UPDATE t SET v = 'y' WHERE id = 1", "COMMIT");
        }
        assertThat(s.differences()).isEmpty();
    }

    @Test
    @DisplayName("L6: while it runs capture asks for no write lock, so none of it can be frozen with one")
    void captureReadsWhileTheApplicationHoldsTheWriteLock() throws Exception {
        oneTable();
        s.source.option(Options.SNAPSHOT_CHUNK_SIZE, "100");
        s.capture();
        s.source.sql("UPDATE t SET v = 'logged'", "BEGIN IMMEDIATE", "UPDATE t SET v = 'not yet'");
        assertThatThrownBy(() -> new SourceInstaller(s.plan()).accept())
                .as("what writes has to wait for it")
                .hasMessageContaining("LF-104");
        s.reader().control().snapshot(List.of("t"));
        s.differences();
        assertThat(s.end().consistent()).isTrue();
        assertThat(s.end().position().seq()).isEqualTo(s.number("SELECT max(seq) - 500 FROM _liteferry_log"));
        assertThat(s.differences("COMMIT")).isEmpty();
    }

    private static long version(Statement st) throws SQLException {
        try (ResultSet rs = st.executeQuery("PRAGMA data_version")) {
            return rs.getLong(1);
        }
    }

    @Test
    @DisplayName("L10: neither our readers nor our writers ever checkpoint")
    void noConnectionOfOursCheckpoints() throws Exception {
        SqliteFile file = new SqliteFile(s.source.path());
        for (Connection c : List.of(file.openReader(), file.openWriter())) {
            try (c;
                    Statement st = c.createStatement();
                    ResultSet rs = st.executeQuery("PRAGMA wal_autocheckpoint")) {
                assertThat(rs.getInt(1)).isZero();
            }
        }
    }

    @Test
    @DisplayName("L17: the application cannot leave WAL while capture is connected, and can when it is stopped")
    void leavingWalNeedsAStoppedCapture() throws Exception {
        oneTable();
        s.capture();
        assertThatThrownBy(() -> s.text("PRAGMA journal_mode = DELETE")).hasMessageContaining("SQLITE_BUSY");
        s.reader().close();
        assertThat(s.text("PRAGMA journal_mode = DELETE")).isEqualTo("delete");
        s.open(java.util.Optional.of(s.applied()));
        assertThat(s.differences("UPDATE t SET v = 'in a rollback journal'")).isEmpty();
    }

    @Test
    @DisplayName("D2: the application drops a column that is no key as if capture were not there")
    void aColumnThatIsNoKeyCanBeDropped() throws Exception {
        oneTable();
        s.capture();
        s.source.sql(
                "ALTER TABLE t DROP COLUMN w", "UPDATE t SET v = 'after' WHERE id = 1", "DELETE FROM t WHERE id = 2");
        assertThat(s.number("SELECT count(*) FROM _liteferry_log WHERE k0 IN (1, 2)"))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("D3: a table and its key under other names are logged under the table's number")
    void aRenamedTableIsLoggedUnderItsNumber() throws Exception {
        oneTable();
        s.capture();
        s.source.sql(
                "ALTER TABLE t RENAME TO renamed",
                "ALTER TABLE renamed RENAME COLUMN id TO number",
                "UPDATE renamed SET number = 1000 WHERE number = 1",
                "INSERT INTO renamed(number) VALUES (1001)",
                "DELETE FROM renamed WHERE number = 2");
        assertThat(s.text("SELECT group_concat(k0) FROM _liteferry_log WHERE tbl ="
                        + " (SELECT id FROM _liteferry_tables WHERE name = 't')"))
                .isEqualTo("1,1000,1001,2");
    }

    @Test
    @DisplayName(
            "D5, D8, S25, S26: a trigger names its own table, the log, and functions every SQLite has; nothing else")
    void aTriggerNamesNothingButItsTableAndTheLog() throws Exception {
        s.source
                .sql(
                        "CREATE TABLE other(id INTEGER PRIMARY KEY)",
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, k TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE UNIQUE,"
                                + " p REFERENCES other(id) ON DELETE CASCADE)",
                        "CREATE UNIQUE INDEX i ON t(p) WHERE k > 'a'")
                .table("t", List.of("k"), "id", "k", "p");
        s.capture();
        List<String> triggers = new ArrayList<>();
        try (Statement st = s.source.connection().createStatement();
                ResultSet rs = st.executeQuery("SELECT sql FROM sqlite_master WHERE type = 'trigger'")) {
            while (rs.next()) {
                triggers.add(rs.getString(1));
            }
        }
        assertThat(triggers).hasSize(5).allSatisfy(sql -> {
            assertThat(sql).doesNotContain("other");
            assertThat(sql.toUpperCase(java.util.Locale.ROOT))
                    .doesNotContainPattern("UPDATE OF|ON CONFLICT|OR REPLACE|OR IGNORE|RETURNING|DISTINCT|JSON|WHEN ")
                    .doesNotContain("->")
                    // A name before a bracket is a column list, a sub-query or one of three functions.
                    .doesNotContainPattern(
                            "\\b(?!(RANDOM|COALESCE|TYPEOF|_LITEFERRY_LOG|FROM|AND|NOT|WHERE|SELECT|VALUES)\\b)[A-Z_]+ ?\\(");
        });
        s.source.sql(
                "CREATE TABLE new_other(id INTEGER PRIMARY KEY, x)",
                "DROP TABLE other",
                "ALTER TABLE new_other RENAME TO other");
        assertThat(s.differences("INSERT INTO t VALUES (1, 'k', NULL)")).isEmpty();
    }

    @Test
    @DisplayName("D6: where the log is gone the application's writes fail, and uninstall or a new log heals that")
    void aLogThatIsGoneIsHealed() throws Exception {
        oneTable();
        s.capture();
        for (boolean restart : new boolean[] {true, false}) {
            s.source.sql("DROP TABLE _liteferry_log");
            assertThatThrownBy(() -> s.source.sql("UPDATE t SET v = 'lost'")).hasMessageContaining("_liteferry_log");
            if (restart) {
                new SourceInstaller(s.plan()).restart(10);
            } else {
                new SourceInstaller(s.plan()).uninstall();
            }
            // A connection that compiled against the missing log looks at the schema again with its next read.
            s.number("SELECT count(*) FROM t");
            s.source.sql("UPDATE t SET v = 'written'");
        }
        assertThat(s.number("SELECT count(*) FROM sqlite_master WHERE name LIKE '\\_liteferry%' ESCAPE '\\'"))
                .isZero();
    }

    @Test
    @DisplayName(
            "D7: schema_version tells of DDL, VACUUM and ANALYZE, and stays for REINDEX, TEMP tables and user_version")
    void theSchemaVersionTellsOfWhatMatters() throws Exception {
        oneTable();
        long version = s.number("PRAGMA schema_version");
        for (String sql : List.of("CREATE INDEX i ON t(v)", "VACUUM", "ANALYZE", "ALTER TABLE t ADD COLUMN x")) {
            s.source.sql(sql);
            assertThat(s.number("PRAGMA schema_version")).as(sql).isGreaterThan(version);
            version = s.number("PRAGMA schema_version");
        }
        s.source.sql("REINDEX", "CREATE TEMP TABLE x(y)", "PRAGMA user_version = 7");
        assertThat(s.number("PRAGMA schema_version")).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "512, 0, UTF-8, wal",
        "65536, 0, UTF-8, wal",
        "4096, 1, UTF-16le, wal",
        "1024, 2, UTF-16be, wal",
        "65536, 2, UTF-16le, delete",
        "512, 1, UTF-8, truncate"
    })
    @DisplayName("pages of every size, auto_vacuum, encodings and journals")
    void everyKindOfFileIsCaptured(int page, int autoVacuum, String encoding, String journal) throws Exception {
        s.source
                .sql(
                        "PRAGMA journal_mode = DELETE",
                        "PRAGMA page_size = " + page,
                        "PRAGMA auto_vacuum = " + autoVacuum,
                        "PRAGMA encoding = '" + encoding + "'",
                        "VACUUM",
                        "PRAGMA journal_mode = " + journal,
                        "CREATE TABLE t(k TEXT COLLATE NOCASE, n INT, v TEXT UNIQUE, PRIMARY KEY(k, n)) WITHOUT ROWID",
                        "INSERT INTO t VALUES ('schlüssel', 1, 'é'), ('\uD83D\uDD11', 2, '値')")
                .table("t", List.of("k", "n"), "k", "n", "v");
        assertThat(s.number("PRAGMA page_size")).isEqualTo(page);
        assertThat(s.text("PRAGMA encoding")).isEqualTo(encoding);
        s.capture();
        assertThat(s.differences(
                        "REPLACE INTO t VALUES ('Schlüssel', 1, 'groß')",
                        "REPLACE INTO t VALUES ('\uD83D\uDD12', 3, '値')",
                        "UPDATE t SET k = upper(k)",
                        "WITH RECURSIVE n(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                                + " INSERT INTO t SELECT 'k', i, hex(zeroblob(i)) FROM n",
                        "DELETE FROM t WHERE n % 3 = 0"))
                .isEmpty();
        assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
    }
}
