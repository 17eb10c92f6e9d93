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
import io.liteferry.sink.stream.RecordDecoder;
import io.liteferry.sink.stream.RecordStream;
import io.liteferry.sink.stream.SourceTopics;
import io.liteferry.sink.stream.TopicOffset;
import io.liteferry.sink.write.Outcome;
import io.liteferry.sink.write.RefusedRecords;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the sink, from taking over the target to the stop: read, apply what is whole, spool what is too large, build
 * constraints when there is nothing better to do. While PostgreSQL takes the batches that are whole, on a thread of their
 * own, those behind them are read; all else is asked of the target between two such flights.
 */
final class SinkRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRun.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** Batches are applied together up to this many records: of few rows, COMMIT and the way there cost more than the rows. */
    private static final long RECORDS_TOGETHER = 50_000;
    /** What is read behind a batch that is on its way keeps the next one ready; more would only fill the heap. */
    private static final long READ_AHEAD_BYTES = 24 << 20;
    /** How long an END may wait for its records before the topics are asked whether they still hold them. */
    private static final long AHEAD_NANOS = Duration.ofHours(1).toNanos();

    /** How often the applied row is looked at, so that a switch is seen while no batches come. */
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Plan plan;
    private final Clock clock;
    private final SinkEvents events;
    private final ServiceHealth health;
    private final CountDownLatch stopping;
    private final List<String> names;
    private final long memory;
    private final TargetSession target;
    private final SourceTopics topics;
    private final RecordStream stream;
    private final boolean partitioned;
    private final Announcements announcements;
    private final ExecutorService applier;
    private @Nullable Flight flight;
    private boolean gateOpen;
    private long nextLag = System.nanoTime();
    private long nextAhead = System.nanoTime();
    private long nextLook = System.nanoTime() + LOOK_NANOS;
    private @Nullable BatchId waitedFor;
    private long waitingSince;
    private boolean limited;
    private long appliedSince;

    /** Batches that are on their way to PostgreSQL. */
    private record Flight(WholeBatch batch, long[] offsets, long started, Future<Outcome> outcome) {}

    SinkRun(
            Plan plan,
            AppliedStore store,
            RefusedRecords refused,
            Clock clock,
            SinkEvents events,
            ServiceHealth health,
            RecordStream stream,
            CountDownLatch stopping) {
        this.plan = plan;
        this.clock = clock;
        this.events = events;
        this.health = health;
        this.stream = stream;
        this.stopping = stopping;
        names = TopicNames.of(plan).stream(plan);
        partitioned = plan.tables().stream().anyMatch(t -> t.partitionColumn().isPresent());
        memory = plan.options().number(Options.BATCH_MEMORY_BYTES);
        target = new TargetSession(plan, store, refused, this::pause);
        topics = new SourceTopics(plan, () -> stopping.getCount() == 0);
        announcements =
                new Announcements(KafkaClients.of(plan.options()).producer("liteferry-sink-" + plan.source()), plan);
        applier = Executors.newSingleThreadExecutor(work -> new Thread(work, "apply-" + plan.source()));
    }

    void run() {
        try {
            AppliedStore.Applied applied = target.open();
            health.ok("postgres");
            gateOpen = applied.position().consistent();
            long[] offsets = topics.open(applied.offsets());
            stream.seek(offsets);
            health.ok("kafka");
            if (applied.any()) {
                announcements.applied(applied.position());
            }
            BatchAssembler assembler =
                    new BatchAssembler(names, applied.id(), applied.position().position(), offsets);
            Plan now = EvolvedPlan.of(plan, applied.position().evolution());
            RecordDecoder decoder = new RecordDecoder(now, topics, assembler, offsets);
            health.ok("stream");
            makePartitionsAhead();
            health.hint("after-load", target::buildProgress);
            if (gateOpen) {
                target.buildConstraints();
            }
            LOG.info(
                    "sink started source={} generation={} batch={}", plan.source(), applied.generation(), applied.id());
            // A run writes columns of one layout; after a batch that changes it, the next run begins.
            while (stopping.getCount() > 0 && goesOn(assembler, decoder)) {
                stream.read(decoder, POLL);
            }
            land(assembler);
        } catch (WakeupException e) {
            LOG.debug("woken to stop source={}", plan.source());
        }
        LOG.info("sink stopped source={}", plan.source());
    }

    /** Does what is to be done before more is read; false where this run has come to its end. */
    private boolean goesOn(BatchAssembler assembler, RecordDecoder decoder) {
        Flight current = flight;
        if (current == null || current.outcome.isDone()) {
            land(assembler);
            if (target.evolved()) {
                return false;
            }
            askTarget();
            if (!takeOff(assembler, decoder)) {
                return false;
            }
            spoolTooLarge(assembler, decoder);
        }
        limit(assembler);
        demandNothingLost(assembler);
        announcements.tick();
        reportLag(assembler);
        return true;
    }

    /** What is asked while no batch is on its way. */
    private void askTarget() {
        if (System.nanoTime() - nextAhead >= 0) {
            makePartitionsAhead();
        }
        if (System.nanoTime() - nextLook >= 0) {
            nextLook = System.nanoTime() + LOOK_NANOS;
            target.look();
        }
    }

    /** Sends the batches that are whole on their way; false where the target has other columns now. */
    private boolean takeOff(BatchAssembler assembler, RecordDecoder decoder) {
        Optional<WholeBatch> ready = assembler.ready(RECORDS_TOGETHER);
        if (ready.isEmpty()) {
            return true;
        }
        WholeBatch batch = ready.get();
        if (target.takesLayoutOf(batch)) {
            return false;
        }
        batch.ends().forEach(end -> decoder.demandReadable(end.id()));
        long[] offsets = assembler.offsetsAfter(batch);
        Map<String, TopicOffset> stored = topics.stored(offsets);
        long started = System.nanoTime();
        FutureTask<Outcome> outcome = new FutureTask<>(() -> target.apply(batch, stored)) {
            /** Ends the wait for more records. */
            @Override
            protected void done() {
                stream.wakeUp();
            }
        };
        flight = new Flight(batch, offsets, started, outcome);
        applier.execute(outcome);
        return true;
    }

    /** Waits until what is on its way is there, and tells of it. */
    private void land(BatchAssembler assembler) {
        Flight landing = flight;
        if (landing == null) {
            return;
        }
        flight = null;
        Outcome outcome = outcome(landing);
        WholeBatch batch = landing.batch;
        health.ok("postgres");
        assembler.applied(batch);
        stream.applied(landing.offsets);
        BatchEnd last = batch.last();
        appliedSince = last.sinceMillis();
        outcome.quarantined().forEach(announcements::quarantined);
        if (batch.spooled()) {
            target.spooledQuarantine(q -> {
                announcements.quarantined(q);
                events.quarantined(q);
            });
        }
        announcements.applied(last);
        events.applied(batch, outcome, System.nanoTime() - landing.started, clock.millis());
        if (last.consistent() && !gateOpen && !target.evolved()) {
            gateOpen = true;
            target.buildConstraints();
        }
    }

    private static Outcome outcome(Flight landing) {
        try {
            return landing.outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Memory stays bounded: a batch that is too large itself goes to the stages, unless another one is on its way. */
    private void spoolTooLarge(BatchAssembler assembler, RecordDecoder decoder) {
        if (flight != null || assembler.bytes() <= memory) {
            return;
        }
        Optional<BatchId> wanted = assembler.wantedBatch();
        if (wanted.isPresent() && assembler.wantedIsNext() && assembler.wantedBytes() > memory / 2) {
            decoder.demandReadable(wanted.get());
            target.spool(wanted.get(), assembler.spoolWanted());
        }
    }

    /** Memory stays bounded: topics that are ahead wait. */
    private void limit(BatchAssembler assembler) {
        boolean before = limited;
        limited = assembler.bytes() > (flight == null ? memory : Math.min(memory, READ_AHEAD_BYTES));
        if (limited) {
            stream.limitTo(assembler.wantedTopics());
        } else if (before) {
            stream.limitTo(new boolean[0]);
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
        if (assembler.lost(end, topics.endOffsets())) {
            throw new LiteferryException(
                    ErrorCode.RECORDS_LOST,
                    "Completing batch " + end.id() + " of " + plan.source()
                            + ": its END is here, all topics were read to"
                            + " their end, and records are missing. They were deleted from Kafka, or never written."
                            + " Nothing of the batch was applied. Start a new migration: liteferry uninstall, then apply.");
        }
    }

    private void reportLag(BatchAssembler assembler) {
        if (System.nanoTime() - nextLag < 0) {
            return;
        }
        nextLag = System.nanoTime() + Duration.ofMillis(500).toNanos();
        if (stream.connected()) {
            health.ok("kafka");
        } else {
            health.failing("kafka", "no broker is connected");
        }
        boolean behind = assembler.waiting();
        for (int i = 0; i < names.size(); i++) {
            long records = stream.lag(i);
            events.lag(names.get(i), records);
            behind |= records > 0;
        }
        events.lag(behind && appliedSince > 0 ? Math.max(0, clock.millis() - appliedSince) : 0);
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
        stream.wakeUp();
    }

    void abort() {
        target.abort();
    }

    @Override
    public void close() {
        applier.shutdown();
        try (target;
                stream;
                topics) {
            announcements.close();
            // The service aborts the connection where this takes too long.
            applier.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
