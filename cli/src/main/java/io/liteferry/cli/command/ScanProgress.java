package io.liteferry.cli.command;

import io.liteferry.core.planning.PlanProgress;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Says every two seconds, a line each, how far a walk through all tables, or all pages, is. */
final class ScanProgress implements PlanProgress {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private final String doing;
    private final String things;
    private final PrintWriter err;
    private final Clock clock;
    private final Instant started;
    private final Map<String, Long> rows = new HashMap<>();
    private Instant lastLine;

    ScanProgress(PrintWriter err, Clock clock) {
        this("profiling", err, clock);
    }

    /** @param doing what is done with the rows */
    ScanProgress(String doing, PrintWriter err, Clock clock) {
        this(doing, "rows", err, clock);
    }

    /** @param things what is counted */
    ScanProgress(String doing, String things, PrintWriter err, Clock clock) {
        this.doing = doing;
        this.things = things;
        this.err = err;
        this.clock = clock;
        this.started = clock.instant();
        this.lastLine = started;
    }

    @Override
    public void rows(String table, long soFar, long expected) {
        rows.put(table, soFar);
        Instant now = clock.instant();
        if (Duration.between(lastLine, now).compareTo(BETWEEN_LINES) < 0) {
            return;
        }
        lastLine = now;
        long all = rows.values().stream().mapToLong(Long::longValue).sum();
        double rate = all * 1000.0 / Duration.between(started, now).toMillis();
        err.printf(
                Locale.ROOT,
                "%s %s: %,d %s, %,.0f %s/s, %s%n",
                doing,
                table,
                all,
                things,
                rate,
                things,
                estimate(all, expected, rate));
        err.flush();
    }

    private static String estimate(long rows, long expected, double rate) {
        if (expected == 0) {
            return "no ETA: the tables do not tell how many rows they have";
        }
        if (rows * 100 < expected) {
            return "no ETA below 1 %";
        }
        return String.format(
                Locale.ROOT,
                "%.0f %%, ETA %.0f s",
                Math.min(100.0, rows * 100.0 / expected),
                Math.max(0, expected - rows) / rate);
    }
}
