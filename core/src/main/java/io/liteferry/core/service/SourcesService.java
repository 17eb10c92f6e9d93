package io.liteferry.core.service;

import io.liteferry.core.plan.Plan;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service that does its work for each source by itself. One source that cannot go on leaves the others running; {@code
 * /readyz} says which.
 */
public abstract class SourcesService implements Service {
    private final String name;
    private final Plan plan;
    private final String addressOption;
    private final ServiceHealth health = new ServiceHealth();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<? extends Worker> workers;
    private @Nullable AdminServer admin;

    /** What works for one source, in a thread of its own. */
    public interface Worker {
        void start();

        /** Why it has ended by itself, or null. */
        @Nullable
        Throwable failure();

        /** Asks it to stop; {@link #join} waits for it. */
        void stop();

        void join();
    }

    /** Makes the worker of one source. */
    @FunctionalInterface
    protected interface Workers {
        Worker of(Plan source, ServiceHealth health, PrometheusMeterRegistry registry);
    }

    /**
     * @param addressOption names the option with the address of the admin endpoints
     * @param workers called once a source, with the health of the whole service
     */
    protected SourcesService(String name, Plan plan, String addressOption, Workers workers) {
        this.name = name;
        this.plan = plan;
        this.addressOption = addressOption;
        this.workers = plan.perSource().stream()
                .map(source -> workers.of(source, health, registry))
                .toList();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void start() {
        admin = new AdminServer(plan.options().string(addressOption), health, registry);
        workers.forEach(Worker::start);
    }

    @Override
    public final ServiceHealth health() {
        return health;
    }

    /** The service has ended when no source is left. */
    @Override
    public final @Nullable Throwable failure() {
        Throwable last = null;
        for (Worker worker : workers) {
            last = worker.failure();
            if (last == null) {
                return null;
            }
        }
        return last;
    }

    @Override
    public final String adminAddress() {
        AdminServer server = admin;
        return server == null ? plan.options().string(addressOption) : server.address();
    }

    @Override
    public final void close() {
        workers.forEach(Worker::stop);
        workers.forEach(Worker::join);
        AdminServer server = admin;
        if (server != null) {
            server.close();
        }
    }
}
