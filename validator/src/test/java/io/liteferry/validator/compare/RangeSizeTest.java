package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RangeSizeTest {
    private static final int MOST = 10_000;
    private static final long MAX_MILLIS = 200;

    private final RangeSize size = new RangeSize(MOST, MAX_MILLIS);

    /** Ranges of rows that take so long each; gives how long the last one took, in milliseconds. */
    private long read(long nanosPerRow) {
        long took = 0;
        for (int i = 0; i < 20; i++) {
            took = size.rows() * nanosPerRow;
            size.took(size.rows(), took);
        }
        return TimeUnit.NANOSECONDS.toMillis(took);
    }

    @Test
    void narrowRowsMakeRangesLongUpToTheLimit() {
        read(1_000);
        assertThat(size.rows()).isEqualTo(MOST);
    }

    @Test
    void wideRowsMakeRangesAsShortAsHalfAReadTransaction() {
        assertThat(read(TimeUnit.MILLISECONDS.toNanos(1))).isBetween(90L, 100L);
        assertThat(size.rows()).isBetween(90, 100);
        assertThat(read(20_000)).isBetween(90L, 100L);
    }

    @Test
    void aRangeThatEndsTheTableSaysNothingOfTheNext() {
        int before = size.rows();
        size.took(3, 1_000);
        assertThat(size.rows()).isEqualTo(before);
    }
}
