package io.liteferry.capture;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.liteferry.capture.connector.CaptureEvents;
import io.liteferry.capture.connector.LiteferrySourceConnector;
import io.liteferry.capture.connector.TaskContext;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.AdminServer;
import io.liteferry.core.service.Service;
import io.liteferry.core.service.ServiceHealth;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Capture as a process of its own: the source connector in Debezium's embedded engine, with a producer of ours. Where it
 * goes on after a stop is what the sink has applied, so nothing is lost by ending it in any way.
 */
public final class CaptureService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureService.class);
    private static final long START_SECONDS = 90;
    private static final Duration STOP = Duration.ofSeconds(25);

    private final Plan plan;
    private final Clock clock;
    private final ServiceHealth health = new ServiceHealth("kafka");
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CountDownLatch startedOrEnded = new CountDownLatch(1);
    private final Set<String> opening = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closing;
    private @Nullable Running running;

    /** What exists between start and close. */
    private record Running(
            AdminServer admin,
            String token,
            Producer<byte[], byte[]> producer,
            DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine,
            Thread thread) {}

    public CaptureService(Plan plan, Clock clock) {
        this.plan = plan;
        this.clock = clock;
        plan.sources().forEach(s -> opening.add(s.name()));
    }

    @Override
    public String name() {
        return "capture";
    }

    @Override
    public synchronized void start() {
        AdminServer admin = new AdminServer(plan.options().string(Options.CAPTURE_ADMIN_ADDRESS), health, registry);
        String token = new TaskContext(plan, clock, TaskContext.Host.ENGINE, events()).handOver();
        Producer<byte[], byte[]> producer =
                KafkaClients.of(plan.options()).producer("liteferry-capture-" + plan.name());
        DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine = DebeziumEngine.create(Connect.class)
                .using(settings(token))
                .using((success, message, error) -> ended(success, message, error))
                .notifying(new KafkaSender(producer, RecordBytes.of(plan.options()), () -> health.ok("kafka")))
                .build();
        Thread thread = new Thread(engine, "capture-engine");
        running = new Running(admin, token, producer, engine, thread);
        thread.start();
        awaitStart();
    }

    private void awaitStart() {
        boolean inTime;
        try {
            inTime = startedOrEnded.await(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            inTime = false;
        }
        Throwable why = failure.get();
        if (why == null && !inTime) {
            why = new LiteferryException(
                    ErrorCode.TIMED_OUT,
                    "Starting capture of " + plan.name() + ": not running after " + START_SECONDS
                            + " s. Check that the brokers and the database answer.");
        }
        if (why != null) {
            close();
            throw why instanceof LiteferryException known ? known : unexpected(why);
        }
        LOG.info("Capture runs source={} admin={}", plan.name(), adminAddress());
    }

    private Properties settings(String token) {
        Properties p = new Properties();
        p.setProperty("name", plan.name());
        p.setProperty("connector.class", LiteferrySourceConnector.class.getName());
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        // One list at a time, in order: more threads only cost.
        p.setProperty("record.processing.threads", "1");
        p.setProperty("errors.max.retries", "0");
        p.setProperty(TaskContext.TOKEN, token);
        return p;
    }

    private CaptureEvents events() {
        Map<String, CaptureEvents> bySource = new HashMap<>();
        for (Plan source : plan.perSource()) {
            bySource.put(
                    source.source(),
                    new SourceEvents(
                            source,
                            new CaptureMetrics(source, clock, registry),
                            health,
                            () -> settled(source),
                            why -> lost(source, why)));
        }
        return new CaptureEvents() {
            @Override
            public CaptureEvents of(Plan source) {
                return bySource.getOrDefault(source.source(), IGNORED);
            }
        };
    }

    /** A source that cannot be read stops alone; the only one takes the service with it. */
    private void lost(Plan source, Throwable why) {
        if (plan.sources().size() == 1) {
            fail(why);
        }
        settled(source);
    }

    private void settled(Plan source) {
        opening.remove(source.source());
        if (opening.isEmpty()) {
            health.ok("kafka");
            startedOrEnded.countDown();
        }
    }

    private void ended(boolean success, @Nullable String message, @Nullable Throwable error) {
        if (!success || error != null) {
            fail(error == null ? new IllegalStateException(message) : error);
        } else if (!closing) {
            fail(new IllegalStateException("the engine ended: " + message));
        }
        startedOrEnded.countDown();
    }

    /** The first failure counts, and is logged once. */
    private void failOnce(Throwable reason) {
        if (!closing && failure.compareAndSet(null, reason)) {
            LOG.error("Capture has ended source={}", plan.name(), reason);
        }
    }

    private void fail(Throwable reason) {
        Throwable known = reason;
        for (Throwable t = reason; t != null; t = t.getCause()) {
            known = t instanceof LiteferryException ? t : known;
        }
        failOnce(known);
        health.failing(String.valueOf(known.getMessage()));
    }

    private LiteferryException unexpected(Throwable why) {
        return new LiteferryException(
                ErrorCode.SERVICE_FAILED,
                "Starting capture of " + plan.name() + ": " + why + ". See the log of the service.",
                why);
    }

    @Override
    public ServiceHealth health() {
        return health;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure.get();
    }

    @Override
    public synchronized String adminAddress() {
        return running == null
                ? plan.options().string(Options.CAPTURE_ADMIN_ADDRESS)
                : running.admin().address();
    }

    @Override
    public void close() {
        closing = true;
        Running r;
        synchronized (this) {
            r = running;
            running = null;
        }
        if (r == null) {
            return;
        }
        try {
            EngineStop.stop(r.engine(), r.thread(), STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        TaskContext.withdraw(r.token());
        r.producer().close(Duration.ofSeconds(2));
        r.admin().close();
        health.failing("stopped");
        LOG.info("Capture stopped source={}", plan.name());
    }
}
