package io.liteferry.validator;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes verdicts on {@code <name>.validation}. In a thread of its own: a broker that does not answer must not keep
 * the verdict from being made.
 */
final class ValidationTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ValidationTopic.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(r -> {
        Thread t = new Thread(r, "validation-topic");
        t.setDaemon(true);
        return t;
    });

    ValidationTopic(Plan plan) {
        this.topic = TopicNames.of(plan).validation();
        this.producer = KafkaClients.of(plan.options()).producer(plan.name() + "-validator");
    }

    /** @param plan of one source */
    void publish(Plan plan, byte[] document) {
        try {
            thread.execute(() -> send(plan, document));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("topic", topic).log("verdict not published: closing");
        }
    }

    private void send(Plan plan, byte[] document) {
        byte[] key = plan.source().getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(new ProducerRecord<>(topic, plan.partition(), key, document))
                    .get();
        } catch (ExecutionException | KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("error", e.toString())
                    .log("verdict not published");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        producer.close(CLOSE);
    }
}
