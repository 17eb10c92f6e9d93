package io.liteferry.validator.lag;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Samples of the last moments. While one sample waits, no other is taken; so that a stall weighs what it lasted, it counts
 * as all the samples that would have been taken meanwhile. All times are nanoseconds of {@link System#nanoTime()}.
 */
public final class LagWindow {
    private final long length;
    private final long interval;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Optional<Long> firstStart = Optional.empty();
    private Optional<Long> waitingSince = Optional.empty();

    private record Sample(long start, long end) {}

    /**
     * @param p50 nanoseconds
     * @param p99 nanoseconds
     * @param covered for how long lag has been measured, at most the window's length
     */
    public record Reading(long p50, long p99, long covered) {}

    /**
     * @param length of the window
     * @param interval between two samples
     */
    public LagWindow(long length, long interval) {
        this.length = length;
        this.interval = interval;
    }

    synchronized void started(long now) {
        if (firstStart.isEmpty()) {
            firstStart = Optional.of(now);
        }
        if (waitingSince.isEmpty()) {
            waitingSince = Optional.of(now);
        }
    }

    synchronized void arrived(long now) {
        waitingSince.ifPresent(start -> samples.addLast(new Sample(start, now)));
        waitingSince = Optional.empty();
        forget(now);
    }

    private void forget(long now) {
        while (!samples.isEmpty() && now - samples.getFirst().end() > length) {
            samples.removeFirst();
        }
    }

    /** Empty before the first sample has begun. */
    public synchronized Optional<Reading> read(long now) {
        forget(now);
        List<Long> lags = new ArrayList<>();
        samples.forEach(s -> weigh(s.end() - s.start(), lags));
        waitingSince.ifPresent(start -> weigh(now - start, lags));
        if (lags.isEmpty()) {
            return Optional.empty();
        }
        Collections.sort(lags);
        long covered = Math.min(length, now - firstStart.orElse(now));
        return Optional.of(new Reading(at(lags, 0.50), at(lags, 0.99), covered));
    }

    /** No stall weighs more than the window, or the list would grow for as long as nothing arrives. */
    private void weigh(long lag, List<Long> lags) {
        long least = Math.max(0, lag - length);
        for (long rest = lag; rest > least || rest == lag; rest -= interval) {
            lags.add(rest);
        }
    }

    private static long at(List<Long> sorted, double quantile) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(quantile * sorted.size()) - 1));
    }
}
