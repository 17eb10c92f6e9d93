package io.liteferry.capture;

import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends Debezium's engine, wherever it is in its start. */
public final class EngineStop {
    private static final Logger LOG = LoggerFactory.getLogger(EngineStop.class);
    private static final long POLL_MILLIS = 20;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private EngineStop() {}

    /**
     * The engine refuses to be closed while it starts its tasks, and where it has already ended. Closed between two steps
     * of its start it may wait for a poll that will never be made: that wait is interrupted.
     *
     * @param thread that runs the engine
     * @param patience after which it is left alone
     */
    public static void stop(DebeziumEngine<?> engine, Thread thread, Duration patience) throws InterruptedException {
        long began = System.nanoTime();
        long closedAt = Long.MAX_VALUE;
        while (thread.isAlive() && System.nanoTime() - began < patience.toNanos()) {
            try {
                if (closedAt == Long.MAX_VALUE) {
                    engine.close();
                    closedAt = System.nanoTime();
                } else if (System.nanoTime() - closedAt > STUCK_NANOS) {
                    thread.interrupt();
                }
            } catch (IOException | IllegalStateException e) {
                LOG.debug("Engine cannot be closed now", e);
            }
            thread.join(POLL_MILLIS);
        }
    }
}
