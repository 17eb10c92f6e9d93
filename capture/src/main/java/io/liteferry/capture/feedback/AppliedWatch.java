package io.liteferry.capture.feedback;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code <name>.applied} in a thread of its own and tells each epoch that was applied. It is how a capture learns
 * that another one, on a copy of its file, has taken the target over: in its own file nothing shows it.
 */
public final class AppliedWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AppliedWatch.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final String name;
    private final LongConsumer epochs;
    private final Thread thread = new Thread(this::follow, "capture-applied");
    private volatile boolean closed;

    private AppliedWatch(KafkaClients clients, Plan plan, LongConsumer epochs) {
        this.name = plan.source();
        this.epochs = epochs;
        this.partition = new TopicPartition(TopicNames.of(plan).applied(), plan.partition());
        this.consumer = clients.consumer("liteferry-capture-watch-" + name);
        this.thread.setDaemon(true);
    }

    public static AppliedWatch start(KafkaClients clients, Plan plan, LongConsumer epochs) {
        AppliedWatch watch = new AppliedWatch(clients, plan, epochs);
        watch.consumer.assign(List.of(watch.partition));
        watch.consumer.seekToEnd(List.of(watch.partition));
        watch.thread.start();
        return watch;
    }

    private void follow() {
        try (consumer) {
            while (!closed) {
                try {
                    consumer.poll(POLL).forEach(this::take);
                } catch (WakeupException closing) {
                    LOG.debug("Watch of the applied position woken");
                } catch (KafkaException e) {
                    LOG.warn("The applied position cannot be read now, trying again topic={}", partition.topic(), e);
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> r) {
        if (r.key() != null && r.value() != null && new String(r.key(), StandardCharsets.UTF_8).equals(name)) {
            epochs.accept(Json.read(r.value(), AppliedPosition.class, partition + " offset " + r.offset())
                    .position()
                    .epoch());
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
