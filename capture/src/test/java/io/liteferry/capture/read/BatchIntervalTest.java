package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of commits is read once an interval; a snapshot is not kept waiting. */
class BatchIntervalTest {
    private static final long INTERVAL_MILLIS = 500;

    @TempDir
    Path folder = Path.of("");

    @Test
    @DisplayName("after a batch the next one is due an interval later, not before")
    void theNextBatchIsDueAnIntervalLater() throws Exception {
        try (CapturedSource s = captured()) {
            s.capture();
            s.source.sql("INSERT INTO t VALUES (1)");
            long from = System.nanoTime();
            assertThat(s.reader().next(0)).isPresent();
            assertThat(s.reader().awaitDue(INTERVAL_MILLIS / 10)).isFalse();
            while (!s.reader().awaitDue(10 * INTERVAL_MILLIS)) {}
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
            assertThat(waited).isGreaterThanOrEqualTo(INTERVAL_MILLIS);
            s.source.sql("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
            assertThat(s.reader().next(0).orElseThrow().records()).hasSize(2);
        }
    }

    @Test
    @DisplayName("while a table is snapshotted the next batch is due at once")
    void aSnapshotIsNotKeptWaiting() throws Exception {
        try (CapturedSource s = captured()) {
            s.source.option(Options.SNAPSHOT_CHUNK_SIZE, "1");
            s.source.sql("INSERT INTO t VALUES (1), (2), (3)");
            s.capture();
            s.reader().control().snapshots.add("t");
            assertThat(s.reader().next(0)).isPresent();
            assertThat(s.reader().awaitDue(0)).isTrue();
        }
    }

    private CapturedSource captured() throws Exception {
        CapturedSource s = new CapturedSource(folder.resolve("app.db"));
        s.source
                .option(Options.POLL_INTERVAL_MS, String.valueOf(INTERVAL_MILLIS))
                .sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
                .table("t", List.of("id"), "id");
        return s;
    }
}
