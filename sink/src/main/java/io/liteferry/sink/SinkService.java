package io.liteferry.sink;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.write.SpoolLostException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sink as a service: one thread that reads the topics of one source and applies whole batches to PostgreSQL. */
public final class SinkService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(SinkService.class);
    private static final long STOP_SECONDS = 10;

    private final Plan plan;
    private final Clock clock;
    private final ServiceHealth health = new ServiceHealth("kafka", "postgres", "stream");
    private final SinkMetrics metrics = new SinkMetrics();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable AdminServer admin;
    private volatile @Nullable SinkRun run;
    private volatile @Nullable Throwable failure;

    public SinkService(Plan plan, Clock clock) {
        this.plan = plan;
        this.clock = clock;
        thread = new Thread(this::work, "sink-" + plan.name());
    }

    @Override
    public String name() {
        return "sink";
    }

    @Override
    public void start() {
        admin = new AdminServer(plan.options().string(Options.SINK_ADMIN_ADDRESS), health, metrics.registry());
        thread.start();
    }

    private void work() {
        KafkaClients kafka = KafkaClients.of(plan.options());
        try {
            while (stopping.getCount() > 0) {
                try (SinkRun current = new SinkRun(plan, clock, kafka, metrics, health, stopping)) {
                    run = current;
                    current.run();
                } catch (SpoolLostException e) {
                    LOG.warn(
                            "reading again from the applied position source={} reason={}", plan.name(), e.getMessage());
                }
            }
        } catch (RuntimeException | Error e) {
            if (stopping.getCount() == 0 && !(e instanceof Error)) {
                LOG.info("sink stopped in the middle of its work source={} reason={}", plan.name(), e.toString());
                return;
            }
            failure = e;
            health.failing("stream", String.valueOf(e.getMessage()));
            if (e instanceof LiteferryException) {
                LOG.error("sink ended source={} error={}", plan.name(), e.getMessage());
            } else {
                LOG.error("sink ended source={}", plan.name(), e);
            }
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
        String configured = plan.options().string(Options.SINK_ADMIN_ADDRESS);
        AdminServer server = admin;
        return server == null ? configured : configured.substring(0, configured.lastIndexOf(':') + 1) + server.port();
    }

    @Override
    public void close() {
        stopping.countDown();
        SinkRun current = run;
        if (current != null) {
            current.wakeUp();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            if (thread.isAlive() && current != null) {
                current.abort(); // a long statement: it rolls back, and the position stays where it was
                thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        AdminServer server = admin;
        if (server != null) {
            server.close();
        }
    }
}
