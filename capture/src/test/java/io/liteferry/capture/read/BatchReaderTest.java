package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Batches: where they begin and end, and what ends the reader or suspends a table. */
class BatchReaderTest extends BatchReading {
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
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("DELETE FROM _liteferry_log", "INSERT INTO t VALUES (70, 'first again')");
            breaks(reader, ErrorCode.POSITION_BROKEN);
        }
    }

    @Test
    void stopsBeforeItReadsAnythingNewWhereASuccessorHasTheEpoch() throws Exception {
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            new SourceInstaller(plan).uninstall();
            breaks(reader, ErrorCode.CAPTURE_NOT_INSTALLED);
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
    void suspendsATableWhoseSnapshotComesToANullKey() throws Exception {
        source.sql("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), (NULL, 2)")
                .table("t", List.of("k"), "k", "v");
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(progress("t").reason()).contains("NULL");
        }
    }

    @Test
    void saysNothingWhereNothingHappened() throws Exception {
        source.twoRows();
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
        source.twoRows();
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
}
