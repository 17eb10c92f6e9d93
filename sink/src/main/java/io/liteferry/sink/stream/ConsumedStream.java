package io.liteferry.sink.stream;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;

/** Reads the topics with a consumer of its own, without a group and without a reset. */
public final class ConsumedStream implements RecordStream {
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Map<String, Integer> numbers = new HashMap<>();

    public ConsumedStream(Plan plan) {
        consumer = KafkaClients.of(plan.options()).consumer("liteferry-sink-" + plan.source());
        List<String> topics = TopicNames.of(plan).stream(plan);
        partitions = topics.stream()
                .map(t -> new TopicPartition(t, plan.partition()))
                .toList();
        for (int i = 0; i < topics.size(); i++) {
            numbers.put(topics.get(i), i);
        }
    }

    @Override
    public void seek(long[] offsets) {
        consumer.assign(partitions);
        for (int i = 0; i < offsets.length; i++) {
            consumer.seek(partitions.get(i), offsets[i]);
        }
    }

    @Override
    public void read(Receiver receiver, Duration patience) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(patience);
        } catch (InvalidOffsetException e) {
            throw SourceTopics.lost(String.valueOf(e.getMessage()));
        } catch (WakeupException | RetriableException e) {
            return; // brokers come and go; the client goes on by itself
        } catch (KafkaException e) {
            throw SourceTopics.unreachable("Reading the topics", e);
        }
        for (TopicPartition p : records.partitions()) {
            int topic = numbers.getOrDefault(p.topic(), -1);
            for (ConsumerRecord<byte[], byte[]> r : records.records(p)) {
                receiver.accept(topic, r.offset(), r.key(), r.value());
            }
        }
    }

    @Override
    public void limitTo(boolean[] wanted) {
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (int i = 0; i < partitions.size() - 1; i++) {
            (wanted.length == 0 || wanted[i] ? resume : pause).add(partitions.get(i));
        }
        consumer.pause(pause);
        consumer.resume(resume);
    }

    /** Nothing is committed to Kafka: the offsets stand in PostgreSQL. */
    @Override
    public void applied(long[] offsets) {}

    @Override
    public long lag(int topic) {
        return consumer.currentLag(partitions.get(topic)).orElse(0);
    }

    @Override
    public boolean connected() {
        return consumer.metrics().values().stream()
                .filter(m -> m.metricName().name().equals("connection-count")
                        && m.metricName().group().equals("consumer-metrics"))
                .allMatch(m -> !(m.metricValue() instanceof Double count) || count > 0);
    }

    @Override
    public void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
