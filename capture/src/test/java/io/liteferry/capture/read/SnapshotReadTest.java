package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Snapshots: of every kind of key, while others write, broken off, and made again. */
class SnapshotReadTest extends BatchReading {
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
    void snapshotsATableAgainWhoseTriggersWereMadeAgainWhereNobodySawThatTheyWereGone() throws Exception {
        source.twoRows();
        AppliedPosition stale;
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            stale = applied(end());
            source.sql("DROP TRIGGER _liteferry_bu_t", "UPDATE t SET v = 'unseen' WHERE id = 2");
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
    void snapshotsATableCarriedByRowidAgainAtOnceWhenItsRowsMayHaveBeenRenumbered() throws Exception {
        source.twoRows();
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
            source.sql("DROP TRIGGER _liteferry_bd_t", "DELETE FROM t WHERE id % 10 = 5");
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
            source.sql("DROP TRIGGER _liteferry_bd_t", "DELETE FROM t WHERE id % 10 = 6");
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
}
