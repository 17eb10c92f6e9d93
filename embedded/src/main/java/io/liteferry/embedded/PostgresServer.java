package io.liteferry.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PostgreSQL server of our own on the loopback address, with its data in one directory that is kept between runs.
 *
 * <p>It ends with this process, however that ends: a shell stands between, which stops the server when its standard input closes. A server that is still there all
 * the same (the shell was killed too) is stopped at the next start. One process at a time owns the directory, by a lock on a file in it.
 */
public final class PostgresServer implements AutoCloseable {
    /** The database a caller works in who needs only one. */
    public static final String DATABASE = "liteferry";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);
    private static final int PORT_ATTEMPTS = 3;

    /** Arguments: folder of the programs, data directory, log file. The server is told by pg_ctl in a session of its own, so Ctrl-C reaches only us. */
    private static final String GUARD = """
            "$1/pg_ctl" -D "$2" -l "$3" -w -t 300 start >/dev/null 2>&1 || exit 1
            trap '' INT TERM HUP
            echo started
            cat >/dev/null
            "$1/pg_ctl" -D "$2" -w -t 25 -m fast stop >/dev/null 2>&1 ||
              "$1/pg_ctl" -D "$2" -w -t 10 -m immediate stop >/dev/null 2>&1
            """;

    private final PostgresCluster cluster;
    private final OwnedDirectory owned;
    private final Process guard;
    private final int port;

    private PostgresServer(PostgresCluster cluster, OwnedDirectory owned, Process guard, int port) {
        this.cluster = cluster;
        this.owned = owned;
        this.guard = guard;
        this.port = port;
    }

    /** Starts the server of a directory with our settings on a free port. */
    public static PostgresServer start(Path directory) {
        return start(directory, 0, Map.of());
    }

    /**
     * Starts the server of a directory; returns once it can be connected to.
     *
     * @param port 0 takes a free one
     * @param settings PostgreSQL's, added to ours; they win over them
     */
    public static PostgresServer start(Path directory, int port, Map<String, String> settings) {
        return start(PostgresBinaries.USUAL, directory, port, settings);
    }

    /**
     * The same with programs of another version.
     *
     * @param port 0 takes a free one
     * @param settings PostgreSQL's, added to ours; they win over them
     */
    public static PostgresServer start(
            PostgresBinaries binaries, Path directory, int port, Map<String, String> settings) {
        OwnedDirectory owned = OwnedDirectory.take("embedded PostgreSQL", directory);
        try {
            return start(binaries, new PostgresCluster(owned.path()), owned, port, settings);
        } catch (IOException | SQLException e) {
            owned.close();
            throw new EmbeddedServerException("Could not start the embedded PostgreSQL in " + directory + ": " + e, e);
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /** JDBC URL, user and password included, of {@link #DATABASE} on the server that runs in a directory, in this process or in another. */
    public static Optional<String> findRunning(Path directory) {
        if (!OwnedDirectory.isOwned(directory)) {
            return Optional.empty();
        }
        PostgresCluster cluster = new PostgresCluster(directory.toAbsolutePath().normalize());
        try {
            Optional<Integer> port = cluster.port();
            return port.isEmpty() ? Optional.empty() : Optional.of(jdbcUrl(cluster, port.get(), DATABASE));
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "Could not read where the embedded PostgreSQL in " + directory + " runs: " + e, e);
        }
    }

    /** JDBC URL of {@link #DATABASE}, user and password included. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    /** JDBC URL of a database of this server, user and password included. */
    public String jdbcUrl(String database) {
        try {
            return jdbcUrl(cluster, port, database);
        } catch (IOException e) {
            throw new EmbeddedServerException("Could not read the embedded PostgreSQL's password: " + e, e);
        }
    }

    public int port() {
        return port;
    }

    /** Stops the server after its present transactions were rolled back; the data stays. */
    @Override
    public void close() {
        try (owned) {
            stop(guard, cluster);
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "Could not stop the embedded PostgreSQL in " + cluster.root() + ": " + e, e);
        }
    }

    private static PostgresServer start(
            PostgresBinaries version,
            PostgresCluster cluster,
            OwnedDirectory owned,
            int port,
            Map<String, String> settings)
            throws IOException, SQLException {
        Path binaries = version.unpacked(cluster.root());
        UnprivilegedCommand unprivileged = UnprivilegedCommand.find();
        if (cluster.exists()) {
            stopLeftOver(cluster, binaries, unprivileged);
        } else {
            cluster.create(version.major(), binaries, unprivileged, !"off".equals(settings.get("fsync")));
        }
        for (int attempt = 1; ; attempt++) {
            int chosen = port == 0 ? FreePort.choose() : port;
            cluster.configure(withOurs(settings, chosen));
            Files.deleteIfExists(cluster.log());
            Process guard = guard(cluster, binaries, unprivileged);
            if (started(guard)) {
                PostgresServer server = new PostgresServer(cluster, owned, guard, chosen);
                server.createDatabaseOrStop();
                return server;
            }
            String log = cluster.logTail();
            boolean taken = log.contains("Address already in use");
            if (!taken || port != 0 || attempt == PORT_ATTEMPTS) {
                throw new EmbeddedServerException("Could not start the embedded PostgreSQL in " + cluster.root()
                        + " on port " + chosen + ": " + log + " Look into " + cluster.log() + ".");
            }
        }
    }

    private static Process guard(PostgresCluster cluster, Path binaries, UnprivilegedCommand unprivileged)
            throws IOException {
        List<String> command = List.of(
                "sh",
                "-c",
                GUARD,
                "liteferry-postgres",
                binaries.resolve("bin").toString(),
                cluster.data().toString(),
                cluster.log().toString());
        return new ProcessBuilder(unprivileged.command(command))
                .directory(cluster.root().toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static boolean started(Process guard) throws IOException {
        BufferedReader output = guard.inputReader();
        return "started".equals(output.readLine());
    }

    private static void stop(Process guard, PostgresCluster cluster) throws IOException {
        guard.getOutputStream().close();
        if (!Interruptibly.waitFor(guard, STOP_LIMIT)) {
            guard.destroyForcibly();
            throw new EmbeddedServerException("The embedded PostgreSQL in " + cluster.root() + " did not stop within "
                    + STOP_LIMIT.toSeconds() + " s. Look into " + cluster.log() + ".");
        }
    }

    /** We hold the lock: a server that still runs here has lost its owner. */
    private static void stopLeftOver(PostgresCluster cluster, Path binaries, UnprivilegedCommand unprivileged)
            throws IOException {
        for (String mode : List.of("fast", "immediate")) {
            if (cluster.postmaster().isPresent()) {
                List<String> stop = List.of(
                        binaries.resolve("bin/pg_ctl").toString(),
                        "--pgdata=" + cluster.data(),
                        "--mode=" + mode,
                        "--wait",
                        "--timeout=25",
                        "stop");
                Interruptibly.waitFor(new ProcessBuilder(unprivileged.command(stop))
                        .directory(cluster.root().toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
        }
        Optional<ProcessHandle> stubborn = cluster.postmaster();
        if (stubborn.isPresent()) {
            throw new EmbeddedServerException(
                    "An earlier PostgreSQL, process " + stubborn.get().pid() + ", still runs in " + cluster.root()
                            + " and does not stop. End it, then start again.");
        }
        cluster.forgetForeignProcess();
    }

    private static Map<String, String> withOurs(Map<String, String> settings, int port) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_addresses", "127.0.0.1");
        all.put("port", String.valueOf(port));
        all.put("unix_socket_directories", "");
        all.put("wal_level", "logical");
        all.put("shared_buffers", "128MB");
        all.put("max_wal_size", "1GB");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("log_checkpoints", "off");
        all.putAll(settings);
        return all;
    }

    private void createDatabaseOrStop() throws SQLException, IOException {
        try {
            createDatabase();
        } catch (SQLException | RuntimeException e) {
            stop(guard, cluster);
            throw e;
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            boolean exists;
            try (ResultSet found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                exists = found.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    private static String jdbcUrl(PostgresCluster cluster, int port, String database) throws IOException {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + PostgresCluster.USER + "&password="
                + cluster.password();
    }
}
