package io.liteferry.capture;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a migration's topics and counts what stands in them, batch by batch. */
final class StreamReader implements AutoCloseable {
    private final Consumer<byte[], byte[]> consumer;
    private final TopicNames names;
    private final List<BatchEnd> ends = new ArrayList<>();
    private final Map<BatchId, Map<String, Set<Long>>> ordinals = new HashMap<>();
    private final Map<String, List<Change>> changes = new HashMap<>();

    record Change(ChangeFormat.Header header, RowKey key) {}

    StreamReader(Plan plan) {
        names = TopicNames.of(plan);
        consumer = KafkaClients.of(plan.options()).consumer("test-" + plan.name());
        List<TopicPartition> partitions =
                names.stream(plan).stream().map(t -> new TopicPartition(t, 0)).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what has arrived; returns this for chains in awaits. */
    StreamReader read() {
        for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(50))) {
            if (r.topic().equals(names.transaction())) {
                ends.add(Json.read(r.value(), BatchEnd.class, "test"));
            } else {
                ChangeFormat.Header h = ChangeFormat.readHeader(new PackedReader().reset(r.value()));
                ordinals.computeIfAbsent(h.batch(), b -> new HashMap<>())
                        .computeIfAbsent(r.topic(), t -> new HashSet<>())
                        .add(h.ordinal());
                changes.computeIfAbsent(r.topic(), t -> new ArrayList<>()).add(new Change(h, new RowKey(r.key())));
            }
        }
        return this;
    }

    List<BatchEnd> ends() {
        return ends;
    }

    BatchEnd last() {
        return ends.get(ends.size() - 1);
    }

    boolean consistent() {
        return !ends.isEmpty() && last().consistent();
    }

    List<Change> changes(String table) {
        return changes.getOrDefault(names.table(table), List.of());
    }

    /** ENDs whose counts are not those of the distinct records in the topics. */
    List<BatchEnd> incomplete() {
        return ends.stream()
                .filter(end -> !end.counts().equals(counted(end.id())))
                .toList();
    }

    private Map<String, Long> counted(BatchId batch) {
        Map<String, Long> counts = new HashMap<>();
        ordinals.getOrDefault(batch, Map.of()).forEach((topic, seen) -> counts.put(topic, (long) seen.size()));
        return counts;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
