package io.liteferry.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
    /** Name of the file that holds the address of the running broker. */
    private static final String ADDRESS = "address";

    private static final int NODE_ID = 1;
    private static final int MIB = 1024 * 1024;

    private final KafkaRaftServer server;
    private final OwnedDirectory directory;
    private final String bootstrapServers;

    private EmbeddedKafka(KafkaRaftServer server, OwnedDirectory directory, String bootstrapServers) {
        this.server = server;
        this.directory = directory;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker on a free port. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, 0);
    }

    /** Starts a broker; port 0 takes a free one. Returns once clients can be served. */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, Map.of());
    }

    /**
     * The same with settings of the broker, which win over ours; the listener of the clients is called PLAINTEXT, whatever
     * protocol it is given.
     */
    public static EmbeddedKafka start(Path directory, int port, Map<String, String> settings) {
        if (port != 0 && FreePort.isTaken(port)) {
            throw new EmbeddedServerException("Could not start the embedded Kafka broker in " + directory + ": port "
                    + port + " is taken by another process. Stop that one, or choose another port.");
        }
        OwnedDirectory owned = OwnedDirectory.take("embedded Kafka broker", directory);
        try {
            String address = "127.0.0.1:" + (port == 0 ? FreePort.choose() : port);
            Path data = owned.path().resolve("data");
            if (!Files.exists(data.resolve("meta.properties"))) {
                format(data);
            }
            KafkaRaftServer server = startup(data, address, settings);
            Files.writeString(owned.path().resolve(ADDRESS), address);
            return new EmbeddedKafka(server, owned, address);
        } catch (Exception e) {
            owned.close();
            throw new EmbeddedServerException(
                    "Could not start the embedded Kafka broker in " + directory + ": " + e.getMessage()
                            + ". Is the directory writable, and its disk not full?",
                    e);
        }
    }

    /** Where clients connect to the broker that runs in a directory, in this process or in another. */
    public static Optional<String> findRunning(Path directory) {
        Path file = directory.resolve(ADDRESS);
        if (!OwnedDirectory.isOwned(directory) || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "Could not read where the embedded Kafka broker in " + directory + " runs: " + e, e);
        }
    }

    /** Where clients connect, as {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        try (directory) {
            Files.deleteIfExists(directory.path().resolve(ADDRESS));
            server.shutdown();
            server.awaitShutdown();
        } catch (IOException e) {
            throw new EmbeddedServerException("Could not stop the embedded Kafka broker: " + e, e);
        }
    }

    private static KafkaRaftServer startup(Path data, String address, Map<String, String> more) throws IOException {
        Map<String, String> settings = settings(data, address);
        settings.putAll(more);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
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

    private static Map<String, String> settings(Path dataDirectory, String address) throws IOException {
        String controller = "127.0.0.1:" + FreePort.choose();
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@" + controller);
        settings.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://" + address);
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
        // A killed broker's registration holds up its successor for this long.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        return settings;
    }
}
