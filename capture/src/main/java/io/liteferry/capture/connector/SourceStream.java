package io.liteferry.capture.connector;

import io.liteferry.capture.feedback.AppliedTopic;
import io.liteferry.capture.feedback.AppliedWatch;
import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.feedback.SignalListener;
import io.liteferry.capture.read.BatchReader;
import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.capture.read.Slice;
import io.liteferry.capture.read.StartPoint;
import io.liteferry.capture.record.Payload;
import io.liteferry.capture.record.RecordFormat;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.SchemaChangeEvent;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SqliteFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The records of one source: those of a slice, and the END of its batch once all its records are acknowledged. Only an END
 * moves the source offset, so that a restart begins at a whole batch. Its records go to one partition of every topic.
 */
final class SourceStream implements AutoCloseable {
    private final Plan plan;
    private final TaskContext.Host host;
    private final Acknowledgements acknowledgements;
    private final ReadAhead slices;
    private final SignalListener signals;
    private final AppliedWatch watch;
    private final List<String> topics;
    private final String endTopic;
    private RecordFormat format;
    private final String schemaTopic;
    private final Map<String, String> partition;
    private Map<String, ?> offset = Map.of();
    private @Nullable BatchEnd waitingEnd;

    /**
     * Claims the source's next epoch and begins to read.
     *
     * @param plan of this source alone
     * @param stored Connect's offset of a partition, used only where no sink of ours publishes what it has applied
     * @param bell rung when there may be something to poll
     */
    SourceStream(
            Plan plan,
            TaskContext task,
            Function<Map<String, String>, Optional<Map<String, Object>>> stored,
            Runnable bell) {
        this.plan = plan;
        this.host = task.host();
        this.acknowledgements = new Acknowledgements(bell);
        this.partition = StoredOffset.partition(plan.source());
        TopicNames names = TopicNames.of(plan);
        this.topics =
                plan.tables().stream().map(TablePlan::source).map(names::table).toList();
        this.endTopic = names.transaction();
        this.schemaTopic = names.schemaChanges();
        KafkaClients clients = KafkaClients.of(plan.options());
        Optional<AppliedPosition> applied = AppliedTopic.latest(clients, plan)
                .or(() -> stored.apply(partition).flatMap(StoredOffset::read));
        StartPoint start = start(plan, clients, applied);
        this.format = RecordFormat.of(EvolvedPlan.of(plan, start.evolution()), LiteferrySourceConnector.VERSION);
        BatchReader reader = new BatchReader(plan, task.clock(), start);
        try {
            signals = SignalListener.start(clients, plan, reader.control());
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        watch = AppliedWatch.start(clients, plan, reader::applied);
        applied.ifPresent(this::movesTo);
        CaptureEvents events = task.events().of(plan);
        slices = new ReadAhead(reader, events, bell);
        events.watching(reader::unexplainedCommits, reader::held);
        events.started(reader::unchangedMillis, reader::turnsMissed);
        slices.start();
    }

    private static StartPoint start(Plan plan, KafkaClients clients, Optional<AppliedPosition> applied) {
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        StartPoint claimed = StartPoint.claim(file, plan, applied);
        Optional<BatchEnd> last = EndTopic.last(clients, plan);
        EndTopic.refuseOtherLog(plan, last, claimed.position());
        return claimed.following(last.filter(
                end -> applied.isEmpty() || end.id().compareTo(applied.get().id()) > 0));
    }

    String name() {
        return plan.source();
    }

    private void movesTo(AppliedPosition position) {
        offset = StoredOffset.of(position);
    }

    /** What there is now; empty where there is nothing. */
    List<SourceRecord> poll() {
        boolean acknowledged = acknowledgements.all();
        if (!acknowledged && host == TaskContext.Host.ENGINE) {
            // The engine acknowledges before it polls again: what is missing now was filtered out.
            acknowledgements.dropped("the topics of " + plan.source());
            acknowledgements.failIfDropped();
        }
        List<SourceRecord> records = new ArrayList<>();
        if (waitingEnd != null) {
            if (!acknowledged) {
                return records;
            }
            for (SchemaChange change : waitingEnd.schemaChanges()) {
                records.add(record(schemaTopic, format.schemaChange(SchemaChangeEvent.of(waitingEnd, change))));
            }
            records.add(end(waitingEnd));
            waitingEnd = null;
        }
        Slice slice = slices.take().orElse(null);
        if (slice != null) {
            for (ChangeRecord c : slice.records()) {
                String topic = topics.get(c.table());
                Payload change = format.change(c);
                records.add(record(topic, change));
                if (c.operation() == Operation.DELETE && format.tombstones()) {
                    records.add(record(topic, change.tombstone()));
                }
            }
            waitingEnd = slice.end().orElse(null);
        }
        acknowledgements.handedOut(records.size());
        return records;
    }

    private SourceRecord end(BatchEnd end) {
        movesTo(end.applied());
        if (end.evolves()) {
            format = RecordFormat.of(EvolvedPlan.of(plan, end.evolution()), LiteferrySourceConnector.VERSION);
        }
        return record(endTopic, format.end(end));
    }

    private SourceRecord record(String topic, Payload p) {
        return new SourceRecord(
                partition, offset, topic, plan.partition(), p.keySchema(), p.key(), p.valueSchema(), p.value());
    }

    /** @param written false where the record will never be in Kafka */
    void commit(SourceRecord record, boolean written) {
        if (written) {
            acknowledgements.acknowledged(
                    record instanceof Bundle b ? b.records().size() : 1);
        } else {
            acknowledgements.dropped(record.topic());
        }
    }

    @Override
    public void close() {
        signals.close();
        watch.close();
        slices.close();
    }
}
