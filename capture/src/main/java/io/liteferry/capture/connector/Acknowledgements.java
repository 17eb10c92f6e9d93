package io.liteferry.capture.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import org.jspecify.annotations.Nullable;

/** Counts the records that were handed out and are not acknowledged yet. Safe for use by several threads. */
final class Acknowledgements {
    private final Runnable bell;
    private long outstanding;
    private @Nullable String droppedFrom;

    /** @param bell rung when the last is acknowledged, and when one never will be */
    Acknowledgements(Runnable bell) {
        this.bell = bell;
    }

    synchronized void handedOut(int records) {
        outstanding += records;
    }

    synchronized void acknowledged(int records) {
        outstanding -= records;
        if (outstanding == 0) {
            bell.run();
        }
    }

    /** A record that will never be in Kafka: the batch cannot be completed. */
    synchronized void dropped(String topic) {
        droppedFrom = topic;
        bell.run();
    }

    /**
     * True where everything handed out is acknowledged.
     *
     * @throws LiteferryException {@link ErrorCode#RECORD_DROPPED}
     */
    synchronized boolean all() {
        failIfDropped();
        return outstanding == 0;
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
