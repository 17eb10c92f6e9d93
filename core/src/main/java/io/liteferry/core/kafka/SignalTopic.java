package io.liteferry.core.kafka;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Signal;
import io.liteferry.core.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends requests to capture on {@code <name>.signals}. */
public final class SignalTopic {
    private static final long PATIENCE_SECONDS = 30;

    private SignalTopic() {}

    /** Returns once Kafka has the signal; capture hears it a moment later. */
    public static void send(Producer<byte[], byte[]> producer, Plan plan, Signal signal) {
        String topic = TopicNames.of(plan).signals();
        byte[] key = plan.source().getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(new ProducerRecord<>(topic, plan.partition(), key, Json.bytes(signal)))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(topic, "it was interrupted", e);
        } catch (ExecutionException e) {
            throw unreachable(topic, String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw unreachable(topic, "no answer in " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static LiteferryException unreachable(String topic, String found, Exception e) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Sending a signal on " + topic + ": " + found
                        + ". Check bootstrap.servers and that apply has made the topics.",
                e);
    }
}
