package io.liteferry.validator;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.follow.Follower;
import io.liteferry.validator.lag.LagProbe;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.FullPass;
import io.liteferry.validator.pass.OpenMismatches;
import io.liteferry.validator.pass.Progress;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.ValidationMetrics;
import io.liteferry.validator.verdict.VerdictWatch;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What the validator does for one source: five kinds of work that share nothing but what they have found. */
final class SourceValidator {
    private static final long MISMATCHES_MILLIS = 1_000;
    private static final long CHANGES_MILLIS = 100;
    private static final long REST_LOOK_MILLIS = 500;
    private static final long VERDICT_MILLIS = 250;
    private static final long SHORTEST_LAG_WINDOW_MILLIS = 5_000;

    private final Plan plan;
    private final Clock clock;
    private final Pace pace;
    private final ServiceHealth health;
    private final SqliteFile file;
    private final PgConnections connections;
    private final Progress progress = new Progress();
    private final LongAdder turnsMissed;
    private final LagWindow lag;
    private final ValidationMetrics metrics;
    private final Duration longest;
    private final Moments moments = new Moments();
    private final Rest rest;

    /**
     * @param plan of this source alone
     * @param health of this source
     * @param longest that a step of the passes may last: other sources wait for it
     * @param turnsMissed counts reads of the source that did not wait for capture's
     */
    SourceValidator(
            Plan plan,
            Clock clock,
            Pace pace,
            Duration longest,
            ServiceHealth health,
            MeterRegistry registry,
            LongAdder turnsMissed) {
        Options o = plan.options();
        this.plan = plan;
        this.clock = clock;
        this.pace = pace;
        this.longest = longest;
        this.health = health;
        this.turnsMissed = turnsMissed;
        this.file = new SqliteFile(o.path(Options.DATABASE_FILE_PATH));
        this.connections = PgConnections.of(o);
        this.rest = new Rest(o);
        this.lag = new LagWindow(
                TimeUnit.MILLISECONDS.toNanos(
                        Math.max(SHORTEST_LAG_WINDOW_MILLIS, o.number(Options.VALIDATION_READY_STABLE_MS))),
                TimeUnit.MILLISECONDS.toNanos(LagProbe.INTERVAL_MILLIS));
        this.metrics = new ValidationMetrics(registry, plan, progress);
    }

    String name() {
        return plan.source();
    }

    ServiceHealth health() {
        return health;
    }

    private Comparison comparison() {
        return new Comparison(plan, turnsMissed);
    }

    private ResultStore store() {
        return new ResultStore(connections, plan.source());
    }

    private ResultStore store(Comparison alreadyOpen) {
        try {
            return store();
        } catch (RuntimeException e) {
            alreadyOpen.close();
            throw e;
        }
    }

    /** Full passes: one a step where the source has a thread of its own, else as much of one as a turn may last. */
    Loop.Work passes() {
        progress.remember(this::store);
        return new Passes();
    }

    /** Compares changed keys soon after they were applied, one stretch of the log a step. */
    Loop.Work changes() {
        progress.remember(this::store);
        return new Changes();
    }

    /** Looks at the open mismatches again. */
    Loop.Work mismatches() {
        progress.remember(this::store);
        return new Mismatches();
    }

    /** Measures the lag, one sample a step. */
    Loop.Work lag() {
        return new Lag();
    }

    /** The verdict of every moment. */
    Loop.Work verdicts(ValidationTopic topic) {
        progress.remember(this::store);
        return new Verdicts(topic);
    }

    /** Both sides and the results, open. */
    private abstract class Compared implements Loop.Work {
        final Comparison sides = comparison();
        final ResultStore store = store(sides);

        @Override
        public void close() {
            try (Comparison c = sides;
                    ResultStore s = store) {
                // both are closed, whichever fails
            }
        }
    }

    private final class Passes extends Compared {
        @Override
        public long step() {
            if (rest.now()) {
                return REST_LOOK_MILLIS;
            }
            long began = System.nanoTime();
            boolean ended = new FullPass(plan, sides, store, progress, metrics, pace, clock).run(longest);
            rest.after(System.nanoTime() - began, ended);
            return ended ? plan.options().number(Options.VALIDATION_PASS_INTERVAL_MS) : 0;
        }
    }

    private final class Changes extends Compared {
        private final Follower follower =
                new Follower(plan, sides, store, moments, this::found, metrics::unverified, pace.another(), clock);

        private void found(String table, List<Finding> findings) {
            progress.startOver(table);
            store.found(table, findings, clock.instant());
        }

        @Override
        public long step() {
            return follower.step() ? 0 : CHANGES_MILLIS;
        }
    }

    private final class Mismatches extends Compared {
        @Override
        public long step() {
            new OpenMismatches(plan, sides, store, clock).look();
            return MISMATCHES_MILLIS;
        }
    }

    private final class Lag implements Loop.Work {
        private final LagProbe probe = new LagProbe(file, connections, plan.source(), lag, pace);

        @Override
        public long step() {
            probe.sample();
            return 0;
        }

        @Override
        public void close() {
            probe.close();
        }
    }

    private final class Verdicts implements Loop.Work {
        private final VerdictWatch watch;

        Verdicts(ValidationTopic topic) {
            this.watch =
                    new VerdictWatch(plan, progress, lag, metrics, clock, document -> topic.publish(plan, document));
        }

        @Override
        public long step() {
            rest.verdict(watch.look());
            return VERDICT_MILLIS;
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
