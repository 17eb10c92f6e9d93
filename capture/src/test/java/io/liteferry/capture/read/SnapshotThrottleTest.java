package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotThrottleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path folder = Path.of("");

    private final ReadControl control = new ReadControl();

    private SnapshotThrottle throttle(String rowsPerSecond) {
        return new SnapshotThrottle(
                Options.of(Map.of(
                        Options.DATABASE_FILE_PATH,
                        folder.resolve("app.db").toString(),
                        Options.SNAPSHOT_CHUNK_SIZE,
                        "500",
                        Options.SNAPSHOT_MAX_WAL_BYTES,
                        "1000",
                        Options.SNAPSHOT_MAX_ROWS_PER_SECOND,
                        rowsPerSecond)),
                control,
                0);
    }

    private void wal(int bytes) throws IOException {
        Files.write(folder.resolve("app.db-wal"), new byte[bytes]);
    }

    @Test
    void withoutALimitEveryChunkIsWhole() {
        assertThat(throttle("0").rows(0)).isEqualTo(500);
        assertThat(throttle("0").hold(0)).isEmpty();
    }

    @Test
    void noMoreRowsThanTheRateAreReadOverAnyTime() {
        SnapshotThrottle throttle = throttle("100");
        int rows = 0;
        for (long now = 0; now <= 60 * SECOND; now += SECOND / 500) {
            int some = throttle.rows(now);
            throttle.spent(some);
            rows += some;
        }
        assertThat(rows).isBetween(5_900, 6_000);
        assertThat(throttle.hold(60 * SECOND).orElseThrow().why()).contains("100 rows a second");
    }

    @Test
    void aLongWaitIsNoReasonForABurst() {
        assertThat(throttle("100").rows(3_600 * SECOND)).isEqualTo(100);
    }

    @Test
    void aSignalGoesBeforeTheOption() {
        SnapshotThrottle throttle = throttle("100");
        control.throttle(0);
        assertThat(throttle.rows(0)).isEqualTo(500);
        control.throttle(7);
        assertThat(throttle.hold(0).orElseThrow().why()).contains("7 rows a second");
    }

    @Test
    void aLargeWalHoldsSnapshotsOnlyWhileItGrowsBecauseItNeverShrinks() throws Exception {
        SnapshotThrottle throttle = throttle("0");
        wal(1_000);
        assertThat(throttle.rows(SECOND)).isEqualTo(500);
        wal(1_001);
        assertThat(throttle.rows(2 * SECOND)).isZero();
        assertThat(throttle.hold(2 * SECOND).orElseThrow().kind()).isEqualTo(Hold.Kind.WAL);
        wal(1_002);
        assertThat(throttle.rows(6 * SECOND)).isZero();
        assertThat(throttle.rows(8 * SECOND)).isZero();
        assertThat(throttle.rows(6 * SECOND + SnapshotThrottle.STILL_NANOS)).isEqualTo(500);
        wal(1_003);
        assertThat(throttle.rows(20 * SECOND)).isZero();
    }
}
