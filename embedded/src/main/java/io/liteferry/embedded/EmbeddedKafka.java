package io.liteferry.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One Kafka node, broker and controller together, inside this process.
 *
 * <p>The data directory is formatted when it is new and reused as it is otherwise. The ports are taken anew at each start: the quorum is found through
 * the configured voters, never through an address on disk, so a kept directory may move to another port.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE_ID = 1;
    private static final int MIB = 1024 * 1024;

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker on a free port. */
    public static EmbeddedKafka start(Path dataDirectory) {
        return start(dataDirectory, 0);
    }

    /** Starts a broker; port 0 takes a free one. Returns once clients can be served. */
    public static EmbeddedKafka start(Path dataDirectory, int port) {
        try {
            int brokerPort = port == 0 ? freePort() : port;
            int controllerPort = freePort();
            Files.createDirectories(dataDirectory);
            if (!Files.exists(dataDirectory.resolve("meta.properties"))) {
                format(dataDirectory);
            }
            KafkaConfig config = new KafkaConfig(settings(dataDirectory, brokerPort, controllerPort), false);
            KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedKafka(server, "127.0.0.1:" + brokerPort);
        } catch (Exception e) {
            throw new EmbeddedServerException(
                    "Could not start the embedded Kafka broker in " + dataDirectory + ": " + e.getMessage()
                            + ". Is another process using this directory or its port?",
                    e);
        }
    }

    /** Where clients connect, as {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path dataDirectory) throws Exception {
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(dataDirectory.toString())
                .addDirectory(dataDirectory.toString());
        formatter.run();
    }

    private static Map<String, String> settings(Path dataDirectory, int brokerPort, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + brokerPort + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + brokerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", dataDirectory.toString());

        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");

        // A row may be large: SQLite's own limit is 1 GB, ours is stated in the options.
        settings.put("message.max.bytes", String.valueOf(96 * MIB));
        settings.put("socket.request.max.bytes", String.valueOf(100 * MIB));
        settings.put("replica.fetch.max.bytes", String.valueOf(96 * MIB));
        // The topics are the only copy of what the sink has not applied yet: nothing expires unless a topic says so.
        settings.put("log.retention.ms", "-1");
        settings.put("log.segment.bytes", String.valueOf(128 * MIB));
        settings.put("log.index.size.max.bytes", String.valueOf(MIB));
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 * MIB));
        settings.put("log.cleaner.threads", "1");

        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("group.coordinator.threads", "1");
        settings.put("controlled.shutdown.enable", "false");
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
