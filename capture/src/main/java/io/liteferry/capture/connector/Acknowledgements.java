package io.liteferry.capture.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts the records that were handed out and are not acknowledged yet. Safe for use by several threads. */
final class Acknowledgements {
    private long outstanding;
    private @Nullable String droppedFrom;

    synchronized void handedOut(int records) {
        outstanding += records;
    }

    synchronized void acknowledged() {
        outstanding--;
        if (outstanding == 0) {
            notifyAll();
        }
    }

    /** A record that will never be in Kafka: the batch cannot be completed. */
    synchronized void dropped(String topic) {
        droppedFrom = topic;
        notifyAll();
    }

    /**
     * Waits until everything handed out is acknowledged; false where time ran out.
     *
     * @throws LiteferryException {@link ErrorCode#RECORD_DROPPED}
     */
    synchronized boolean awaitAll(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            failIfDropped();
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (outstanding == 0 || left <= 0) {
                return outstanding == 0;
            }
            wait(left);
        }
    }

    synchronized void failIfDropped() {
        if (droppedFrom != null) {
            throw new LiteferryException(
                    ErrorCode.RECORD_DROPPED,
                    "Sending a record to " + droppedFrom
                            + ": it was dropped before Kafka. Remove transforms that filter and errors.tolerance=all from the connector, then start it again.");
        }
    }
}
