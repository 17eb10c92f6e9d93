package io.liteferry.validator.pass;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Full passes over all tables, in rounds. The tables of a round take turns, a range each, so that none waits for the end
 * of another; one that gets old while the round goes on is compared again within it. A round that was left is gone on with
 * where it was.
 */
public final class FullPass {
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Plan plan;
    private final Comparison sides;
    private final ResultStore store;
    private final Progress progress;
    private final ValidationMetrics metrics;
    private final Pace pace;
    private final Clock clock;
    private final Duration old;
    private long keptAt;

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
        this.old = Duration.ofMillis(plan.options().number(Options.VALIDATION_READY_MAX_AGE_MS))
                .dividedBy(2);
    }

    /** Compares everything that the round has left. */
    public boolean run() {
        return run(Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * The same for so long at the most, but one range at the least; no longer than until the validator stops.
     *
     * @return whether the round has ended
     */
    public boolean run(Duration most) {
        try {
            store.remember(progress);
            return compare(System.nanoTime(), most.toNanos());
        } catch (LiteferryException e) {
            if (e.code() != ErrorCode.TARGET_UNREACHABLE) {
                // Whoever cannot be reached comes back as it was; what cannot be read may be anything.
                progress.startOver();
                store.startOver();
            }
            throw e;
        } finally {
            progress.idle();
        }
    }

    private boolean compare(long began, long most) {
        long round = round();
        Deque<TableTurn> turns = new ArrayDeque<>();
        plan.tables().stream()
                .filter(t -> progress.number(t.source()) < round)
                .forEach(t -> turns.add(begin(t, round, false)));
        keptAt = System.nanoTime();
        long left = turns.size();
        boolean time = true;
        while (left > 0 && !pace.stopping() && time) {
            TableTurn turn = turns.removeFirst();
            boolean ended = turn.take();
            if (!ended || pace.stopping()) {
                turns.addLast(turn);
            } else {
                turn.end(standing());
                left -= turn.again() ? 0 : 1;
            }
            if (System.nanoTime() - keptAt >= KEEP_NANOS) {
                keep(turns);
                turns.addAll(again(turns, round));
            }
            time = System.nanoTime() - began < most;
        }
        keep(turns);
        return left == 0;
    }

    /** The round that some tables have still to be compared in, or the next. */
    private long round() {
        List<Long> numbers =
                plan.tables().stream().map(t -> progress.number(t.source())).toList();
        long last = numbers.stream().mapToLong(n -> n).max().orElse(0);
        boolean ended = numbers.stream().allMatch(n -> n == last);
        return ended ? last + 1 : last;
    }

    /** Tables that are done in this round and get old before it ends. */
    private List<TableTurn> again(Deque<TableTurn> turns, long round) {
        List<TableTurn> again = new ArrayList<>();
        for (TablePlan table : plan.tables()) {
            boolean done = turns.stream().noneMatch(t -> t.isOf(table));
            boolean aged = progress.last(table.source())
                    .filter(r -> r.ended().plus(old).isBefore(clock.instant()))
                    .isPresent();
            if (done && aged) {
                again.add(begin(table, round, true));
            }
        }
        return again;
    }

    private TableTurn begin(TablePlan table, long round, boolean again) {
        TableTurn.Parts parts = new TableTurn.Parts(plan, sides, store, progress, metrics, pace, clock);
        return TableTurn.begin(parts, table, round, standing(), again);
    }

    private void keep(Deque<TableTurn> turns) {
        turns.forEach(TableTurn::keep);
        keptAt = System.nanoTime();
    }

    private Optional<Comparison.Standing> standing() {
        try {
            return Optional.of(sides.standing());
        } catch (NotComparableException e) {
            return Optional.empty();
        }
    }
}
