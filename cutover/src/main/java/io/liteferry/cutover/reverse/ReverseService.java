package io.liteferry.cutover.reverse;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reverse feed as a service: for each source a thread that rests until the switch, then carries what the application
 * writes to PostgreSQL back to SQLite, until a rollback lets it rest again. One that cannot go on leaves the others running.
 */
public final class ReverseService implements Service {
    private final Plan plan;
    private final ServiceHealth health = new ServiceHealth();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<SourceReverse> sources = new ArrayList<>();
    private @Nullable AdminServer admin;

    public ReverseService(Plan plan, Clock clock) {
        this.plan = plan;
        for (Plan source : plan.perSource()) {
            ServiceHealth own = health.of(source, SourceReverse.FEED);
            sources.add(new SourceReverse(source, clock, own, new ReverseMetrics(source, registry)));
        }
    }

    @Override
    public String name() {
        return "reverse";
    }

    @Override
    public void start() {
        admin = new AdminServer(plan.options().string(Options.REVERSE_ADMIN_ADDRESS), health, registry);
        sources.forEach(SourceReverse::start);
    }

    @Override
    public ServiceHealth health() {
        return health;
    }

    /** The service has ended when no source is left. */
    @Override
    public @Nullable Throwable failure() {
        Throwable last = null;
        for (SourceReverse source : sources) {
            last = source.failure();
            if (last == null) {
                return null;
            }
        }
        return last;
    }

    @Override
    public String adminAddress() {
        AdminServer server = admin;
        return server == null ? plan.options().string(Options.REVERSE_ADMIN_ADDRESS) : server.address();
    }

    @Override
    public void close() {
        sources.forEach(SourceReverse::stop);
        sources.forEach(SourceReverse::join);
        AdminServer server = admin;
        if (server != null) {
            server.close();
        }
    }
}
