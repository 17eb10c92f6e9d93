package io.liteferry.bench;

import io.liteferry.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One PostgreSQL and one broker in a JVM of its own for a whole benchmark, warm after the first round, removed at its end. */
final class Servers implements AutoCloseable {
    private static final String BROKER_HEAP = "512m";

    private final Path folder;
    private final PostgresServer postgres;
    private final Child broker;
    private final String kafka;

    private Servers(Path folder, PostgresServer postgres, Child broker, String kafka) {
        this.folder = folder;
        this.postgres = postgres;
        this.broker = broker;
        this.kafka = kafka;
    }

    static Servers start() throws IOException {
        return start(Cores.SHARED);
    }

    static Servers start(Cores cores) throws IOException {
        Path folder = Files.createTempDirectory("liteferry-bench-");
        PostgresServer postgres = PostgresServer.start(folder.resolve("postgres"));
        try {
            Child broker = Child.start(
                    cores.beside(),
                    BrokerProcess.class,
                    BROKER_HEAP,
                    folder.resolve("broker.log"),
                    Map.of(),
                    List.of(folder.resolve("kafka").toString()));
            return new Servers(folder, postgres, broker, broker.running());
        } catch (IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** For files of the benchmark. */
    Path folder() {
        return folder;
    }

    String kafka() {
        return kafka;
    }

    String url(String database) {
        return postgres.jdbcUrl(database);
    }

    /** Makes an empty database and writes earlier ones out, so that a round does not pay for the one before. */
    String newDatabase(String name) throws SQLException {
        run("postgres", "CREATE DATABASE " + name);
        run("postgres", "CHECKPOINT");
        return url(name);
    }

    void dropDatabase(String name) throws SQLException {
        run("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    private void run(String database, String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url(database));
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            broker.close();
        } finally {
            postgres.close();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path p : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
