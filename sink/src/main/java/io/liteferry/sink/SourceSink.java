package io.liteferry.sink;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.core.service.SourcesService;
import io.liteferry.sink.stream.RecordStream;
import io.liteferry.sink.write.RefusedRecords;
import io.liteferry.sink.write.SpoolLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink of one source: a thread with a connection, a generation and a position of its own, for the service and for
 * Kafka Connect alike.
 */
public final class SourceSink implements SourcesService.Worker {
    private static final Logger LOG = LoggerFactory.getLogger(SourceSink.class);
    private static final long STOP_SECONDS = 10;
    /** How often a sink that idles looks whether it may go on. */
    private static final long LOOK_MILLIS = 500;

    private final Plan plan;
    private final Clock clock;
    private final SinkEvents events;
    private final ServiceHealth health;
    private final Supplier<RecordStream> streams;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable SinkRun run;
    private volatile @Nullable Throwable failure;

    /**
     * @param plan of this source alone
     * @param streams gives where a run reads from; the run closes it
     */
    public SourceSink(Plan plan, Clock clock, SinkEvents events, ServiceHealth health, Supplier<RecordStream> streams) {
        this.plan = plan;
        this.clock = clock;
        this.events = events;
        this.health = health;
        this.streams = streams;
        thread = new Thread(this::work, "sink-" + plan.source());
    }

    @Override
    public void start() {
        thread.start();
    }

    private void work() {
        AppliedStore store = new AppliedStore(plan.source());
        RefusedRecords refused = new RefusedRecords();
        try {
            while (stopping.getCount() > 0) {
                try (SinkRun current =
                        new SinkRun(plan, store, refused, clock, events, health, streams.get(), stopping)) {
                    run = current;
                    current.run();
                } catch (SpoolLostException e) {
                    LOG.warn(
                            "reading again from the applied position source={} reason={}",
                            plan.source(),
                            e.getMessage());
                } catch (TargetClosedException e) {
                    LOG.info("sink idle: the application writes to PostgreSQL source={}", plan.source());
                    awaitOpen(store);
                }
            }
        } catch (RuntimeException | Error e) {
            if (stopping.getCount() == 0 && !(e instanceof Error)) {
                LOG.info("sink stopped in the middle of its work source={} reason={}", plan.source(), e.toString());
                return;
            }
            failure = e;
            events.ended();
            health.failing("stream", String.valueOf(e.getMessage()));
            if (e instanceof LiteferryException) {
                LOG.error("sink ended source={} error={}", plan.source(), e.getMessage());
            } else {
                LOG.error("sink ended source={}", plan.source(), e);
            }
        }
    }

    /** Nothing is read, and nothing written, until the application writes to SQLite again. */
    private void awaitOpen(AppliedStore store) {
        health.failing("stream", "closed: the application writes to PostgreSQL");
        try {
            boolean stopped = false;
            while (!stopped && isClosed(store)) {
                stopped = stopping.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed(AppliedStore store) {
        try (Connection c = PgConnections.of(plan.options()).open("liteferry-sink")) {
            boolean closed = store.isClosed(c);
            health.ok("postgres");
            return closed;
        } catch (SQLException | LiteferryException e) {
            health.failing("postgres", "not available, trying again");
            LOG.debug("looking at the applied row source={} reason={}", plan.source(), e.toString());
            return true;
        }
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void stop() {
        stopping.countDown();
        SinkRun current = run;
        if (current != null) {
            current.wakeUp();
        }
    }

    @Override
    public void join() {
        SinkRun current = run;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            if (thread.isAlive() && current != null) {
                current.abort(); // a long statement: it rolls back, and the position stays where it was
                thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
