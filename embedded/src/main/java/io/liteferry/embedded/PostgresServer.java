package io.liteferry.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A PostgreSQL server started from bundled binaries. */
public final class PostgresServer implements AutoCloseable {
    private final EmbeddedPostgres server;

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts a server; port 0 takes a free one. The settings are added to ours and win over them. */
    public static PostgresServer start(Path dataDirectory, int port, Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(dataDirectory)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("locale-provider", "builtin")
                    .setLocaleConfig("builtin-locale", "C.UTF-8")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("wal_level", "logical")
                    .setServerConfig("shared_buffers", "128MB")
                    .setServerConfig("max_wal_size", "1GB")
                    .setServerConfig("timezone", "UTC");
            if (port != 0) {
                builder.setPort(port);
            }
            settings.forEach(builder::setServerConfig);
            return new PostgresServer(builder.start());
        } catch (IOException | IllegalStateException e) {
            throw new EmbeddedServerException(
                    "Could not start the embedded PostgreSQL in " + dataDirectory + ": " + e.getMessage(), e);
        }
    }

    /** JDBC URL of a database of this server, user included. */
    public String jdbcUrl(String database) {
        return server.getJdbcUrl("postgres", database);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new EmbeddedServerException("Could not stop the embedded PostgreSQL: " + e.getMessage(), e);
        }
    }
}
