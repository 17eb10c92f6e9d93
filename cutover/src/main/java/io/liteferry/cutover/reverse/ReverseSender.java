package io.liteferry.cutover.reverse;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Sends what the engine read and marks it only when the brokers have acknowledged all of it: the slot never stands further
 * than the topic. A failure ends the engine; it begins again where the slot stands.
 */
final class ReverseSender implements DebeziumEngine.ChangeConsumer<ChangeEvent<SourceRecord, SourceRecord>> {
    private final String topic;
    private final int partition;
    private final byte[] source;
    private final Producer<byte[], byte[]> producer;
    private final RecordMaker maker;
    private final Consumer<ReverseRecord> sent;

    ReverseSender(Plan plan, Producer<byte[], byte[]> producer, RecordMaker maker, Consumer<ReverseRecord> sent) {
        this.topic = TopicNames.of(plan).reverse();
        this.partition = plan.partition();
        this.source = plan.source().getBytes(StandardCharsets.UTF_8);
        this.producer = producer;
        this.maker = maker;
        this.sent = sent;
    }

    @Override
    public void handleBatch(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        List<ReverseRecord> records = new ArrayList<>();
        List<ChangeEvent<SourceRecord, SourceRecord>> carried = new ArrayList<>();
        for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
            maker.of(event.value()).ifPresent(record -> {
                records.add(record);
                carried.add(event);
            });
        }
        send(records);
        records.forEach(sent);
        // Only what stands in the topic moves the slot: so the topic's last record says how far it may stand.
        for (ChangeEvent<SourceRecord, SourceRecord> event : carried) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private void send(List<ReverseRecord> records) throws InterruptedException {
        List<Future<?>> futures = new ArrayList<>();
        try {
            for (ReverseRecord r : records) {
                futures.add(producer.send(new ProducerRecord<>(topic, partition, source, Json.bytes(r))));
            }
            producer.flush();
            for (Future<?> f : futures) {
                f.get();
            }
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private LiteferryException failed(Throwable why) {
        if (why instanceof RecordTooLargeException) {
            return new LiteferryException(
                    ErrorCode.REVERSE_FAILED,
                    "Sending to " + topic
                            + ": a row is larger than a record can be (bytea takes two characters a byte): "
                            + why.getMessage()
                            + ". It stands in PostgreSQL's log and cannot be carried back: give up the"
                            + " rollback with liteferry complete.",
                    why);
        }
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Sending to " + topic + ": " + why + ". Check bootstrap.servers and that apply has made the topics.",
                why);
    }
}
