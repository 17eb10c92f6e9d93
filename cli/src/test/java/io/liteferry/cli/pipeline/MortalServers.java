package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.embedded.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A broker and a PostgreSQL of one test alone, stopped hard and started again at the same addresses with their data. */
final class MortalServers implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of("fsync", "off", "full_page_writes", "off");

    private final Path kafkaFolder;
    private final Path address;
    private final Path postgresFolder;
    private final Path log;
    private final String kafka;
    private PostgresServer postgres;
    private Process broker;

    MortalServers(Path folder) throws IOException {
        kafkaFolder = folder.resolve("kafka");
        address = kafkaFolder.resolve("address");
        postgresFolder = folder.resolve("postgres");
        log = folder.resolve("broker.log");
        broker = broker(0);
        kafka = awaitBroker();
        postgres = PostgresServer.start(postgresFolder, 0, SETTINGS);
    }

    String kafka() {
        return kafka;
    }

    String database() {
        return postgres.jdbcUrl();
    }

    void killKafka() throws InterruptedException {
        broker.destroyForcibly().waitFor();
    }

    void startKafka() throws IOException {
        broker = broker(Integer.parseInt(kafka.replaceFirst(".*:", "")));
        assertThat(awaitBroker()).isEqualTo(kafka);
    }

    private Process broker(int port) throws IOException {
        // A killed one has left it behind.
        Files.deleteIfExists(address);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        kafkaFolder.toString(),
                        String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private String awaitBroker() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    assertThat(broker.isAlive()).as(Files.readString(log)).isTrue();
                    return Files.exists(address) && !Files.readString(address).isEmpty();
                });
        try {
            return Files.readString(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An immediate shutdown: no checkpoint, no word to anybody; the next start recovers from the log. */
    void killPostgres() throws IOException, InterruptedException {
        List<String> pid = Files.readAllLines(postgresFolder.resolve("data").resolve("postmaster.pid"));
        new ProcessBuilder("kill", "-QUIT", pid.get(0)).start().waitFor();
        ProcessHandle.of(Long.parseLong(pid.get(0))).ifPresent(p -> p.onExit().join());
    }

    void startPostgres() {
        int port = postgres.port();
        postgres.close();
        postgres = PostgresServer.start(postgresFolder, port, SETTINGS);
    }

    @Override
    public void close() {
        postgres.close();
        broker.destroyForcibly().onExit().join();
    }
}
