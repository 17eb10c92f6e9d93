package io.liteferry.cutover;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What each step of a pause took. */
final class Stopwatch {
    private final long began = System.nanoTime();
    private final Map<String, Double> steps = new LinkedHashMap<>();
    private long last = began;

    /** The step that has just ended. */
    Duration lap(String step) {
        long now = System.nanoTime();
        long took = now - last;
        last = now;
        steps.merge(step, took / 1e6, Double::sum);
        return Duration.ofNanos(took);
    }

    Duration total() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    Map<String, Double> steps() {
        return steps;
    }
}
