package io.liteferry.sink;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.sink.batch.BatchAssembler;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.batch.JsonChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads all topics of a source, without a group, from the offsets that PostgreSQL holds. An offset that Kafka no longer
 * has is a loss and said so; nothing is ever reset.
 */
final class StreamReader implements AutoCloseable {
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Plan plan;
    private List<TablePlan> tables;
    /** Of records that these columns do not fit, one a batch: the next run reads those behind a change of columns again. */
    private final Map<BatchId, LiteferryException> unfit = new HashMap<>();

    private final Map<String, Integer> numbers = new HashMap<>();
    private final PackedReader packed = new PackedReader();

    /** @param topics table topics, then the topic of the ENDs */
    StreamReader(Consumer<byte[], byte[]> consumer, List<String> topics, Plan plan) {
        this.consumer = consumer;
        this.plan = plan;
        this.tables = plan.tables();
        partitions = topics.stream()
                .map(t -> new TopicPartition(t, plan.partition()))
                .toList();
        for (int i = 0; i < topics.size(); i++) {
            numbers.put(topics.get(i), i);
        }
    }

    /**
     * Assigns and seeks; a topic without a stored offset starts at its beginning.
     *
     * @param now the plan with the columns that the target has
     * @return where reading starts, by topic number
     */
    long[] seek(Map<String, Long> stored, Plan now) {
        tables = now.tables();
        try {
            for (TopicPartition p : partitions) {
                int count = consumer.partitionsFor(p.topic()).size();
                Topics.partitionProblem(p.topic(), count, plan.partitions()).ifPresent(problem -> {
                    throw new LiteferryException(ErrorCode.TOPIC_UNFIT, problem);
                });
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            long[] offsets = new long[partitions.size()];
            for (int i = 0; i < offsets.length; i++) {
                TopicPartition p = partitions.get(i);
                long low = first.getOrDefault(p, 0L);
                offsets[i] = stored.getOrDefault(p.topic(), low);
                if (offsets[i] < low || offsets[i] > end.getOrDefault(p, 0L)) {
                    throw lost(p.topic() + " has offsets " + low + " to " + end.get(p) + ", the target needs "
                            + offsets[i] + " on");
                }
                consumer.seek(p, offsets[i]);
            }
            return offsets;
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            throw unreachable("Opening the topics", e);
        }
    }

    /** Reads what is there, at most for {@code patience}, and hands it to the assembler; returns how many records. */
    int read(BatchAssembler assembler, Duration patience) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(patience);
        } catch (InvalidOffsetException e) {
            throw lost(String.valueOf(e.getMessage()));
        } catch (WakeupException e) {
            return 0;
        } catch (RetriableException e) {
            return 0; // brokers come and go; the client goes on by itself
        } catch (KafkaException e) {
            throw unreachable("Reading the topics", e);
        }
        int ends = partitions.size() - 1;
        for (TopicPartition p : records.partitions()) {
            int topic = numbers.getOrDefault(p.topic(), -1);
            for (ConsumerRecord<byte[], byte[]> r : records.records(p)) {
                if (r.value() == null) {
                    assembler.skip(topic, r.offset());
                } else if (topic == ends) {
                    assembler.end(r.offset(), end(r.value(), p.topic() + " offset " + r.offset()));
                } else {
                    assembler.record(topic, change(tables.get(topic), p.topic(), r));
                }
            }
        }
        return records.count();
    }

    /** An END of this source: a list of sources that was put in another order would mix two of them. */
    private BatchEnd end(byte[] value, String where) {
        BatchEnd end = Json.readRecord(value, BatchEnd.class, where);
        if (!end.source().equals(plan.source())) {
            throw new LiteferryException(
                    ErrorCode.TOPIC_UNFIT,
                    "Reading " + where + " for source " + plan.source() + ": it is an END of source " + end.source()
                            + ". Partition " + plan.partition()
                            + " belongs to it: put the sources of the migration file back in the order they had, new ones last.");
        }
        return end;
    }

    private ChangeRecord change(TablePlan table, String topic, ConsumerRecord<byte[], byte[]> r) {
        try {
            return JsonChange.isJson(r.value())
                    ? json(table, topic, r)
                    : ChangeRecord.of(packed, r.key(), r.value(), r.offset());
        } catch (IllegalArgumentException e) {
            throw unreadable(topic, r, e);
        }
    }

    /** Unlike a packed one it is read by the plan, and may come before the END that tells of other columns. */
    private ChangeRecord json(TablePlan table, String topic, ConsumerRecord<byte[], byte[]> r) {
        try {
            return JsonChange.of(table, r.key(), r.value(), r.offset());
        } catch (IllegalArgumentException e) {
            ChangeRecord counted = JsonChange.withoutRow(r.value(), r.offset());
            unfit.putIfAbsent(counted.batch(), unreadable(topic, r, e));
            return counted;
        }
    }

    /** @throws LiteferryException where a record of this batch did not fit the columns of this run */
    void demandReadable(BatchId batch) {
        LiteferryException problem = unfit.get(batch);
        if (problem != null) {
            throw problem;
        }
    }

    private static LiteferryException unreadable(
            String topic, ConsumerRecord<byte[], byte[]> r, IllegalArgumentException e) {
        return new LiteferryException(
                ErrorCode.RECORD_UNREADABLE,
                "Reading topic " + topic + " offset " + r.offset() + ": " + e.getMessage()
                        + ". Capture and sink must be of the same version, and nothing else may write to the topic.",
                e);
    }

    /** Reads on only the wanted table topics, while memory is short; all of them where {@code wanted} is empty. */
    void limitTo(boolean[] wanted) {
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (int i = 0; i < partitions.size() - 1; i++) {
            (wanted.length == 0 || wanted[i] ? resume : pause).add(partitions.get(i));
        }
        consumer.pause(pause);
        consumer.resume(resume);
    }

    /** Where each table topic ends now. */
    long[] endOffsets() {
        try {
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            return partitions.stream().mapToLong(p -> end.getOrDefault(p, 0L)).toArray();
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            throw unreachable("Asking where the topics end", e);
        }
    }

    /** Records of a topic that were not read yet, as far as the client knows. */
    long lag(String topic) {
        return consumer.currentLag(new TopicPartition(topic, plan.partition())).orElse(0);
    }

    /** True while a connection to a broker stands; without one, reading waits in silence. */
    boolean connected() {
        return consumer.metrics().values().stream()
                .filter(m -> m.metricName().name().equals("connection-count")
                        && m.metricName().group().equals("consumer-metrics"))
                .allMatch(m -> !(m.metricValue() instanceof Double count) || count > 0);
    }

    void wakeUp() {
        consumer.wakeup();
    }

    private static LiteferryException lost(String found) {
        return new LiteferryException(
                ErrorCode.RECORDS_LOST,
                "Reading from the applied position: " + found
                        + ". Records that the target still needs are gone; nothing was skipped. Restore the topics, or"
                        + " start a new migration with liteferry uninstall and apply.");
    }

    private static LiteferryException unreachable(String tried, KafkaException e) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                tried + ": " + e.getMessage() + ". Check bootstrap.servers and that the brokers are up.",
                e);
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
