package io.liteferry.validator;

import io.liteferry.core.options.Options;
import io.liteferry.core.validation.VerdictDocument;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * When full passes rest, so that in the long run they take no more than their share of a core. They go on without a rest
 * while they are all that is missing for READY. One thread makes passes, another hears the verdict.
 */
final class Rest {
    /** What could not be compared in the last pass may be in the next. */
    private static final Set<String> PASSES_HELP =
            Set.of("clean_passes", "tables_validated", "changes_verified", "nothing_unknown");

    private final int percent;
    private final long oldestNanos;
    private long busyNanos;
    private long until = System.nanoTime();
    private volatile boolean hurry = true;

    Rest(Options options) {
        this.percent = options.integer(Options.VALIDATION_CPU_PERCENT);
        this.oldestNanos = TimeUnit.MILLISECONDS.toNanos(options.number(Options.VALIDATION_READY_MAX_AGE_MS)) / 2;
    }

    /** What the passes can do for it. */
    void verdict(VerdictDocument document) {
        List<String> failing = document.checks().stream()
                .filter(c -> !c.ok())
                .map(VerdictDocument.Check::check)
                .toList();
        hurry = !failing.isEmpty() && PASSES_HELP.containsAll(failing);
    }

    /** Whether the passes rest now. */
    boolean now() {
        return !hurry && System.nanoTime() - until < 0;
    }

    /** A part of a round was made. */
    void after(long nanos, boolean ended) {
        busyNanos += nanos;
        if (ended) {
            until = System.nanoTime() + nanos(busyNanos, percent, oldestNanos);
            busyNanos = 0;
        }
    }

    /** How long to rest after a round; never until a table is older than {@code oldestNanos} when the next has ended. */
    static long nanos(long busyNanos, int percent, long oldestNanos) {
        long share = busyNanos / percent * (100 - percent);
        return Math.max(0, Math.min(share, oldestNanos - busyNanos));
    }
}
