package io.liteferry.capture.connector;

import io.liteferry.capture.read.Hold;
import io.liteferry.capture.read.Slice;
import io.liteferry.core.plan.Plan;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What happens in a running task, for metrics and health. Called on the task's threads; must be quick. */
public interface CaptureEvents {
    CaptureEvents IGNORED = new CaptureEvents() {};

    /** Where the events of one source go; {@code source} is a plan of that source alone. */
    default CaptureEvents of(Plan source) {
        return this;
    }

    /**
     * @param unchangedMillis see {@link io.liteferry.capture.read.BatchReader#unchangedMillis()}
     * @param turnsMissed see {@link io.liteferry.capture.read.BatchReader#turnsMissed()}
     */
    default void started(LongSupplier unchangedMillis, LongSupplier turnsMissed) {}

    /**
     * @param unexplainedCommits see {@link io.liteferry.capture.read.BatchReader#unexplainedCommits()}
     * @param held see {@link io.liteferry.capture.read.BatchReader#held()}
     */
    default void watching(LongSupplier unexplainedCommits, Supplier<Optional<Hold>> held) {}

    default void read(Slice slice) {}

    /** The source cannot be read on; other sources of the task go on. */
    default void failed(Throwable failure) {}
}
