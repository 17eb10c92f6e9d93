package io.liteferry.validator;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.validator.compare.Pace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validator: for each source five kinds of work. Passes compare everything; changed keys are
 * compared soon after they were applied; open mismatches are looked at again each
 * second; the lag is measured; the verdict is made. Of many sources the lag and the verdict have threads of their own,
 * the others are taken in turn.
 */
public final class ValidatorService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(ValidatorService.class);
    private static final String PASSES = "passes";
    private static final String CHANGES = "changes";
    private static final String MISMATCHES = "mismatches";
    /** One huge source does not keep the others from being compared. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(2);

    private static final long STOP_MILLIS = 20_000;

    private final Plan plan;
    private final Pace pace;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ServiceHealth health = new ServiceHealth();
    private final List<SourceValidator> sources = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable AdminServer admin;
    private @Nullable ValidationTopic topic;
    private volatile @Nullable Throwable failure;

    public ValidatorService(Plan plan, Clock clock) {
        this.plan = plan;
        this.pace = new Pace(plan.options().number(Options.VALIDATION_MAX_ROWS_PER_SECOND));
        LongAdder turnsMissed = new LongAdder();
        FunctionCounter.builder("liteferry.validation.turns.missed", turnsMissed, LongAdder::sum)
                .description("Reads that did not wait for capture's: the WAL may not be reset meanwhile.")
                .register(registry);
        Duration turn = plan.several() ? LONGEST_TURN : Duration.ofNanos(Long.MAX_VALUE);
        for (Plan source : plan.perSource()) {
            ServiceHealth own = health.of(source, PASSES, CHANGES, MISMATCHES, "lag", "verdict");
            sources.add(new SourceValidator(source, clock, pace, turn, own, registry, turnsMissed));
        }
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
        ServiceHealth all = sources.size() == 1 ? sources.get(0).health() : health;
        start(PASSES, shared(PASSES, SourceValidator::passes), all);
        start(CHANGES, shared(CHANGES, SourceValidator::changes), all);
        start(MISMATCHES, shared(MISMATCHES, SourceValidator::mismatches), all);
        for (SourceValidator source : sources) {
            start("lag", source::lag, source.health());
            start("verdict", () -> source.verdicts(verdicts), source.health());
        }
    }

    /** A single source keeps its connections open; many would need more than a server has. */
    private Supplier<Loop.Work> shared(String check, Function<SourceValidator, Loop.Work> open) {
        return sources.size() == 1 ? () -> open.apply(sources.get(0)) : () -> new Turns(sources, check, open);
    }

    private void start(String check, Supplier<Loop.Work> work, ServiceHealth where) {
        threads.add(new Loop(check, work, pace, where).start(this::failed));
    }

    private void failed(Throwable why) {
        failure = why;
        pace.stop();
        LOG.error("the validator has ended", why);
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
        AdminServer a = admin;
        return a == null ? plan.options().string(Options.VALIDATOR_ADMIN_ADDRESS) : a.address();
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
