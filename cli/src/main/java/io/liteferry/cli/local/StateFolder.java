package io.liteferry.cli.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The folder beside a migration file that holds the embedded servers' data and where they listen: {@code
 * migration.yaml} has {@code migration.liteferry/}. It is kept between runs.
 */
public record StateFolder(Path folder) {
    private static final int CONNECT_TIMEOUT_MS = 500;

    /**
     * Where embedded servers listen.
     *
     * @param pid the process that started them; once it is gone, a PostgreSQL it left behind is nobody's
     * @param bootstrapServers host:port of the broker, empty where none was started
     * @param connectionUrl JDBC URL with its user, empty where none was started
     */
    public record Endpoints(
            @JsonProperty("pid") long pid,
            @JsonProperty("bootstrap_servers") String bootstrapServers,
            @JsonProperty("connection_url") String connectionUrl) {
        boolean ownerAlive() {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }

    public static StateFolder beside(Path migrationFile) {
        Path file = migrationFile.toAbsolutePath();
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
        return new StateFolder(file.resolveSibling(name + ".liteferry"));
    }

    public Path kafka() {
        return folder.resolve("kafka");
    }

    public Path postgres() {
        return folder.resolve("postgres");
    }

    /** What the last process that started servers wrote; they may be gone by now. */
    public Optional<Endpoints> endpoints() {
        Path file = folder.resolve("endpoints.json");
        try {
            return Files.exists(file)
                    ? Optional.of(Json.read(Files.readAllBytes(file), Endpoints.class, file.toString()))
                    : Optional.empty();
        } catch (IOException e) {
            throw unusable("Reading " + file, e);
        }
    }

    public void publish(Endpoints endpoints) {
        try {
            Files.createDirectories(folder);
            Path fresh = Files.write(folder.resolve("endpoints.json.new"), Json.bytes(endpoints));
            Files.move(fresh, folder.resolve("endpoints.json"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unusable("Writing to " + folder, e);
        }
    }

    /** Whether something accepts connections at host:port. */
    static boolean answers(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        if (colon < 0) {
            return false;
        }
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(hostAndPort.substring(colon + 1));
            socket.connect(new InetSocketAddress(hostAndPort.substring(0, colon), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static LiteferryException unusable(String tried, IOException e) {
        return new LiteferryException(
                ErrorCode.SERVICE_FAILED,
                tried + ": " + e + ". The folder of the migration file must be writable for the embedded servers.",
                e);
    }
}
