package io.liteferry.capture.connector;

import io.liteferry.capture.feedback.AppliedTopic;
import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.feedback.SignalListener;
import io.liteferry.capture.read.BatchReader;
import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.capture.read.Slice;
import io.liteferry.capture.read.StartPoint;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the records of batches, and the END of each from the polling thread once all its records are acknowledged.
 * Only an END moves the source offset, so that a restart begins at a whole batch.
 */
public final class LiteferrySourceTask extends SourceTask {
    private static final String OFFSET = "position";
    private static final long WAIT_MILLIS = 50;

    private final Acknowledgements acknowledgements = new Acknowledgements();
    private @Nullable Running running;
    private @Nullable BatchEnd waitingEnd;
    private Map<String, ?> offset = Map.of();

    /** What exists between start and stop. */
    private record Running(
            TaskContext context,
            ReadAhead slices,
            SignalListener signals,
            List<String> topics,
            String endTopic,
            byte[] endKey,
            Map<String, String> partition) {}

    @Override
    public String version() {
        return LiteferrySourceConnector.VERSION;
    }

    @Override
    public void start(Map<String, String> configuration) {
        TaskContext task = TaskContext.of(configuration);
        Plan plan = task.plan();
        KafkaClients clients = KafkaClients.of(plan.options());
        RequiredTopics.check(clients, plan);
        Map<String, String> partition = Map.of("source", plan.name());
        Optional<AppliedPosition> applied =
                AppliedTopic.latest(clients, plan.name()).or(() -> connectOffset(partition));
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        StartPoint from = StartPoint.claim(file, plan, applied);
        EndTopic.refuseOtherLog(clients, plan.name(), from.position());
        BatchReader reader = new BatchReader(plan, task.clock(), from);
        SignalListener signals;
        try {
            signals = SignalListener.start(clients, plan.name(), reader::request);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        TopicNames names = TopicNames.of(plan);
        running = new Running(
                task,
                new ReadAhead(reader, task.events()),
                signals,
                plan.tables().stream().map(TablePlan::source).map(names::table).toList(),
                names.transaction(),
                plan.name().getBytes(StandardCharsets.UTF_8),
                partition);
        applied.ifPresent(this::movesTo);
        task.events().started(reader::unchangedMillis, reader::turnsMissed);
        running.slices().start();
    }

    /** Only where no sink of ours publishes what it has applied. */
    private Optional<AppliedPosition> connectOffset(Map<String, String> partition) {
        if (context == null || context.offsetStorageReader() == null) {
            return Optional.empty();
        }
        Map<String, Object> stored = context.offsetStorageReader().offset(partition);
        return stored != null && stored.get(OFFSET) instanceof String json
                ? Optional.of(Json.read(
                        json.getBytes(StandardCharsets.UTF_8), AppliedPosition.class, "the connector's offset"))
                : Optional.empty();
    }

    private void movesTo(AppliedPosition position) {
        offset = Map.of(OFFSET, new String(Json.bytes(position), StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        Running r = running;
        if (r == null) {
            return null;
        }
        boolean acknowledged = acknowledgements.awaitAll(waitingEnd == null ? 0 : WAIT_MILLIS);
        if (!acknowledged && r.context().host() == TaskContext.Host.ENGINE) {
            // The engine acknowledges before it polls again: what is missing now was filtered out.
            acknowledgements.dropped("the topics of " + r.context().plan().name());
            acknowledgements.failIfDropped();
        }
        List<SourceRecord> records = new ArrayList<>();
        if (waitingEnd != null) {
            if (!acknowledged) {
                return null;
            }
            records.add(end(r, waitingEnd));
            waitingEnd = null;
        }
        Slice slice = r.slices().take(records.isEmpty() ? WAIT_MILLIS : 0).orElse(null);
        if (slice != null) {
            for (ChangeRecord c : slice.records()) {
                records.add(record(r, r.topics().get(c.table()), c.key(), c.value()));
            }
            waitingEnd = slice.end().orElse(null);
        }
        acknowledgements.handedOut(records.size());
        return records.isEmpty() ? null : records;
    }

    private SourceRecord end(Running r, BatchEnd end) {
        movesTo(new AppliedPosition(end.position(), end.batch(), end.schemaVersion(), end.tables(), end.consistent()));
        return record(r, r.endTopic(), r.endKey(), Json.bytes(end));
    }

    private SourceRecord record(Running r, String topic, byte[] key, byte[] value) {
        return new SourceRecord(r.partition(), offset, topic, 0, Schema.BYTES_SCHEMA, key, Schema.BYTES_SCHEMA, value);
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        Running r = running;
        if (metadata == null && r != null && r.context().host() == TaskContext.Host.CONNECT) {
            acknowledgements.dropped(record.topic());
        } else {
            acknowledgements.acknowledged();
        }
    }

    @Override
    public void stop() {
        Running r = running;
        if (r != null) {
            r.signals().close();
            r.slices().close();
            running = null;
        }
    }
}
