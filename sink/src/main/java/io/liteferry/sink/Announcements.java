package io.liteferry.sink;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import io.liteferry.sink.write.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sink tells the others after a commit: the applied position (at most ten times a second, always the latest in
 * the end) and the records it put into the quarantine. Both are copies of what PostgreSQL holds; losing one loses nothing.
 */
final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final String PREFIX = "__connect.errors.";

    private final Producer<byte[], byte[]> producer;
    private final TopicNames names;
    private final byte[] key;
    private final int partition;
    private @Nullable AppliedPosition unsent;
    private long sentAt = System.nanoTime() - PAUSE_NANOS;

    Announcements(Producer<byte[], byte[]> producer, Plan plan) {
        this.producer = producer;
        names = TopicNames.of(plan);
        key = plan.source().getBytes(StandardCharsets.UTF_8);
        partition = plan.partition();
    }

    void applied(BatchEnd end) {
        applied(end.applied());
    }

    void applied(AppliedPosition position) {
        unsent = position;
        tick();
    }

    /** Sends the latest position once the pause is over. */
    void tick() {
        if (unsent != null && System.nanoTime() - sentAt >= PAUSE_NANOS) {
            send();
        }
    }

    private void send() {
        AppliedPosition position = unsent;
        if (position != null) {
            unsent = null;
            sentAt = System.nanoTime();
            send(new ProducerRecord<>(names.applied(), partition, key, Json.bytes(position)));
        }
    }

    void quarantined(Outcome.Quarantined q) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                names.deadLetter(), partition, q.record().key(), q.record().record());
        Headers h = record.headers();
        Map.of(
                        "topic",
                        q.topic(),
                        "partition",
                        String.valueOf(partition),
                        "offset",
                        String.valueOf(q.record().offset()),
                        "connector.name",
                        names.name(),
                        "task.id",
                        "0",
                        "stage",
                        "TASK_PUT",
                        "class.name",
                        SourceSink.class.getName(),
                        "exception.class.name",
                        "java.sql.SQLDataException",
                        "exception.message",
                        q.sqlState() + " table " + q.table() + (q.column() == null ? "" : " column " + q.column())
                                + ": " + q.reason())
                .forEach((name, value) -> h.add(PREFIX + name, value.getBytes(StandardCharsets.UTF_8)));
        send(record);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of failures
    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    LOG.warn("could not announce topic={} error={}", record.topic(), failure.toString());
                }
            });
        } catch (KafkaException e) {
            LOG.warn("could not announce topic={} error={}", record.topic(), e.toString());
        }
    }

    @Override
    public void close() {
        send();
        producer.close(Duration.ofSeconds(5));
    }
}
