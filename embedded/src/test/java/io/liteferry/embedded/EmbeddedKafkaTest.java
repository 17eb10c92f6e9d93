package io.liteferry.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @TempDir
    private Path directory;

    @Test
    void keepsItsRecordsWhenItStartsAgainOnAnotherPort() throws Exception {
        String first;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            first = kafka.bootstrapServers();
            createTopic(first, "shop.orders");
            send(first, "shop.orders", "kept".getBytes(StandardCharsets.UTF_8));
            assertThat(EmbeddedKafka.findRunning(directory)).contains(first);
        }
        assertThat(EmbeddedKafka.findRunning(directory)).isEmpty();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThat(kafka.bootstrapServers()).isNotEqualTo(first);
            assertThat(firstValue(kafka.bootstrapServers(), "shop.orders"))
                    .asString()
                    .isEqualTo("kept");
        }
    }

    @Test
    void keepsAcknowledgedRecordsWhenItsProcessIsKilled() throws Exception {
        Process owner = ServerOwner.launch("kafka", directory);
        String address = ServerOwner.address(owner);
        createTopic(address, "shop.orders");
        send(address, "shop.orders", "kept".getBytes(StandardCharsets.UTF_8));
        owner.destroyForcibly().waitFor();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThat(firstValue(kafka.bootstrapServers(), "shop.orders"))
                    .asString()
                    .isEqualTo("kept");
        }
    }

    @Test
    void carriesARecordOf64MiB() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            createTopic(kafka.bootstrapServers(), "shop.files");
            send(kafka.bootstrapServers(), "shop.files", new byte[64 << 20]);
            assertThat(firstValue(kafka.bootstrapServers(), "shop.files")).hasSize(64 << 20);
        }
    }

    @Test
    void makesNoTopicThatNobodyAskedFor() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("shop.misspelt"))
                            .allTopicNames()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void refusesADirectoryThatIsInUse() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining(directory.toString());
            assertThat(EmbeddedKafka.findRunning(directory)).contains(kafka.bootstrapServers());
        }
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
    }

    private static void createTopic(String address, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private static void send(String address, String topic, byte[] value) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", address, "max.request.size", 80 << 20, "buffer.memory", 80L << 20, "acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static byte[] firstValue(String address, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofSeconds(30))) {
                return found.value();
            }
            throw new AssertionError("No record in " + topic);
        }
    }
}
