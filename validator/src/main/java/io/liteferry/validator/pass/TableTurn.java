package io.liteferry.validator.pass;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.Place;
import io.liteferry.validator.compare.TablePass;
import io.liteferry.validator.compare.TableTally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One table in a round: a pass that is made range by range, written down on its way, and gone on with after a restart. */
final class TableTurn {
    private static final Logger LOG = LoggerFactory.getLogger(TableTurn.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Parts parts;
    private final TablePlan table;
    private final PassStart start;
    private final Optional<String> era;
    private final boolean again;
    private final TablePass pass;

    /** What the passes over all tables of a source share. */
    record Parts(
            Plan plan,
            Comparison sides,
            ResultStore store,
            Progress progress,
            ValidationMetrics metrics,
            Pace pace,
            Clock clock) {}

    private TableTurn(
            Parts parts,
            TablePlan table,
            Plan now,
            PassStart start,
            Optional<String> era,
            boolean again,
            Optional<Place> from) {
        this.parts = parts;
        this.table = table;
        this.start = start;
        this.era = era;
        this.again = again;
        String name = table.source();
        parts.progress().begun(name, from.map(Place::sourceRows).orElse(0L));
        this.pass = new TablePass(
                parts.sides(),
                now.table(name).orElse(table),
                parts.plan().options().integer(Options.VALIDATION_RANGE_ROWS),
                parts.pace(),
                PATIENCE,
                listener(name),
                from);
    }

    private TablePass.Listener listener(String name) {
        return new TablePass.Listener() {
            @Override
            public void found(List<Finding> findings) {
                parts.progress().startOver(name);
                parts.store().found(name, findings, parts.clock().instant());
            }

            @Override
            public void progress(long rows, long pending) {
                parts.progress().running(name, rows, pending);
            }
        };
    }

    /**
     * Goes on with the pass that was left, where what it has compared still counts; else begins.
     *
     * @param table as it was planned at first
     * @param now the plan with what has happened to the columns since
     * @param standing where both sides are now; empty where that cannot be told
     * @param again whether the table has been compared in this round already
     */
    static TableTurn begin(
            Parts parts, TablePlan table, Plan now, long round, Optional<Comparison.Standing> standing, boolean again) {
        Optional<String> era = standing.flatMap(s -> s.era(table));
        Optional<Underway> left = parts.store().underway(table.source());
        Optional<String> lost = left.flatMap(u -> whyLost(parts, u, round, era));
        if (left.isPresent()) {
            // Of many sources each goes on in each of its turns; only the first tells of a restart.
            boolean turn =
                    lost.isEmpty() && parts.progress().running(table.source()).rows() > 0;
            LOG.atLevel(turn ? Level.DEBUG : Level.INFO)
                    .addKeyValue("source", parts.plan().source())
                    .addKeyValue("table", table.source())
                    .addKeyValue("pass", left.get().number())
                    .addKeyValue("rows", left.get().place().sourceRows())
                    .addKeyValue("why", lost.orElse(""))
                    .log(lost.isPresent() ? "the pass over the table begins anew" : "the pass over the table goes on");
        }
        if (left.isPresent() && lost.isEmpty()) {
            return new TableTurn(parts, table, now, left.get().start(), era, again, left.map(Underway::place));
        }
        PassStart start = new PassStart(
                round,
                parts.clock().instant(),
                standing.filter(s -> era.isPresent()).map(Comparison.Standing::position));
        return new TableTurn(parts, table, now, start, era, again, Optional.empty());
    }

    /** Why the part of a pass that was made does not count; empty where it does: the log covers what changed since. */
    private static Optional<String> whyLost(Parts parts, Underway left, long round, Optional<String> era) {
        Duration limit = Duration.ofMillis(parts.plan().options().number(Options.VALIDATION_READY_MAX_AGE_MS));
        if (left.number() != round) {
            return Optional.of("it was left in another round");
        }
        if (!era.equals(Optional.of(left.era()))) {
            return Optional.of("schema, plan, snapshot or direction of the table was another");
        }
        if (Instant.parse(left.keptAt()).plus(limit).isBefore(parts.clock().instant())) {
            return Optional.of("it was left too long ago");
        }
        return parts.store()
                .verified()
                .filter(v -> !v.continues(left.from()))
                .map(v -> "changed keys are counted from row " + v.since() + " only, it began at "
                        + left.from().seq());
    }

    boolean isOf(TablePlan other) {
        return table.source().equals(other.source());
    }

    boolean again() {
        return again;
    }

    /** Compares the next range; true where the pass has ended. */
    boolean take() {
        return pass.step();
    }

    /** Writes down where the pass is. A table that was not complete when it began, or nothing is applied to, has no place. */
    void keep() {
        pass.place()
                .ifPresent(place -> era.ifPresent(e -> start.from()
                        .ifPresent(from -> parts.store()
                                .keep(
                                        table.source(),
                                        new Underway(
                                                start.number(),
                                                start.at().toString(),
                                                parts.clock().instant().toString(),
                                                from,
                                                e,
                                                place)))));
    }

    /** @param standing where both sides are now: a table that was copied again behind the pass was not compared by it */
    void end(Optional<Comparison.Standing> standing) {
        String name = table.source();
        TableTally tally = pass.tally();
        Optional<String> same =
                era.filter(e -> standing.flatMap(s -> s.era(table)).equals(Optional.of(e)));
        PassResult result = new PassResult(start, parts.clock().instant(), same, tally);
        parts.store().save(name, result, parts.progress().ended(name, result));
        parts.metrics().tallied(name, tally, result.ended());
    }
}
