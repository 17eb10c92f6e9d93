package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ScanProgressTest {
    private final StringWriter err = new StringWriter();
    private Instant now = Instant.EPOCH;
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final ScanProgress progress = new ScanProgress(new PrintWriter(err), clock);

    @Test
    void saysShareRateAndTimeLeftOfAllTables() {
        at(4, "orders", 1_000, 4_000);
        at(8, "lines", 1_000, 4_000);

        assertThat(err.toString().lines())
                .containsExactly(
                        "profiling orders: 1,000 rows, 250 rows/s, 25 %, ETA 12 s",
                        "profiling lines: 2,000 rows, 250 rows/s, 50 %, ETA 8 s");
    }

    @Test
    void givesTheReasonInPlaceOfAnEstimate() {
        at(2, "orders", 9, 1_000);
        at(4, "orders", 20, 0);

        assertThat(err.toString()).contains("no ETA below 1 %").contains("no ETA: the tables do not tell");
    }

    @Test
    void writesNoMovingLineAndNotMoreThanOneInTwoSeconds() {
        for (int i = 1; i <= 40; i++) {
            at(i / 10.0, "orders", i, 40);
        }

        assertThat(err.toString().lines()).hasSize(2);
        assertThat(err.toString()).doesNotContain("\r").doesNotContain("\u001b");
    }

    private void at(double seconds, String table, long rows, long expected) {
        now = Instant.EPOCH.plusMillis(Math.round(seconds * 1000));
        progress.rows(table, rows, expected);
    }
}
