package io.liteferry.capture.connector;

import io.liteferry.capture.read.Slice;
import java.util.function.LongSupplier;

/** What happens in a running task, for metrics and health. Called on the task's threads; must be quick. */
public interface CaptureEvents {
    CaptureEvents IGNORED = new CaptureEvents() {};

    /**
     * @param unchangedMillis see {@link io.liteferry.capture.read.BatchReader#unchangedMillis()}
     * @param turnsMissed see {@link io.liteferry.capture.read.BatchReader#turnsMissed()}
     */
    default void started(LongSupplier unchangedMillis, LongSupplier turnsMissed) {}

    default void read(Slice slice) {}

    /** The source cannot be read on; the task is about to end. */
    default void failed(Throwable failure) {}
}
