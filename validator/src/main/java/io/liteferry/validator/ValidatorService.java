package io.liteferry.validator;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.lag.LagProbe;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.FullPass;
import io.liteferry.validator.pass.OpenMismatches;
import io.liteferry.validator.pass.Progress;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.ValidationMetrics;
import io.liteferry.validator.verdict.VerdictWatch;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validator: four threads that share nothing but what they have found. Passes compare everything; open mismatches are
 * looked at again each second; the lag is measured; the verdict is made.
 */
public final class ValidatorService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(ValidatorService.class);
    private static final long MISMATCHES_MILLIS = 1_000;
    private static final long VERDICT_MILLIS = 250;
    private static final long SHORTEST_LAG_WINDOW_MILLIS = 5_000;
    private static final long STOP_MILLIS = 20_000;

    private final Plan plan;
    private final Clock clock;
    private final SqliteFile file;
    private final PgConnections connections;
    private final Pace pace;
    private final Progress progress = new Progress();
    private final LagWindow lag;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ValidationMetrics metrics;
    private final LongAdder turnsMissed = new LongAdder();
    private final ServiceHealth health = new ServiceHealth("passes", "mismatches", "lag", "verdict");
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable AdminServer admin;
    private @Nullable ValidationTopic topic;
    private volatile @Nullable Throwable failure;

    public ValidatorService(Plan plan, Clock clock) {
        Options o = plan.options();
        this.plan = plan;
        this.clock = clock;
        this.file = new SqliteFile(o.path(Options.DATABASE_FILE_PATH));
        this.connections = PgConnections.of(o);
        this.pace = new Pace(o.number(Options.VALIDATION_MAX_ROWS_PER_SECOND));
        this.lag = new LagWindow(
                TimeUnit.MILLISECONDS.toNanos(
                        Math.max(SHORTEST_LAG_WINDOW_MILLIS, o.number(Options.VALIDATION_READY_STABLE_MS))),
                TimeUnit.MILLISECONDS.toNanos(LagProbe.INTERVAL_MILLIS));
        FunctionCounter.builder("liteferry.validation.turns.missed", turnsMissed, LongAdder::sum)
                .description("Reads that did not wait for capture's: the WAL may not be reset meanwhile.")
                .register(registry);
        this.metrics = new ValidationMetrics(registry, plan, progress);
    }

    @Override
    public String name() {
        return "validator";
    }

    @Override
    public void start() {
        admin = new AdminServer(plan.options().string(Options.VALIDATOR_ADMIN_ADDRESS), health, registry);
        ValidationTopic verdicts = new ValidationTopic(plan);
        topic = verdicts;
        threads.add(new Loop("passes", Passes::new, pace, health).start(this::failed));
        threads.add(new Loop("mismatches", Mismatches::new, pace, health).start(this::failed));
        threads.add(new Loop("lag", Lag::new, pace, health).start(this::failed));
        threads.add(new Loop("verdict", () -> new Verdicts(verdicts), pace, health).start(this::failed));
    }

    private void failed(Throwable why) {
        failure = why;
        pace.stop();
        LOG.error("the validator has ended", why);
    }

    private Comparison comparison() {
        Options o = plan.options();
        return new Comparison(
                connections,
                file,
                plan.source(),
                o.string(Options.TARGET_SCHEMA),
                o.number(Options.READ_TRANSACTION_MAX_MS),
                turnsMissed);
    }

    private ResultStore store(Comparison alreadyOpen) {
        try {
            return new ResultStore(connections, plan.source());
        } catch (RuntimeException e) {
            alreadyOpen.close();
            throw e;
        }
    }

    /** Full passes, for ever. */
    private final class Passes implements Loop.Work {
        private final Comparison sides = comparison();
        private final ResultStore store = store(sides);

        @Override
        public long step() {
            new FullPass(plan, sides, store, progress, metrics, pace, clock).run();
            return plan.options().number(Options.VALIDATION_PASS_INTERVAL_MS);
        }

        @Override
        public void close() {
            try (Comparison c = sides;
                    ResultStore s = store) {
                // both are closed, whichever fails
            }
        }
    }

    /** Open mismatches, between the passes. */
    private final class Mismatches implements Loop.Work {
        private final Comparison sides = comparison();
        private final ResultStore store = store(sides);

        @Override
        public long step() {
            new OpenMismatches(plan, sides, store, clock).look();
            return MISMATCHES_MILLIS;
        }

        @Override
        public void close() {
            try (Comparison c = sides;
                    ResultStore s = store) {
                // both are closed, whichever fails
            }
        }
    }

    /** One sample of the lag after the other. */
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

    /** The verdict of every moment. */
    private final class Verdicts implements Loop.Work {
        private final VerdictWatch watch;

        Verdicts(ValidationTopic topic) {
            this.watch =
                    new VerdictWatch(plan, progress, lag, metrics, clock, document -> topic.publish(plan, document));
        }

        @Override
        public long step() {
            watch.look();
            return VERDICT_MILLIS;
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    @Override
    public ServiceHealth health() {
        return health;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public String adminAddress() {
        String asked = plan.options().string(Options.VALIDATOR_ADMIN_ADDRESS);
        AdminServer a = admin;
        return a == null ? asked : asked.substring(0, asked.lastIndexOf(':') + 1) + a.port();
    }

    @Override
    public void close() {
        pace.stop();
        for (Thread t : threads) {
            try {
                t.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        threads.clear();
        ValidationTopic verdicts = topic;
        if (verdicts != null) {
            verdicts.close();
            topic = null;
        }
        AdminServer a = admin;
        if (a != null) {
            a.close();
            admin = null;
        }
    }
}
