package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.cutover.hold.Watchdog;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How long writers may be held. While it lasts the watchdog is told that this process lives: one that is frozen is ended
 * after {@link #FROZEN}, one that hangs in spite of every time-out, soon after the deadline.
 */
final class Deadline implements AutoCloseable {
    private static final Duration FROZEN = Duration.ofSeconds(1);
    private static final long BEAT_MILLIS = 100;
    /** Before the hold the other side was less than this behind: where nothing arrives for so long, something is down. */
    private static final Duration STALLED = Duration.ofSeconds(1);

    private static final long DRAIN_MICROS = 300;

    private final Duration allowed;
    private final Watchdog.Handle watchdog;
    private final Thread beats = new Thread(this::beat, "watchdog-beats");
    private volatile long end = Long.MAX_VALUE;

    private Deadline(Duration allowed, Watchdog.Handle watchdog) {
        this.allowed = allowed;
        this.watchdog = watchdog;
        beats.setDaemon(true);
    }

    /** The watchdog answers when this returns; the time begins with {@link #start}. */
    static Deadline prepare(Duration allowed) {
        Deadline deadline = new Deadline(allowed, Watchdog.watch(FROZEN));
        deadline.beats.start();
        return deadline;
    }

    void start() {
        end = System.nanoTime() + allowed.toNanos();
    }

    private void beat() {
        try {
            while (end == Long.MAX_VALUE || System.nanoTime() - end < FROZEN.toNanos()) {
                watchdog.beat();
                TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed: nobody is held any more.
            Thread.currentThread().interrupt();
        }
    }

    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    boolean over() {
        return System.nanoTime() - end > 0;
    }

    /** @throws LiteferryException {@link ErrorCode#TIMED_OUT} where writers were held for long enough */
    void demand(String before) {
        if (over()) {
            throw new LiteferryException(
                    ErrorCode.TIMED_OUT,
                    "Holding the writers, before " + before + ": the " + allowed.toMillis()
                            + " ms that they may be held are over. See liteferry status; allow more with --timeout.");
        }
    }

    /**
     * Waits until the other side has what was written.
     *
     * @param upTo what is waited for
     * @param side asks how far the other side is; its answers differ as long as something arrives
     * @throws LiteferryException {@link ErrorCode#TIMED_OUT} where nothing arrives any more, or writers were held for long enough
     */
    <P> void drain(String upTo, Supplier<P> side, Predicate<P> arrived) throws InterruptedException {
        P last = side.get();
        P now = last;
        long moved = System.nanoTime();
        while (!arrived.test(now)) {
            demand("draining up to " + upTo);
            if (!now.equals(last)) {
                last = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED.toNanos()) {
                throw new LiteferryException(
                        ErrorCode.TIMED_OUT,
                        "Holding the writers, draining up to " + upTo + ": the other side stands at " + now
                                + " and nothing has arrived for " + STALLED.toMillis()
                                + " ms. See liteferry status for the service that is down.");
            }
            TimeUnit.MICROSECONDS.sleep(DRAIN_MICROS);
            now = side.get();
        }
    }

    @Override
    public void close() {
        beats.interrupt();
        try {
            beats.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchdog.close();
    }
}
