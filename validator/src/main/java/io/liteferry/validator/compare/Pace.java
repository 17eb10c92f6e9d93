package io.liteferry.validator.compare;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How fast the validator works, and whether it is to stop: every pause ends at once then. */
public final class Pace {
    private final CountDownLatch stopped;
    private final long rowsPerSecond;
    private long paidUntil = System.nanoTime();

    public Pace(long rowsPerSecond) {
        this(rowsPerSecond, new CountDownLatch(1));
    }

    private Pace(long rowsPerSecond, CountDownLatch stopped) {
        this.rowsPerSecond = rowsPerSecond;
        this.stopped = stopped;
    }

    /** As fast, with a debt of its own: for another thread. Both stop together. */
    public Pace another() {
        return new Pace(rowsPerSecond, stopped);
    }

    public void stop() {
        stopped.countDown();
    }

    public boolean stopping() {
        return stopped.getCount() == 0;
    }

    /** Waits; true where the validator is to stop. */
    public boolean pause(long millis) {
        try {
            return stopped.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            return true;
        }
    }

    /** Pays for rows that were read: waits where they came faster than allowed. Called by one thread. */
    public void rows(long count) {
        long now = System.nanoTime();
        paidUntil = Math.max(paidUntil, now) + (long) (count * 1e9 / rowsPerSecond);
        long wait = TimeUnit.NANOSECONDS.toMillis(paidUntil - now);
        // A short debt is paid with the next range: sleeping is coarser than that.
        if (wait > 20) {
            pause(wait);
        }
    }
}
