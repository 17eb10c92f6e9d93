package io.liteferry.sink;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.stream.ConsumedStream;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sink as a service: for each source a thread that reads its topics and applies whole batches to PostgreSQL. One that
 * cannot go on leaves the others running; {@code /readyz} says which.
 */
public final class SinkService implements Service {
    private final Plan plan;
    private final ServiceHealth health = new ServiceHealth();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<SourceSink> sinks = new ArrayList<>();
    private @Nullable AdminServer admin;

    public SinkService(Plan plan, Clock clock) {
        this.plan = plan;
        for (Plan source : plan.perSource()) {
            ServiceHealth own = health.of(source, "kafka", "postgres", "stream");
            sinks.add(new SourceSink(
                    source, clock, new SinkMetrics(source, registry), own, () -> new ConsumedStream(source)));
        }
    }

    @Override
    public String name() {
        return "sink";
    }

    @Override
    public void start() {
        admin = new AdminServer(plan.options().string(Options.SINK_ADMIN_ADDRESS), health, registry);
        sinks.forEach(SourceSink::start);
    }

    @Override
    public ServiceHealth health() {
        return health;
    }

    /** The service has ended when no source is left. */
    @Override
    public @Nullable Throwable failure() {
        Throwable last = null;
        for (SourceSink sink : sinks) {
            last = sink.failure();
            if (last == null) {
                return null;
            }
        }
        return last;
    }

    @Override
    public String adminAddress() {
        AdminServer server = admin;
        return server == null ? plan.options().string(Options.SINK_ADMIN_ADDRESS) : server.address();
    }

    @Override
    public void close() {
        sinks.forEach(SourceSink::stop);
        sinks.forEach(SourceSink::join);
        AdminServer server = admin;
        if (server != null) {
            server.close();
        }
    }
}
