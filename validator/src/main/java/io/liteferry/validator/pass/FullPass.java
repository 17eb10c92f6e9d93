package io.liteferry.validator.pass;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.TablePass;
import io.liteferry.validator.compare.TableTally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One full pass over all tables of the plan. */
public final class FullPass {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Plan plan;
    private final Comparison sides;
    private final ResultStore store;
    private final Progress progress;
    private final ValidationMetrics metrics;
    private final Pace pace;
    private final Clock clock;

    public FullPass(
            Plan plan,
            Comparison sides,
            ResultStore store,
            Progress progress,
            ValidationMetrics metrics,
            Pace pace,
            Clock clock) {
        this.plan = plan;
        this.sides = sides;
        this.store = store;
        this.progress = progress;
        this.metrics = metrics;
        this.pace = pace;
        this.clock = clock;
    }

    /** Compares everything; a pass that was stopped in the middle leaves no result. */
    public void run() {
        try {
            compare();
        } catch (LiteferryException e) {
            if (e.code() != ErrorCode.TARGET_UNREACHABLE) {
                // Whoever cannot be reached comes back as it was; what cannot be read may be anything.
                progress.startOver();
            }
            throw e;
        }
    }

    private void compare() {
        Instant started = clock.instant();
        Optional<Comparison.Standing> before = standing().filter(this::complete);
        PassStart pass = new PassStart(store.nextPass(), started, before.map(Comparison.Standing::position));
        Map<String, TableTally> tallies = new HashMap<>();
        for (TablePlan table : sides.now(plan).tables()) {
            Instant tableStarted = clock.instant();
            progress.begun(table.source());
            TableTally tally = new TablePass(
                            sides,
                            table,
                            plan.options().integer(Options.VALIDATION_RANGE_ROWS),
                            pace,
                            PATIENCE,
                            listener(table))
                    .run();
            if (pace.stopping()) {
                return;
            }
            Instant ended = clock.instant();
            store.save(pass, table.source(), tableStarted, ended, tally);
            tallies.put(table.source(), tally);
            progress.tallied(table.source(), tally);
            metrics.tallied(table.source(), tally, ended);
        }
        // A schema that moved meanwhile may have had a table copied again behind the pass: this one proves nothing.
        boolean complete = before.isPresent()
                && standing()
                        .filter(this::complete)
                        .map(Comparison.Standing::era)
                        .equals(before.map(Comparison.Standing::era));
        String era = before.map(Comparison.Standing::era).orElse("");
        progress.ended(new PassResult(pass, clock.instant(), complete, tallies), era);
    }

    private TablePass.Listener listener(TablePlan table) {
        return new TablePass.Listener() {
            @Override
            public void found(List<Finding> findings) {
                progress.startOver();
                store.found(table.source(), findings, clock.instant());
            }

            @Override
            public void progress(long rows, long pending) {
                progress.running(table.source(), rows, pending);
            }
        };
    }

    private Optional<Comparison.Standing> standing() {
        try {
            return Optional.of(sides.standing());
        } catch (NotComparableException e) {
            return Optional.empty();
        }
    }

    private boolean complete(Comparison.Standing standing) {
        return plan.tables().stream().allMatch(t -> {
            TableProgress p = standing.applied().tables().get(t.source());
            return p != null && p.state() == TableProgress.State.STREAMING;
        });
    }
}
