package io.liteferry.capture.feedback;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads what the sink has applied, from {@code <name>.applied}. The last record of our name counts. */
public final class AppliedTopic {
    private AppliedTopic() {}

    /** Reads the whole topic; empty where the sink never applied anything. */
    public static Optional<AppliedPosition> latest(KafkaClients clients, Plan plan) {
        String name = plan.source();
        TopicPartition partition = new TopicPartition(TopicNames.of(plan).applied(), plan.partition());
        Optional<AppliedPosition> latest = Optional.empty();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("liteferry-capture-applied-" + name)) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    if (r.key() != null
                            && r.value() != null
                            && new String(r.key(), StandardCharsets.UTF_8).equals(name)) {
                        latest = Optional.of(
                                Json.read(r.value(), AppliedPosition.class, partition + " offset " + r.offset()));
                    }
                }
            }
        }
        return latest;
    }
}
