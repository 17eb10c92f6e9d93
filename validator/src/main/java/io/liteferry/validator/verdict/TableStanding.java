package io.liteferry.validator.verdict;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.compare.TableTally;
import io.liteferry.validator.pass.Progress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the validator says of one table, and since when it does. */
final class TableStanding {
    private static final double EARLIEST_ESTIMATE = 0.01;

    private final String table;
    private String state = "";
    private Instant since = Instant.EPOCH;

    TableStanding(String table) {
        this.table = table;
    }

    VerdictDocument.Validation look(Facts facts, Progress progress) {
        String now = state(facts, progress);
        if (!now.equals(state)) {
            state = now;
            since = facts.at();
        }
        Optional<Long> walked = progress.walkedFor(table, System.nanoTime());
        long rows = progress.running(table).rows();
        return new VerdictDocument.Validation(
                state,
                since.toString(),
                walked.map(w -> rows).orElse(null),
                walked.flatMap(w -> eta(rows, expected(facts, progress), w)).orElse(null));
    }

    private String state(Facts facts, Progress progress) {
        Optional<TableTally> tally = progress.tally(table);
        if (applied(facts)
                .filter(p -> p.state() == TableProgress.State.SUSPENDED)
                .isPresent()) {
            return "suspended";
        }
        if (facts.mismatches(table) > 0) {
            return "mismatched";
        }
        if (tally.isEmpty()) {
            return progress.walkedFor(table, 0).isPresent() ? "running" : "pending";
        }
        return tally.get().clean() ? "in_sync" : "incomplete";
    }

    private Optional<TableProgress> applied(Facts facts) {
        return facts.applied().map(a -> a.tables().get(table));
    }

    private long expected(Facts facts, Progress progress) {
        return progress.tally(table)
                .map(TableTally::sourceRows)
                .orElse(applied(facts)
                        .map(p -> Math.max(p.rows(), p.expectedRows()))
                        .orElse(0L));
    }

    /** In seconds; none before a hundredth is done. */
    private static Optional<Long> eta(long rows, long expected, long nanos) {
        return expected == 0 || rows < expected * EARLIEST_ESTIMATE
                ? Optional.empty()
                : Optional.of(
                        TimeUnit.NANOSECONDS.toSeconds((long) (nanos * (double) Math.max(0, expected - rows) / rows)));
    }
}
