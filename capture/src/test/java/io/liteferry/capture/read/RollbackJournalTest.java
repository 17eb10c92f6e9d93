package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.options.Options;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database without WAL, where every reader keeps every commit waiting. */
class RollbackJournalTest extends BatchReading {
    /** One read of all of them would take many times as long as a read may. */
    private static final int ROWS = 60_000;

    @BeforeEach
    @Override
    void open() throws Exception {
        super.open();
        source.option(Options.SNAPSHOT_CHUNK_SIZE, String.valueOf(ROWS))
                .option(Options.MAX_BATCH_SIZE, String.valueOf(ROWS))
                .option(Options.READ_TRANSACTION_MAX_MS, "60000")
                .sql(
                        "PRAGMA journal_mode = DELETE",
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                                + ") INSERT INTO t SELECT i, 'value ' || i FROM n")
                .table("t", List.of("id"), "id", "v");
    }

    @Test
    void readsAreShortAndAWriterThatWaitsGetsNoError() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (BatchReader reader = install()) {
            Future<Integer> written = thread.submit(() -> write(stop));
            int largest = 0;
            while (replica.last() == null || !replica.last().consistent()) {
                Optional<Slice> slice = reader.next(1_000);
                largest = Math.max(largest, slice.map(s -> s.records().size()).orElse(0));
                slice.ifPresent(replica::take);
            }
            source.sql("UPDATE t SET v = v || '!' WHERE id <= 30000");
            Optional<Slice> first = reader.next(1_000);
            stop.set(true);
            assertThat(written.get()).as("commits beside the snapshot").isPositive();
            first.ifPresent(replica::take);
            largest = Math.max(largest, first.map(s -> s.records().size()).orElse(0));
            CaptureFuzzTest.drain(reader, replica);
            assertThat(largest).as("records of the longest read").isLessThan(ROWS / 3);
            assertThat(replica.differences(source.connection())).isEmpty();
            assertThat(journalMode()).isEqualTo("delete");
        } finally {
            stop.set(true);
            thread.shutdownNow();
        }
    }

    @Test
    void nobodyReadsAfterAReadForSeveralTimesAsLongAsItTook() throws Exception {
        try (BatchReader reader = install()) {
            replica.take(reader.next(0).orElseThrow());
            ByteBuffer gap = ByteBuffer.wrap(Files.readAllBytes(Path.of(source.path() + "-liteferry-turn")));
            long from = gap.getLong();
            // The read lasted 5 ms; in WAL no gap is longer than 10.
            assertThat(gap.getLong() - from).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(25));
        }
    }

    /** Throws where a commit fails. Without its pauses it would starve the test's other writer, as SQLite's locks are not fair. */
    private int write(AtomicBoolean stop) throws SQLException, InterruptedException {
        int commits = 0;
        try (Connection c = DriverManager.getConnection(
                        "jdbc:sqlite:" + source.path() + "?busy_timeout=5000&synchronous=OFF");
                Statement s = c.createStatement()) {
            while (!stop.get()) {
                s.execute("UPDATE t SET v = 'commit " + commits + "' WHERE id = " + (1 + commits % ROWS));
                commits++;
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        return commits;
    }

    @Test
    void theApplicationMaySwitchToWalMeanwhileAndReadsAreLongThen() throws Exception {
        try (BatchReader reader = install()) {
            CaptureFuzzTest.drain(reader, replica);
            source.sql("PRAGMA journal_mode = WAL");
            assertThat(journalMode()).isEqualTo("wal");
            source.sql("INSERT INTO t VALUES (-1, 'the first in WAL')");
            CaptureFuzzTest.drain(reader, replica);

            source.sql("UPDATE t SET v = v || '?' WHERE id > 0");
            Slice all = reader.next(0).orElseThrow();
            replica.take(all);
            assertThat(all.records().size()).isEqualTo(ROWS);
            assertThat(replica.differences(source.connection())).isEmpty();
        }
    }

    @Test
    void outOfWalTheApplicationCannotSwitchWhileWeAreConnected() throws Exception {
        source.sql("PRAGMA journal_mode = WAL");
        try (BatchReader reader = install();
                Connection c = DriverManager.getConnection("jdbc:sqlite:" + source.path() + "?busy_timeout=0");
                Statement s = c.createStatement()) {
            CaptureFuzzTest.drain(reader, replica);
            source.close();
            assertThatThrownBy(() -> s.execute("PRAGMA journal_mode = DELETE")).hasMessageContaining("locked");
            source = new SourceFixture(folder.resolve("other.db"));
        }
    }

    private String journalMode() throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery("PRAGMA journal_mode")) {
            return rs.getString(1);
        }
    }
}
