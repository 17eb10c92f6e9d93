package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Signal;
import io.liteferry.core.options.Options;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Capture while PostgreSQL is written: it waits, and goes on afterwards as if nothing had been. */
class FencedSourceTest extends BatchReading {
    private static final Duration BUSY = Duration.ofSeconds(5);

    @Test
    void underTheFenceNothingIsReadAndAfterItCaptureGoesOnWithoutANewSnapshot() throws Exception {
        twoTables();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            BatchEnd before = end();
            raise();
            reverse("INSERT INTO t VALUES (3, 'from PostgreSQL')", "INSERT INTO keyless VALUES ('from PostgreSQL')");
            reader.control()
                    .emit(new Signal.Data(
                            "t",
                            List.of(RowKey.of(List.of(new SqliteValue.Int(3))).packed())));
            reader.control().snapshot(List.of("t"));
            CaptureFuzzTest.drain(reader, replica);
            assertThat(reader.next(20)).isEmpty();
            assertThat(reader.held()).contains(Hold.FENCED);
            reader.control().pause(true);
            assertThat(reader.next(20)).isEmpty();
            reader.control().pause(false);
            assertThat(end()).isSameAs(before);
            assertThatThrownBy(() -> source.sql("INSERT INTO t VALUES (4, 'straggler')"))
                    .hasMessageContaining("migration fence");
        }
    }

    @Test
    void afterTheFenceOnlyWhatIsWrittenThenIsRead() throws Exception {
        twoTables();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            raise();
            CaptureFuzzTest.drain(reader, replica);
            reverse("INSERT INTO t VALUES (3, 'from PostgreSQL')", "INSERT INTO keyless VALUES ('from PostgreSQL')");
            CaptureFuzzTest.drain(reader, replica);
            lower();
            source.sql("INSERT INTO t VALUES (4, 'again')", "DELETE FROM keyless WHERE v = 'first'");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(reader.held()).isEmpty();
            assertThat(progress("t").since()).isNull();
            assertThat(progress("keyless").since()).isNull();
            assertThat(end().consistent()).isTrue();
            assertThat(end().schemaVersion()).isEqualTo(number("PRAGMA schema_version"));
            // The target has them already: they came from there.
            assertThat(replica.differences(source.connection()))
                    .containsExactly("t lost " + key(3), "keyless lost " + key(2));
            source.sql("UPDATE t SET v = 'x'", "UPDATE keyless SET v = 'x'");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    /** A cutover waits until the log is read to its end; whoever fences without that gets no half of a batch either. */
    @Test
    void aBatchThatIsOpenWhenTheFenceComesIsEndedOnlyAfterIt() throws Exception {
        source.option(Options.MAX_BATCH_SIZE, "10");
        twoTables();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            BatchEnd before = end();
            numbers(source, "INSERT INTO t SELECT i + 100, 'x' FROM n", 40);
            Slice first = reader.next(0).orElseThrow();
            assertThat(first.end()).isEmpty();
            replica.take(first);
            raise();
            assertThat(reader.next(20)).isEmpty();
            assertThat(end()).isSameAs(before);
            lower();
            CaptureFuzzTest.drain(reader, replica);
            assertThat(end().batch()).isEqualTo(first.batch().batch());
            assertThat(progress("t").since()).isNull();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void aCaptureThatStartsUnderTheFenceWaitsForItsEnd() throws Exception {
        twoTables();
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
        }
        raise();
        try (BatchReader reader = start(Optional.of(end().applied()))) {
            assertThat(reader.next(20)).isEmpty();
            assertThat(reader.next(20)).isEmpty();
            assertThat(reader.held()).contains(Hold.FENCED);
            lower();
            source.sql("INSERT INTO t VALUES (4, 'again')");
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("t").since()).isNull();
            assertThat(progress("keyless").since()).isNull();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    /** VACUUM gives other rowids: what else happened under the fence is not passed off as nothing. */
    @Test
    void aVacuumUnderTheFenceIsSeenAfterIt() throws Exception {
        twoTables();
        try (BatchReader reader = install()) {
            source.sql("DELETE FROM keyless WHERE v = 'first'", "INSERT INTO keyless VALUES ('second')");
            CaptureFuzzTest.drain(reader, replica);
            raise();
            try (FenceWatch watch = watch()) {
                assertThat(watch.look()).isEmpty();
                source.sql("VACUUM");
                assertThat(watch.look()).singleElement().asString().contains("VACUUM");
            }
            lower();
            CaptureFuzzTest.drain(reader, replica);
            assertThat(progress("keyless").since()).isNotNull();
            assertThat(progress("t").since()).isNull();
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void theWatchSeesWhatTheFenceCannotStop() throws Exception {
        twoTables();
        source.sql("CREATE TABLE beside(x)", "CREATE TABLE dropped(x)");
        try (BatchReader reader = install();
                FenceWatch watch = watch()) {
            CaptureFuzzTest.drain(reader, replica);
            assertThat(watch.look()).singleElement().asString().contains("not fenced");
            raise();
            assertThat(watch.look()).isEmpty();
            reverse("INSERT INTO t VALUES (3, 'from PostgreSQL')");
            assertThat(watch.look()).isEmpty();
            start(Optional.of(end().applied())).close();
            assertThat(watch.look()).as("an epoch is ours").isEmpty();
            source.sql(
                    "ALTER TABLE beside ADD COLUMN y",
                    "DROP TABLE dropped",
                    "CREATE TABLE made(x)",
                    "CREATE TRIGGER late AFTER INSERT ON t BEGIN SELECT 1; END",
                    "DROP TRIGGER _liteferry_fu_t");
            assertThat(watch.look())
                    .hasSize(6)
                    .anyMatch(f -> f.contains("t has no whole fence"))
                    .anyMatch(f -> f.contains("made has no whole fence"))
                    .anyMatch(f -> f.contains("table beside was changed"))
                    .anyMatch(f -> f.contains("table dropped is gone"))
                    .anyMatch(f -> f.contains("table made is new"))
                    .anyMatch(f -> f.contains("trigger late is new"));
            try (FenceWatch later = watch()) {
                assertThat(later.look()).as("whenever it happened").hasSize(6);
            }
        }
    }

    /** As incremental blob I/O, or a connection with triggers switched off. */
    @Test
    void theWatchSeesACommitThatPassedTheFence() throws Exception {
        twoTables();
        try (BatchReader reader = install();
                FenceWatch watch = watch()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT)");
            raise();
            assertThat(watch.look()).isEmpty();
            assertThat(watch.look()).isEmpty();
            source.sql("INSERT INTO sqlite_sequence VALUES ('counted', 7)");
            assertThat(watch.look())
                    .singleElement()
                    .asString()
                    .contains("1 commits")
                    .contains("not ours");
        }
    }

    private void twoTables() throws SQLException {
        source.twoRows();
        source.sql("CREATE TABLE keyless(v)", "INSERT INTO keyless VALUES ('first')")
                .table("keyless", List.of(), "v");
    }

    private FenceWatch watch() {
        return new FenceWatch(new SqliteFile(source.path()));
    }

    private void raise() {
        try (SourceFence fence = SourceFence.hold(
                new SqliteFile(source.path()),
                BUSY,
                List.of("CREATE TABLE IF NOT EXISTS _liteferry_reverse(position)"))) {
            fence.commit();
        }
    }

    private void lower() {
        try (SourceFence release = SourceFence.release(new SqliteFile(source.path()), BUSY, Map.of())) {
            release.commit();
        }
    }

    /** As the reverse feed writes: the fence is down only inside its own transaction. */
    private void reverse(String... writes) throws SQLException {
        source.sql("BEGIN IMMEDIATE", "UPDATE _liteferry_meta SET fenced = 0")
                .sql(writes)
                .sql(
                        "INSERT INTO _liteferry_reverse SELECT count(*) FROM _liteferry_reverse",
                        "UPDATE _liteferry_meta SET fenced = 1",
                        "COMMIT");
    }

    private String key(long id) {
        return String.valueOf(replica.key(id));
    }

    private long number(String sql) throws SQLException {
        try (var s = source.connection().createStatement();
                var rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }
}
