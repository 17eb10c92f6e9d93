package io.liteferry.core.kafka;

import io.liteferry.core.options.Options;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes the Kafka clients. Keys and values are bytes everywhere; what they mean is ours. Offsets are never committed to
 * Kafka: they live in PostgreSQL, beside the data.
 */
public final class KafkaClients {
    /** Largest record of ours, in bytes: one row. The topics that apply makes take it. */
    public static final int MAX_RECORD_BYTES = 64 << 20;

    /** Largest key and value together; the rest is what Kafka adds to them. */
    public static final int MAX_ROW_BYTES = MAX_RECORD_BYTES - (16 << 10);

    private final String bootstrapServers;
    private final Map<String, String> passedThrough;

    private KafkaClients(String bootstrapServers, Map<String, String> passedThrough) {
        this.bootstrapServers = bootstrapServers;
        this.passedThrough = passedThrough;
    }

    public static KafkaClients of(Options options) {
        return new KafkaClients(options.string(Options.BOOTSTRAP_SERVERS), options.kafkaClient());
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * A producer that waits for all replicas and keeps its order. The batch size and linger were measured: with Kafka's
     * old defaults (16 KiB, 0 ms) a first load costs 4 microseconds a row more.
     */
    public Producer<byte[], byte[]> producer(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put("compression.type", "lz4");
        config.put("batch.size", 512 * 1024);
        config.put("linger.ms", 0);
        // Not below max.request.size: the largest record must fit.
        config.put("buffer.memory", (long) MAX_RECORD_BYTES);
        config.put("max.request.size", MAX_RECORD_BYTES);
        config.put("delivery.timeout.ms", 120_000);
        passThrough(config, ProducerConfig.configNames());
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer with no group and no reset: where it starts is told by seek, and a lost offset is an error. */
    public Consumer<byte[], byte[]> consumer(String clientId) {
        Map<String, Object> config = common(clientId);
        // Few, so that who reads looks up soon: the sink sends the next batch between two reads.
        config.put("max.poll.records", 1_000);
        config.put("max.partition.fetch.bytes", 8 << 20);
        config.put("fetch.max.wait.ms", 100);
        passThrough(config, ConsumerConfig.configNames());
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "none");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Whether a record of this key and value can be sent. */
    public static boolean fits(long keyBytes, long valueBytes) {
        return keyBytes + valueBytes <= MAX_ROW_BYTES;
    }

    public Admin admin(String clientId) {
        Map<String, Object> config = common(clientId);
        passThrough(config, AdminClientConfig.configNames());
        return Admin.create(config);
    }

    /** A client warns of options it does not know. */
    private void passThrough(Map<String, Object> config, Set<String> known) {
        passedThrough.forEach((name, value) -> {
            if (known.contains(name)) {
                config.put(name, value);
            }
        });
    }

    private Map<String, Object> common(String clientId) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("client.id", clientId);
        return config;
    }
}
