package io.liteferry.cli.report;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.validation.VerdictDocument;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Follows a migration to READY and says on standard error how far it is, with rate and ETA. */
public final class ReadinessWatch {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private static final int LONGEST_REASON = 120;

    private final MigrationState migration;
    private final PrintWriter err;
    private final Clock clock;
    private final Instant started;
    private Instant lastLine;
    private String lastText = "";
    private long firstRows = -1;
    private Instant firstRowsAt = Instant.EPOCH;
    private Optional<VerdictDocument> latest = Optional.empty();

    /** @param started verdicts from before are those of an earlier run */
    public ReadinessWatch(MigrationState migration, PrintWriter err, Clock clock, Instant started) {
        this.migration = migration;
        this.err = err;
        this.clock = clock;
        this.started = started;
        this.lastLine = started;
    }

    /** Looks once, prints a line where it is time for one; the verdict where it is READY. */
    public Optional<VerdictDocument> lookAgain() {
        read();
        Instant now = clock.instant();
        if (Duration.between(lastLine, now).compareTo(BETWEEN_LINES) >= 0) {
            String text = progress(now);
            if (!text.equals(lastText)) {
                err.println(text);
                lastText = text;
            }
            lastLine = now;
        }
        return latest.filter(VerdictDocument::ready);
    }

    /** The latest verdict of this run, or why there is none. */
    public Reports.State state() {
        return latest.map(Reports.State::of)
                .orElse(Reports.State.notReady(List.of("the validator has given no verdict yet")));
    }

    /** The name of the source that is followed. */
    String source() {
        return migration.source();
    }

    boolean ready() {
        return latest.isPresent() && latest.get().ready();
    }

    /** Reads the verdict again and prints nothing. */
    void read() {
        latest = migration.verdict().filter(v -> Instant.parse(v.at()).isAfter(started));
    }

    /** How far it is, in words. */
    String progress(Instant now) {
        Optional<AppliedPosition> applied = migration.applied();
        if (applied.isEmpty() || applied.get().tables().isEmpty()) {
            return "waiting for the first batch";
        }
        boolean loading = applied.get().tables().values().stream()
                .anyMatch(t -> t.state() == TableProgress.State.PENDING || t.state() == TableProgress.State.SNAPSHOT);
        if (loading) {
            return snapshotProgress(applied.get(), now);
        }
        return latest.map(v -> v.ready() ? "READY" : "streaming; not ready because " + shortened(v.reasons()))
                .orElse("streaming; waiting for the validator");
    }

    /** The first reason; the whole of all stands in the report and in {@code status}. */
    private static String shortened(List<String> reasons) {
        String first = reasons.isEmpty() ? "its last look was too long ago" : reasons.get(0);
        String head = first.length() <= LONGEST_REASON ? first : first.substring(0, LONGEST_REASON) + " …";
        return reasons.size() > 1 ? head + " (and " + (reasons.size() - 1) + " more)" : head;
    }

    private String snapshotProgress(AppliedPosition applied, Instant now) {
        long rows = 0;
        long expected = 0;
        for (TableProgress t : applied.tables().values()) {
            rows += t.rows();
            expected += Math.max(t.rows(), t.expectedRows());
        }
        if (firstRows < 0) {
            firstRows = rows;
            firstRowsAt = now;
        }
        double seconds = Duration.between(firstRowsAt, now).toMillis() / 1000.0;
        double rate = seconds > 0 ? (rows - firstRows) / seconds : 0;
        double share = expected == 0 ? 1 : (double) rows / expected;
        Optional<String> held = applied.tables().values().stream()
                .filter(t -> t.state() != TableProgress.State.SUSPENDED)
                .map(TableProgress::reason)
                .filter(Objects::nonNull)
                .findFirst();
        String pace = share < 0.01 || rate <= 0 || held.isPresent()
                ? held.orElse("no estimate yet")
                : String.format(Locale.ROOT, "%,.0f rows/s, ETA %.0f s", rate, Math.ceil((expected - rows) / rate));
        return String.format(Locale.ROOT, "snapshot %.0f %%, %,d of %,d rows, %s", share * 100, rows, expected, pace);
    }
}
