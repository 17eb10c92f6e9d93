package io.liteferry.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One broker and one PostgreSQL server a JVM, started at first use and removed when the JVM ends: what every test connects to. */
public final class SharedServers {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Path directory;
    private static @Nullable EmbeddedKafka kafka;
    private static final Map<PostgresBinaries, PostgresServer> POSTGRES = new HashMap<>();

    private SharedServers() {}

    /** Bootstrap servers of the broker. */
    public static synchronized String kafka() {
        if (kafka == null) {
            kafka = EmbeddedKafka.start(directory().resolve("kafka"));
        }
        return kafka.bootstrapServers();
    }

    /** The PostgreSQL server; it may lose data when the machine stops, for speed. */
    public static PostgresServer postgres() {
        return postgres(PostgresBinaries.USUAL);
    }

    /** The same of another version; each is started once. */
    public static synchronized PostgresServer postgres(PostgresBinaries binaries) {
        return POSTGRES.computeIfAbsent(
                binaries,
                b -> PostgresServer.start(
                        b,
                        directory().resolve("postgres-" + b.version()),
                        0,
                        Map.of("fsync", "off", "full_page_writes", "off", "max_connections", "200")));
    }

    /** JDBC URL, user included, of a fresh empty database. */
    public static String newDatabase() {
        return newDatabase(PostgresBinaries.USUAL);
    }

    /** The same on a server of another version. */
    public static String newDatabase(PostgresBinaries binaries) {
        PostgresServer server = postgres(binaries);
        String name = "test_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new EmbeddedServerException("Could not create the database " + name + ": " + e.getMessage(), e);
        }
        return server.jdbcUrl(name);
    }

    /** The URL for somebody who writes to tables that are closed until a cutover, and says so. */
    public static String byHand(String url) {
        return url + (url.contains("?") ? "&" : "?") + "options=-c%20liteferry.writer=test";
    }

    private static Path directory() {
        if (directory == null) {
            try {
                directory = Files.createTempDirectory("liteferry-test-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(SharedServers::stop, "stop-shared-servers"));
        }
        return directory;
    }

    private static synchronized void stop() {
        POSTGRES.values().forEach(PostgresServer::close);
        if (kafka != null) {
            kafka.close();
        }
        if (directory != null) {
            try {
                FileTree.delete(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
