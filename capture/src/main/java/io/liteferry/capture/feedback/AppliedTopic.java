package io.liteferry.capture.feedback;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads what the sink has applied, from {@code <name>.applied}. The last record of our name counts. */
public final class AppliedTopic {
    private static final long WAIT_SECONDS = 30;

    private AppliedTopic() {}

    /** Writes where the target is, in place of a sink, which does not run meanwhile. */
    public static void publish(KafkaClients clients, Plan plan, AppliedPosition position) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                TopicNames.of(plan).applied(),
                plan.partition(),
                plan.source().getBytes(StandardCharsets.UTF_8),
                Json.bytes(position));
        try (Producer<byte[], byte[]> producer = clients.producer("liteferry-apply")) {
            producer.send(record).get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unpublished(record.topic(), e);
        } catch (ExecutionException | TimeoutException e) {
            throw unpublished(record.topic(), e);
        }
    }

    private static LiteferryException unpublished(String topic, Exception e) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Writing the applied position to " + topic + ": " + e + ". Run the command again.",
                e);
    }

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
