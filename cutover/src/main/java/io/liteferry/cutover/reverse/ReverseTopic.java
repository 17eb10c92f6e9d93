package io.liteferry.cutover.reverse;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a source's partition of {@code <name>.reverse} holds. */
final class ReverseTopic {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private ReverseTopic() {}

    /** Up to where PostgreSQL's log stands in the topic; 0 where the topic is empty. */
    static long reached(Plan plan) {
        TopicPartition p = new TopicPartition(TopicNames.of(plan).reverse(), plan.partition());
        try (Consumer<byte[], byte[]> consumer = KafkaClients.of(plan.options()).consumer("liteferry-reverse-end")) {
            consumer.assign(List.of(p));
            long end = consumer.endOffsets(List.of(p)).getOrDefault(p, 0L);
            if (end == 0) {
                return 0;
            }
            consumer.seek(p, end - 1);
            long started = System.nanoTime();
            while (System.nanoTime() - started < PATIENCE_NANOS) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(200))) {
                    return Json.read(r.value(), ReverseRecord.class, p + " offset " + r.offset())
                            .lsn();
                }
            }
            throw unreachable(p, "no answer in 30 s", null);
        } catch (KafkaException e) {
            throw unreachable(p, e.toString(), e);
        }
    }

    private static LiteferryException unreachable(TopicPartition p, String found, @Nullable Throwable cause) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Reading the end of " + p + ": " + found
                        + ". Check bootstrap.servers and that apply has made the topics.",
                cause);
    }
}
