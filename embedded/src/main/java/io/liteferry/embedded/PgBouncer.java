package io.liteferry.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's pgbouncer before the shared server, in transaction mode, giving each transaction another session in turn. */
public final class PgBouncer implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_MILLIS = 20;

    private final Process process;
    private final int port;

    private PgBouncer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean isInstalled() {
        return program().isPresent();
    }

    private static Optional<Path> program() {
        return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param folder for its settings and its log */
    public static PgBouncer start(Path folder) throws IOException {
        Path program = program().orElseThrow();
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Matcher url = Pattern.compile(".*:(\\d+)/.*user=([^&]+)&password=([^&]+).*")
                .matcher(SharedServers.postgres().jdbcUrl());
        if (!url.matches()) {
            throw new IllegalStateException("another form of URL");
        }
        Path settings = folder.resolve("pgbouncer.ini");
        Files.writeString(settings, String.format(Locale.ROOT, """
                [databases]
                * = host=127.0.0.1 port=%s user=%s password=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                min_pool_size = 4
                server_round_robin = 1
                server_reset_query =
                ignore_startup_parameters = extra_float_digits
                """, url.group(1), url.group(2), url.group(3), port));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        Path log = folder.resolve("pgbouncer.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        PgBouncer started = new PgBouncer(process, port);
        started.awaitConnections(log);
        return started;
    }

    private void awaitConnections(Path log) throws IOException {
        String url = before(SharedServers.postgres().jdbcUrl());
        long until = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                DriverManager.getConnection(url).close();
                return;
            } catch (SQLException e) {
                if (!process.isAlive() || System.nanoTime() - until > 0) {
                    close();
                    throw new IllegalStateException("pgbouncer does not answer: " + Files.readString(log), e);
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while pgbouncer starts", e);
            }
        }
    }

    /** The URL of the same database through here. */
    public String before(String url) {
        return url.replaceFirst(":\\d+/", ":" + port + "/");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
