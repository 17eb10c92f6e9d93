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
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Full passes over all tables, in rounds. The tables of a round take turns, a range each, so that none waits for the end
 * of another; one that gets old while the round goes on is compared again within it. A round that was left is gone on with
 * where it was.
 */
public final class FullPass {
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TableTurn.Parts parts;
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
        this.parts = new TableTurn.Parts(plan, sides, store, progress, metrics, pace, clock);
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
            return compare(System.nanoTime(), most.toNanos());
        } catch (LiteferryException e) {
            if (e.code() != ErrorCode.TARGET_UNREACHABLE) {
                // Whoever cannot be reached comes back as it was; what cannot be read may be anything.
                parts.progress().startOver();
                parts.store().startOver();
            }
            throw e;
        } finally {
            parts.progress().idle();
        }
    }

    private boolean compare(long began, long most) {
        long round = round();
        Deque<TableTurn> turns =
                new ArrayDeque<>(begin(t -> parts.progress().number(t.source()) < round, round, false));
        keptAt = System.nanoTime();
        long left = turns.size();
        boolean time = true;
        while (left > 0 && !parts.pace().stopping() && time) {
            TableTurn turn = turns.removeFirst();
            boolean ended = turn.take();
            if (!ended || parts.pace().stopping()) {
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
        List<Long> numbers = parts.plan().tables().stream()
                .map(t -> parts.progress().number(t.source()))
                .toList();
        long last = numbers.stream().mapToLong(n -> n).max().orElse(0);
        boolean ended = numbers.stream().allMatch(n -> n == last);
        return ended ? last + 1 : last;
    }

    /** Tables that are done in this round and get old before it ends. */
    private List<TableTurn> again(Deque<TableTurn> turns, long round) {
        Predicate<TablePlan> done = table -> turns.stream().noneMatch(t -> t.isOf(table));
        Predicate<TablePlan> aged = table -> parts.progress()
                .last(table.source())
                .filter(r -> r.ended().plus(old).isBefore(parts.clock().instant()))
                .isPresent();
        return begin(done.and(aged), round, true);
    }

    private List<TableTurn> begin(Predicate<TablePlan> which, long round, boolean again) {
        List<TablePlan> tables = parts.plan().tables().stream().filter(which).toList();
        if (tables.isEmpty()) {
            return List.of();
        }
        Optional<Comparison.Standing> standing = standing();
        Plan now = parts.sides().now(parts.plan());
        return tables.stream()
                .map(t -> TableTurn.begin(parts, t, now, round, standing, again))
                .toList();
    }

    private void keep(Deque<TableTurn> turns) {
        turns.forEach(TableTurn::keep);
        keptAt = System.nanoTime();
    }

    private Optional<Comparison.Standing> standing() {
        try {
            return Optional.of(parts.sides().standing());
        } catch (NotComparableException e) {
            return Optional.empty();
        }
    }
}
