package io.liteferry.capture;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.liteferry.capture.connector.Bundle;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.row.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
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
        for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
            send(((Bundle) event.value()).records());
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private void send(List<SourceRecord> records) throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>(records.size());
        SourceRecord record = records.get(0);
        try {
            for (SourceRecord r : records) {
                record = r;
                sent.add(producer.send(bytes.of(r)));
            }
            for (int i = 0; i < sent.size(); i++) {
                record = records.get(i);
                sent.get(i).get();
            }
        } catch (ExecutionException e) {
            throw refused(record, e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw refused(record, e);
        }
        acknowledged.run();
    }

    private static LiteferryException refused(SourceRecord record, Throwable cause) {
        String topic = record.topic();
        if (cause instanceof RecordTooLargeException) {
            return new LiteferryException(
                    ErrorCode.ROW_TOO_LARGE,
                    "Sending the row of key "
                            + (record.key() instanceof byte[] packed ? new RowKey(packed).shortened() : record.key())
                            + " to " + topic + ": " + cause.getMessage()
                            + " Raise the topic's max.message.bytes if it is below " + KafkaClients.MAX_RECORD_BYTES
                            + "; else shorten the row's values in the source, or take the large column out of the"
                            + " migration file. Then start capture again: it goes on from what the target has applied.",
                    cause);
        }
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Sending to " + topic + ": " + cause.getMessage()
                        + ". Check the brokers, then start capture again: it goes on from what the target has applied.",
                cause);
    }
}
