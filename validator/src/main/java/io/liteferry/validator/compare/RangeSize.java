package io.liteferry.validator.compare;

import java.util.concurrent.TimeUnit;

/**
 * How many rows the next range of a table has: as many as SQLite reads in half the time that a read transaction may last,
 * so that wide rows and slow disks make ranges short and narrow rows make them long.
 */
final class RangeSize {
    private static final int FIRST = 1_000;
    private static final int FEWEST = 10;
    private static final int STEP = 2;

    private final int most;
    private final long targetNanos;
    private int rows;

    /**
     * @param most rows that are held in memory at once
     * @param maxMillis of a read transaction
     */
    RangeSize(int most, long maxMillis) {
        this.most = most;
        this.targetNanos = TimeUnit.MILLISECONDS.toNanos(maxMillis) / 2;
        this.rows = Math.min(FIRST, most);
    }

    int rows() {
        return rows;
    }

    /** A range that was read, and how long that took. */
    void took(int read, long nanos) {
        double fitting = (double) read * targetNanos / Math.max(1, nanos);
        if (read >= rows && fitting > rows) {
            rows = (int) Math.min(most, Math.min(fitting, (double) rows * STEP));
        } else if (fitting < rows && nanos > targetNanos) {
            rows = Math.min(most, Math.max(FEWEST, (int) fitting));
        }
    }
}
