package io.liteferry.capture;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Sends what the engine polled and marks it only when the brokers have acknowledged all of it. A failure ends the engine:
 * it is never one that the engine would answer by polling on, because the list would then be lost.
 */
final class KafkaSender implements DebeziumEngine.ChangeConsumer<ChangeEvent<SourceRecord, SourceRecord>> {
    private final Producer<byte[], byte[]> producer;
    private final RecordBytes bytes;
    private final Runnable acknowledged;

    /** @param acknowledged run after each list that is in Kafka */
    KafkaSender(Producer<byte[], byte[]> producer, RecordBytes bytes, Runnable acknowledged) {
        this.producer = producer;
        this.bytes = bytes;
        this.acknowledged = acknowledged;
    }

    @Override
    public void handleBatch(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>(events.size());
        String topic = "";
        try {
            for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
                SourceRecord r = event.value();
                topic = r.topic();
                sent.add(producer.send(bytes.of(r)));
            }
            for (int i = 0; i < sent.size(); i++) {
                topic = events.get(i).value().topic();
                sent.get(i).get();
            }
        } catch (ExecutionException e) {
            throw refused(topic, e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw refused(topic, e);
        }
        acknowledged.run();
        for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private static LiteferryException refused(String topic, Throwable cause) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Sending to " + topic + ": " + cause.getMessage()
                        + ". Check the brokers (and max.message.bytes for a record that is too large), then start capture again: it goes on from what the target has applied.",
                cause);
    }
}
