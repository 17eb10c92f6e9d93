package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.change.Signal;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may be asked of a reader while it runs: rows again, a pause, a slower snapshot. */
class ReadControlTest extends BatchReading {
    @Test
    void aRequestForAKeyInAnotherFormEmitsItsRowAndOneThatIsNoKeyIsPassedOver() throws Exception {
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
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
        source.twoRows();
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
}
