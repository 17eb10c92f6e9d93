package io.liteferry.sink;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.batch.BatchAssembler;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.write.Outcome;
import io.liteferry.sink.write.RefusedRecords;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the sink, from taking over the target to the stop: read, apply what is whole, spool what is too large, build
 * constraints when there is nothing better to do.
 */
final class SinkRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRun.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** Batches are applied together up to this many records; one snapshot chunk is a transaction of its own. */
    private static final long RECORDS_TOGETHER = 20_000;
    /** How long an END may wait for its records before the topics are asked whether they still hold them. */
    private static final long AHEAD_NANOS = Duration.ofHours(1).toNanos();

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Plan plan;
    private final Clock clock;
    private final SinkMetrics metrics;
    private final ServiceHealth health;
    private final CountDownLatch stopping;
    private final List<String> topics;
    private final long memory;
    private final long constraintPauseNanos;
    private final TargetSession target;
    private final StreamReader reader;
    private final boolean partitioned;
    private final Announcements announcements;
    private boolean gateOpen;
    private long nextRetry = System.nanoTime();
    private long nextLag = System.nanoTime();
    private long nextAhead = System.nanoTime();
    private @Nullable BatchId waitedFor;
    private long waitingSince;
    private boolean limited;
    private long appliedSince;

    SinkRun(
            Plan plan,
            AppliedStore store,
            RefusedRecords refused,
            Clock clock,
            KafkaClients kafka,
            SinkMetrics metrics,
            ServiceHealth health,
            CountDownLatch stopping) {
        this.plan = plan;
        this.clock = clock;
        this.metrics = metrics;
        this.health = health;
        this.stopping = stopping;
        topics = TopicNames.of(plan).stream(plan);
        partitioned = plan.tables().stream().anyMatch(t -> t.partitionColumn().isPresent());
        memory = plan.options().number(Options.BATCH_MEMORY_BYTES);
        constraintPauseNanos =
                TimeUnit.MILLISECONDS.toNanos(plan.options().number(Options.CONSTRAINT_RETRY_INTERVAL_MS));
        target = new TargetSession(plan, store, refused, this::pause);
        reader = new StreamReader(kafka.consumer("liteferry-sink-" + plan.source()), topics, plan);
        announcements = new Announcements(kafka.producer("liteferry-sink-" + plan.source()), plan);
    }

    void run() {
        try {
            AppliedStore.Applied applied = target.open();
            health.ok("postgres");
            gateOpen = applied.position().consistent();
            long[] offsets = reader.seek(
                    applied.offsets(), EvolvedPlan.of(plan, applied.position().evolution()));
            health.ok("kafka");
            if (applied.any()) {
                announcements.applied(applied.position());
            }
            BatchAssembler assembler =
                    new BatchAssembler(topics, applied.id(), applied.position().position(), offsets);
            health.ok("stream");
            makePartitionsAhead();
            LOG.info(
                    "sink started source={} generation={} batch={}", plan.source(), applied.generation(), applied.id());
            // A run writes columns of one layout; after a batch that changes it, the next run begins.
            while (stopping.getCount() > 0 && !target.evolved()) {
                step(assembler);
            }
        } catch (WakeupException e) {
            LOG.debug("woken to stop source={}", plan.source());
        }
        LOG.info("sink stopped source={}", plan.source());
    }

    private void step(BatchAssembler assembler) {
        boolean busy = applyWhole(assembler);
        if (target.evolved()) {
            return;
        }
        spoolOrLimit(assembler);
        demandNothingLost(assembler);
        if (!busy && gateOpen) {
            busy = buildConstraints();
        }
        if (System.nanoTime() - nextAhead >= 0) {
            makePartitionsAhead();
        }
        announcements.tick();
        reportLag(assembler);
        reader.read(assembler, busy ? Duration.ZERO : POLL);
    }

    private boolean applyWhole(BatchAssembler assembler) {
        Optional<WholeBatch> ready = assembler.ready(RECORDS_TOGETHER);
        if (ready.isEmpty()) {
            return false;
        }
        WholeBatch batch = ready.get();
        if (target.takesLayoutOf(batch)) {
            return true;
        }
        batch.ends().forEach(end -> reader.demandReadable(end.id()));
        long[] offsets = assembler.offsetsAfter(batch);
        Map<String, Long> byTopic = new HashMap<>();
        for (int i = 0; i < offsets.length; i++) {
            byTopic.put(topics.get(i), offsets[i]);
        }
        long started = System.nanoTime();
        Outcome outcome = target.apply(batch, byTopic);
        health.ok("postgres");
        assembler.applied(batch);
        BatchEnd last = batch.last();
        appliedSince = last.sinceMillis();
        outcome.quarantined().forEach(announcements::quarantined);
        if (batch.spooled()) {
            target.spooledQuarantine(q -> {
                announcements.quarantined(q);
                metrics.quarantined(q);
            });
        }
        announcements.applied(last);
        metrics.applied(batch, outcome, System.nanoTime() - started, clock.millis());
        if (last.consistent() && !gateOpen) {
            gateOpen = true;
            target.openGate();
        }
        return true;
    }

    /** Memory stays bounded: topics that are ahead wait, and a batch that is too large itself goes to the stages. */
    private void spoolOrLimit(BatchAssembler assembler) {
        if (assembler.bytes() <= memory) {
            if (limited) {
                limited = false;
                reader.limitTo(new boolean[0]);
            }
            return;
        }
        Optional<BatchId> wanted = assembler.wantedBatch();
        if (wanted.isPresent() && assembler.wantedIsNext() && assembler.wantedBytes() > memory / 2) {
            reader.demandReadable(wanted.get());
            target.spool(wanted.get(), assembler.spoolWanted());
        }
        if (assembler.bytes() > memory) {
            limited = true;
            reader.limitTo(assembler.wantedTopics());
        }
    }

    private void makePartitionsAhead() {
        nextAhead = System.nanoTime() + AHEAD_NANOS;
        if (partitioned) {
            target.partitionsAhead(clock.instant());
        }
    }

    private void demandNothingLost(BatchAssembler assembler) {
        Optional<BatchEnd> incomplete = assembler.incomplete();
        if (incomplete.isEmpty()) {
            waitedFor = null;
            return;
        }
        BatchEnd end = incomplete.get();
        if (!end.id().equals(waitedFor)) {
            waitedFor = end.id();
            waitingSince = System.nanoTime();
            return;
        }
        if (System.nanoTime() - waitingSince < PATIENCE_NANOS) {
            return;
        }
        waitingSince = System.nanoTime();
        if (assembler.lost(end, reader.endOffsets())) {
            throw new LiteferryException(
                    ErrorCode.RECORDS_LOST,
                    "Completing batch " + end.id() + " of " + plan.source()
                            + ": its END is here, all topics were read to"
                            + " their end, and records are missing. They were deleted from Kafka, or never written."
                            + " Nothing of the batch was applied. Start a new migration: liteferry uninstall, then apply.");
        }
    }

    private boolean buildConstraints() {
        if (target.gateStep()) {
            return true;
        }
        if (System.nanoTime() - nextRetry >= 0) {
            long started = System.nanoTime();
            target.retryConstraints();
            // A constraint that takes long to try must not take over the sink.
            nextRetry = System.nanoTime() + Math.max(constraintPauseNanos, 20 * (System.nanoTime() - started));
        }
        return false;
    }

    private void reportLag(BatchAssembler assembler) {
        if (System.nanoTime() - nextLag < 0) {
            return;
        }
        nextLag = System.nanoTime() + Duration.ofMillis(500).toNanos();
        if (reader.connected()) {
            health.ok("kafka");
        } else {
            health.failing("kafka", "no broker is connected");
        }
        metrics.lag(topics, reader);
        boolean behind = assembler.waiting() || topics.stream().anyMatch(t -> reader.lag(t) > 0);
        metrics.lag(behind && appliedSince > 0 ? Math.max(0, clock.millis() - appliedSince) : 0);
    }

    private boolean pause(long millis) {
        health.failing("postgres", "not available, trying again");
        try {
            return !stopping.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void wakeUp() {
        reader.wakeUp();
    }

    void abort() {
        target.abort();
    }

    @Override
    public void close() {
        try (target;
                reader) {
            announcements.close();
        }
    }
}
