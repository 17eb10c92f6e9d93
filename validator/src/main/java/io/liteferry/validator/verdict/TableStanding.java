package io.liteferry.validator.verdict;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.compare.TableTally;
import io.liteferry.validator.pass.Progress;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the validator says of one table, and since when it does. */
final class TableStanding {
    private static final double EARLIEST_ESTIMATE = 0.01;

    private final String table;
    private String state = "";
    private Instant since = Instant.EPOCH;

    /** @param before what was said last, by the validator before this one; null before anything was */
    TableStanding(String table, VerdictDocument.@Nullable Validation before) {
        this.table = table;
        if (before != null) {
            state = before.state();
            since = Instant.parse(before.since());
        }
    }

    VerdictDocument.Validation look(Facts facts, Progress progress) {
        String now = state(facts, progress);
        if (!now.equals(state)) {
            state = now;
            since = facts.at();
        }
        boolean walking = progress.walking(table);
        long expected = expected(facts, progress);
        return new VerdictDocument.Validation(
                state,
                since.toString(),
                walking ? progress.running(table).rows() : null,
                walking ? expected : null,
                walking ? eta(expected, progress) : null,
                progress.last(table).map(p -> p.ended().toString()).orElse(null));
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
            return progress.walking(table) ? "running" : "pending";
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
    private @Nullable Long eta(long expected, Progress progress) {
        return expected == 0 || progress.running(table).rows() < expected * EARLIEST_ESTIMATE
                ? null
                : progress.untilCompared(table, expected, System.nanoTime())
                        .map(TimeUnit.NANOSECONDS::toSeconds)
                        .orElse(null);
    }
}
