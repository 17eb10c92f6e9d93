package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Signal;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchReaderTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    private Plan plan;

    @SuppressWarnings("NullAway.Init")
    private Replica replica;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"));
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    private BatchReader install() {
        plan = source.plan("m");
        new SourceInstaller(plan).install();
        replica = new Replica(plan);
        return start(Optional.empty());
    }

    private BatchReader start(Optional<AppliedPosition> applied) {
        return new BatchReader(plan, Clock.systemUTC(), StartPoint.claim(new SqliteFile(source.path()), plan, applied));
    }

    private BatchEnd end() {
        return Objects.requireNonNull(replica.last());
    }

    private TableProgress progress(String table) {
        return Objects.requireNonNull(end().tables().get(table));
    }

    private static void numbers(SourceFixture source, String insert, int count) throws Exception {
        source.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ") " + insert);
    }

    @Test
    void aSnapshotOfEveryKindOfKeyIsCompleteWhileOthersWrite() throws Exception {
        source.option(Options.SNAPSHOT_CHUNK_SIZE, "7")
                .sql(
                        "CREATE TABLE ints(id INTEGER PRIMARY KEY, v)",
                        "CREATE TABLE texts(k TEXT COLLATE NOCASE PRIMARY KEY, v)",
                        "CREATE TABLE pairs(a TEXT COLLATE RTRIM, b INT, v, PRIMARY KEY(a, b DESC)) WITHOUT ROWID",
                        "CREATE TABLE mixed(k PRIMARY KEY NOT NULL, v)",
                        "CREATE TABLE rowids(a, b)",
                        "CREATE TABLE coded(code TEXT NOT NULL COLLATE NOCASE, v)",
                        "CREATE UNIQUE INDEX by_bytes ON coded(code COLLATE BINARY)",
                        "CREATE TABLE empty(id INTEGER PRIMARY KEY)")
                .table("ints", List.of("id"), "id", "v")
                .table("texts", List.of("k"), "k", "v")
                .table("pairs", List.of("a", "b"), "a", "b", "v")
                .table("mixed", List.of("k"), "k", "v")
                .table("rowids", List.of(), "a", "b")
                .table("coded", List.of("code"), "code", "v")
                .table("empty", List.of("id"), "id");
        numbers(source, "INSERT INTO ints SELECT i * 3 - 100, i FROM n", 60);
        numbers(source, "INSERT INTO texts SELECT char(64 + i % 26) || i, i FROM n", 60);
        numbers(source, "INSERT INTO pairs SELECT 'a' || (i % 5), i, i FROM n", 60);
        numbers(
                source,
                "INSERT INTO mixed SELECT CASE i % 5 WHEN 0 THEN i WHEN 1 THEN i + 0.5 WHEN 2 THEN 't' || i WHEN 3 THEN CAST('b' || i AS BLOB) ELSE CAST(x'ff' || i AS TEXT) END, i FROM n",
                60);
        numbers(source, "INSERT INTO rowids SELECT i, i % 3 FROM n", 60);
        // Equal under the column's collation, different under the index's: both must come.
        numbers(source, "INSERT INTO coded SELECT CASE i % 2 WHEN 0 THEN 'x' ELSE 'X' END || (i / 2), i FROM n", 60);
        try (BatchReader reader = install()) {
            for (int i = 0; i < 12; i++) {
                reader.next(0).ifPresent(replica::take);
                source.sql(
                        "UPDATE ints SET id = -id WHERE v = " + (i * 5 + 1),
                        "DELETE FROM texts WHERE v % 12 = " + i,
                        "UPDATE pairs SET a = a || ' ' WHERE b = " + (i * 4 + 1),
                        "UPDATE mixed SET k = 'moved' || k WHERE v = " + (i * 3 + 1),
                        "DELETE FROM rowids WHERE a = " + (i * 4 + 2),
                        "UPDATE coded SET code = 'm' || code WHERE v = " + (i * 2 + 1));
            }
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void textOfAUtf16DatabaseArrives() throws Exception {
        source.sql("PRAGMA encoding = 'UTF-16le'");
        source.sql("CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES ('schlüssel', '值'), ('🔑', 'x')")
                .option(Options.SNAPSHOT_CHUNK_SIZE, "1")
                .table("t", List.of("k"), "k", "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("UPDATE t SET v = 'neu' WHERE k = '🔑'", "DELETE FROM t WHERE k = 'schlüssel'");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aWriterThatHoldsItsLockForLongOutsideWalIsWaitedFor() throws Exception {
        source.sql("PRAGMA journal_mode = DELETE");
        source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a')")
                .table("t", List.of("id"), "id", "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("BEGIN EXCLUSIVE", "UPDATE t SET v = 'b'");
            assertThat(reader.next(0)).isEmpty();
            source.sql("COMMIT");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aBulkUpdateIsOneBatchOverSeveralReads() throws Exception {
        source.option(Options.MAX_BATCH_SIZE, "100").sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        numbers(source, "INSERT INTO t SELECT i, 0 FROM n", 5_000);
        source.table("t", List.of("id"), "id", "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            long before = end().batch();
            source.sql("UPDATE t SET v = 1");
            replica.take(reader.next(0).orElseThrow());
            source.sql("UPDATE t SET v = 2 WHERE id = 1");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().batch()).isEqualTo(before + 1);
            assertThat(end().records()).isEqualTo(5_001);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aRestartFromAnyAppliedPositionLeadsToTheSource() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
        }
        BatchEnd stale = end();
        source.sql("INSERT INTO t VALUES (50, 'new')", "DELETE FROM t WHERE id = 1");
        try (BatchReader reader = start(Optional.of(applied(stale)))) {
            CaptureFuzzTest.drain(reader, replica);
        }
        try (BatchReader reader = start(Optional.of(applied(stale)))) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().position().epoch()).isEqualTo(stale.position().epoch() + 2);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void haltsWhereTheRowAtItsPositionIsAnother() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("UPDATE _liteferry_log SET r = r + 1");
            breaks(reader, ErrorCode.POSITION_BROKEN);
        }
        assertThatThrownBy(() -> start(Optional.of(applied(end()))))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POSITION_BROKEN));
    }

    @Test
    void haltsWhereTheLogWasWiped() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("DELETE FROM _liteferry_log", "INSERT INTO t VALUES (70, 'first again')");
            breaks(reader, ErrorCode.POSITION_BROKEN);
        }
    }

    @Test
    void stopsBeforeItReadsAnythingNewWhereASuccessorHasTheEpoch() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("INSERT INTO t VALUES (60, 'new')");
            try (BatchReader successor = start(Optional.of(applied(end())))) {
                breaks(reader, ErrorCode.EPOCH_LOST);
                assertThat(successor.next(0)).isPresent();
            }
        }
    }

    @Test
    void haltsWhereAnotherFileStandsAtThePath() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            Path other = folder.resolve("other.db");
            Files.createFile(other);
            Files.move(other, source.path(), StandardCopyOption.REPLACE_EXISTING);
            source.sql("INSERT INTO t VALUES (60, 'in the unlinked file')");
            breaks(reader, ErrorCode.SOURCE_REPLACED);
        }
    }

    @Test
    void haltsWhereTheLogIsGone() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            new SourceInstaller(plan).uninstall();
            breaks(reader, ErrorCode.CAPTURE_NOT_INSTALLED);
        }
    }

    @Test
    void snapshotsATableAgainWhoseTriggersWereMadeAgainWhereNobodySawThatTheyWereGone() throws Exception {
        oneTable();
        AppliedPosition stale;
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            stale = applied(end());
            source.sql("DROP TRIGGER _liteferry_au_t", "UPDATE t SET v = 'unseen' WHERE id = 2");
            new SourceInstaller(plan).install();
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
        source.sql("DROP TRIGGER _liteferry_ai_t", "INSERT INTO t VALUES (4, 'unseen while capture was down')");
        new SourceInstaller(plan).install();
        source.sql("DELETE FROM t WHERE id = 1");
        try (BatchReader again = start(Optional.of(stale))) {
            CaptureFuzzTest.drain(again, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aSnapshotGoesOnAfterAnEmptyKey() throws Exception {
        source.option(Options.SNAPSHOT_CHUNK_SIZE, "1")
                .sql(
                        "CREATE TABLE blobs(k BLOB PRIMARY KEY NOT NULL, v) WITHOUT ROWID",
                        "INSERT INTO blobs VALUES (x'', 1), (x'00', 2), (x'01', 3)",
                        "CREATE TABLE texts(k TEXT PRIMARY KEY NOT NULL, v)",
                        "INSERT INTO texts VALUES ('', 1), (CAST(x'00' AS TEXT), 2), (CAST(x'0041' AS TEXT), 3), (CAST(x'ff' AS TEXT), 4), ('z', 5)",
                        "CREATE TABLE pairs(a NOT NULL, b NOT NULL, PRIMARY KEY(a, b)) WITHOUT ROWID",
                        "INSERT INTO pairs VALUES (x'', ''), (x'', x''), ('', 1e999), ('', ''), ('', x''), (9007199254740993, 0.5)")
                .table("blobs", List.of("k"), "k", "v")
                .table("texts", List.of("k"), "k", "v")
                .table("pairs", List.of("a", "b"), "a", "b");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aRequestForAKeyInAnotherFormEmitsItsRowAndOneThatIsNoKeyIsPassedOver() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            byte[] real = new PackedWriter().putReal(1).toBytes();
            byte[] broken = {(byte) 0xEE, 3};
            byte[] empty = {};
            reader.control()
                    .emit(new Signal.Data(
                            "t",
                            List.of(
                                    broken,
                                    empty,
                                    real,
                                    RowKey.of(List.of(SqliteValue.NULL)).packed())));
            reader.control().emit(new Signal.Data("unknown", List.of(real)));
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().records()).isEqualTo(1);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aTableIsSnapshottedAgainOnRequestWhileTheOthersStream() throws Exception {
        oneTable();
        source.sql("CREATE TABLE other(id INTEGER PRIMARY KEY)").table("other", List.of("id"), "id");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("INSERT INTO other VALUES (1)");
            reader.control().snapshot(List.of("unknown", "t"));
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").since()).isNotNull();
            assertThat(progress("t").rows()).isEqualTo(2);
            assertThat(progress("other").since()).isNull();
            assertThat(end().consistent()).isTrue();
        }
    }

    @Test
    void nothingIsReadWhilePausedAndTheLagGrows() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            reader.control().pause(true);
            replica.take(reader.next(0).orElseThrow());
            assertThat(end().records()).isZero();
            assertThat(progress("t").reason()).contains("paused by a signal");
            long known = reader.unchangedMillis();
            source.sql("INSERT INTO t VALUES (40, 'waits')");
            assertThat(reader.next(20)).isEmpty();
            assertThat(reader.unchangedMillis()).isEqualTo(known);
            reader.control().pause(false);
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").reason()).isNull();
            assertThat(reader.held()).isEmpty();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aPausedSnapshotReadsNoRowWhileChangesGoOn() throws Exception {
        source.option(Options.SNAPSHOT_CHUNK_SIZE, "1");
        oneTable();
        try (BatchReader reader = install()) {
            replica.take(reader.next(0).orElseThrow());
            reader.control().pauseSnapshot(true);
            source.sql("UPDATE t SET v = 'below' WHERE id = 1", "UPDATE t SET v = 'above' WHERE id = 2");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().records()).isEqualTo(1);
            assertThat(progress("t").state()).isEqualTo(State.SNAPSHOT);
            reader.control().pauseSnapshot(false);
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aThrottledSnapshotSaysWhyUntilTheThrottleIsLifted() throws Exception {
        source.option(Options.SNAPSHOT_MAX_ROWS_PER_SECOND, "1");
        oneTable();
        try (BatchReader reader = install()) {
            replica.take(reader.next(0).orElseThrow());
            assertThat(end().records()).isZero();
            assertThat(progress("t").reason()).contains("throttled to 1 rows a second");
            reader.control().throttle(0);
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            assertThat(progress("t").reason()).isNull();
        }
    }

    @Test
    void aSnapshotWaitsWhileALargeWalGrowsAndChangesGoOn() throws Exception {
        source.option(Options.SNAPSHOT_MAX_WAL_BYTES, "1");
        oneTable();
        try (BatchReader reader = install()) {
            source.sql("UPDATE t SET v = 'grows' WHERE id = 1");
            replica.take(reader.next(0).orElseThrow());
            assertThat(end().records()).isZero();
            assertThat(progress("t").reason()).contains("-wal is above snapshot.max.wal.bytes");
            await().until(() -> {
                CaptureFuzzTest.drain(reader, replica);
                return end().consistent();
            });
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void snapshotsATableCarriedByRowidAgainAtOnceWhenItsRowsMayHaveBeenRenumbered() throws Exception {
        oneTable();
        source.sql("CREATE TABLE r(v)", "INSERT INTO r VALUES (1), (2), (3)", "DELETE FROM r WHERE v = 1")
                .table("r", List.of(), "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("VACUUM", "INSERT INTO r VALUES (4)");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("r").since()).isNotNull();
            assertThat(progress("t").since()).isNull();
            assertThat(end().consistent()).isTrue();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void rowsDeletedWhileTheTriggersWereGoneAreGoneAfterTheNewSnapshot() throws Exception {
        assertThat(deletedUnseen(false)).isEmpty();
    }

    @Test
    void withoutTheSweepTheyWouldStay() throws Exception {
        assertThat(deletedUnseen(true)).hasSize(20);
    }

    /** The new snapshot is broken off in its middle, and goes on from the position then, which is stale by then. */
    private List<String> deletedUnseen(boolean mutant) throws Exception {
        source.option(Options.SNAPSHOT_CHUNK_SIZE, "10").sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        numbers(source, "INSERT INTO t SELECT i, 'a' FROM n", 100);
        source.table("t", List.of("id"), "id", "v");
        AppliedPosition middle;
        try (BatchReader reader = install()) {
            replica = mutant ? replica.withoutSweep() : replica;
            CaptureFuzzTest.drain(reader, replica);
            source.sql("DROP TRIGGER _liteferry_ad_t", "DELETE FROM t WHERE id % 10 = 5");
            new SourceInstaller(plan).install();
            for (int chunk = 0; chunk < 4; chunk++) {
                replica.take(reader.next(0).orElseThrow());
            }
            middle = applied(end());
            assertThat(progress("t").state()).isEqualTo(State.SNAPSHOT);
            replica.take(reader.next(0).orElseThrow());
        }
        source.sql("UPDATE t SET id = 500 WHERE id = 3");
        try (BatchReader reader = start(Optional.of(middle))) {
            replica.take(reader.next(0).orElseThrow());
            assertThat(progress("t").since())
                    .isEqualTo(Objects.requireNonNull(middle.tables().get("t")).since());
            assertThat(end().records())
                    .as("one chunk, and the key that was left")
                    .isEqualTo(11);
            source.sql("DROP TRIGGER _liteferry_ad_t", "DELETE FROM t WHERE id % 10 = 6");
            new SourceInstaller(plan).install();
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").since())
                    .isNotEqualTo(
                            Objects.requireNonNull(middle.tables().get("t")).since());
        }
        try (BatchReader reader = start(Optional.of(middle))) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().consistent()).isTrue();
            return replica.differences(source.connection());
        }
    }

    @Test
    void aSecondCaptureThatIsToldOfNoPositionLeavesNothingOfWhatTheFirstSent() throws Exception {
        source.sql("CREATE TABLE r(v)", "INSERT INTO r VALUES (1), (2), (3)", "DELETE FROM r WHERE v = 1")
                .table("r", List.of(), "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
        }
        source.sql("VACUUM");
        try (BatchReader reader = start(Optional.empty())) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void suspendsATableInWhichANullKeyAppears() throws Exception {
        source.sql("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1)")
                .table("t", List.of("k"), "k", "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("INSERT INTO t VALUES (NULL, 1)");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(progress("t").reason()).contains("NULL");
        }
    }

    @Test
    void saysNothingWhereNothingHappened() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            long before = end().batch();
            source.sql("BEGIN", "INSERT INTO t VALUES (90, 'rolled back')", "ROLLBACK");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().batch()).isEqualTo(before);
        }
    }

    @Test
    void tellsTheSchemaVersionThatMovedInABatchWithoutRecords() throws Exception {
        oneTable();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            BatchEnd before = end();
            source.sql("CREATE TABLE unrelated(x)");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().schemaVersion()).isEqualTo(before.schemaVersion() + 1);
            assertThat(end().records()).isZero();
            assertThat(end().consistent()).isTrue();
        }
    }

    private void oneTable() throws Exception {
        source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
                .table("t", List.of("id"), "id", "v");
    }

    private static AppliedPosition applied(BatchEnd end) {
        return new AppliedPosition(end.position(), end.batch(), end.schemaVersion(), end.tables(), end.consistent());
    }

    private void breaks(BatchReader reader, ErrorCode code) {
        assertThatThrownBy(() -> CaptureFuzzTest.drain(reader, replica))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("liteferry ");
    }
}
