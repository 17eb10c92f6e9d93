package io.liteferry.cutover.reverse;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.core.service.SourcesService;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reverse feed of one source: idle while the source is the one that is written, at work while PostgreSQL is. What is
 * transient is tried again; what would lose a write ends it.
 */
final class SourceReverse implements SourcesService.Worker {
    static final String FEED = "feed";

    private static final Logger LOG = LoggerFactory.getLogger(SourceReverse.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LOOK_MILLIS = 1_000;
    private static final long STOP_SECONDS = 28;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Everything else of ours says that writes would be lost, or that a person has to decide. */
    private static final Set<ErrorCode> TRANSIENT = Set.of(
            ErrorCode.TARGET_UNREACHABLE, ErrorCode.KAFKA_UNREACHABLE, ErrorCode.SOURCE_BUSY, ErrorCode.CUTOVER_STATE);

    private final Plan plan;
    private final Clock clock;
    private final ServiceHealth health;
    private final ReverseMetrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    /** @param plan of this source alone */
    SourceReverse(Plan plan, Clock clock, ServiceHealth health, ReverseMetrics metrics) {
        this.plan = plan;
        this.clock = clock;
        this.health = health;
        this.metrics = metrics;
        thread = new Thread(this::work, "reverse-" + plan.source());
    }

    @Override
    public void start() {
        thread.start();
    }

    private void work() {
        try {
            while (!stopped(0)) {
                try (Connection target = PgConnections.of(plan.options()).open("liteferry-reverse")) {
                    while (!stopped(0)) {
                        if (reversed(target)) {
                            carry(target);
                        } else {
                            health.ok(FEED);
                            stopped(LOOK_MILLIS);
                        }
                    }
                } catch (SQLException e) {
                    again(PgConnections.failure("Looking whether " + plan.source() + " is switched over", e));
                } catch (LiteferryException e) {
                    if (!TRANSIENT.contains(e.code())) {
                        throw e;
                    }
                    again(e);
                } catch (IOException e) {
                    again(new UncheckedIOException(e));
                } catch (EngineEnded | KafkaException e) {
                    again(e);
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            health.failing(FEED, String.valueOf(e.getMessage()));
            LOG.error("The reverse feed has ended source={}", plan.source(), e);
        }
    }

    /** The engine has ended for a reason of its own: PostgreSQL was restarted, its connection broke. */
    private static final class EngineEnded extends RuntimeException {
        private static final long serialVersionUID = 1;

        EngineEnded(Throwable cause) {
            super(cause);
        }
    }

    private void again(RuntimeException why) {
        health.failing(FEED, "trying again: " + why.getMessage());
        LOG.warn("The reverse feed begins again source={} reason={}", plan.source(), why.toString());
        stopped(LOOK_MILLIS);
    }

    /** Whether PostgreSQL is the one that is written: {@code liteferry.applied} is closed for what comes forward. */
    private boolean reversed(Connection target) throws SQLException {
        String state =
                ReplicationSlot.one(target, "SELECT state FROM liteferry.applied WHERE source = ?", plan.source());
        target.commit();
        return state.equals("closed");
    }

    private void carry(Connection target) throws IOException, SQLException {
        Plan now = new TargetInstaller(plan).now();
        ReplicationSlot slot = new ReplicationSlot(plan);
        // Open, it tells whoever looks who has the source open that this process is one of ours.
        try (ReadTurn ignored = new ReadTurn(new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH)));
                ReverseApplier applier = new ReverseApplier(now, clock, metrics);
                ReverseCapture capture =
                        ReverseCapture.start(now, applier.position().lsn(), record -> {})) {
            LOG.info("The reverse feed runs source={} from={}", plan.source(), applier.position());
            long look = System.nanoTime();
            while (!stopped(0)) {
                applier.step();
                Throwable ended = capture.failure();
                if (ended instanceof LiteferryException known) {
                    throw known;
                }
                if (ended != null) {
                    throw new EngineEnded(ended);
                }
                if (System.nanoTime() - look >= 0) {
                    look = System.nanoTime() + LOOK_NANOS;
                    metrics.slot(slot.demand(target));
                    identifyRows(slot, target);
                    if (!reversed(target)) {
                        LOG.info("The reverse feed rests source={} at={}", plan.source(), applier.position());
                        return;
                    }
                    health.ok(FEED);
                }
            }
        }
    }

    /** Somebody may have made a partition. One that is locked is tried again in a second. */
    private void identifyRows(ReplicationSlot slot, Connection target) throws SQLException {
        try {
            slot.identifyRows(target).forEach(t -> LOG.info("Replica identity set to FULL table={}", t));
            target.commit();
        } catch (SQLException e) {
            target.rollback();
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            LOG.warn("A table has no replica identity yet and is locked source={}", plan.source());
        }
    }

    /** Waits, or returns true at once where it is to stop. */
    private boolean stopped(long millis) {
        try {
            return stopping.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
    }

    @Override
    public void join() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
