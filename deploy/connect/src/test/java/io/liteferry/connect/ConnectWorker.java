package io.liteferry.connect;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.liteferry.embedded.SharedServers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A distributed Connect worker in a process of its own, and its REST interface. A killed one leaves its group's topics. */
final class ConnectWorker implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    /** The answer of the REST interface. */
    record Answer(int status, JsonNode body) {
        String message() {
            return body.path("message").asText();
        }
    }

    private ConnectWorker(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * @param name of its files
     * @param plugins folders of plugins, one a folder
     */
    static ConnectWorker start(String group, String name, Path folder, List<Path> plugins) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers", SharedServers.kafka(),
                "group.id", group,
                "listeners", "http://127.0.0.1:" + port,
                "plugin.path",
                        String.join(",", plugins.stream().map(Path::toString).toList()),
                "plugin.discovery", "service_load",
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "offset.flush.interval.ms", "500",
                "scheduled.rebalance.max.delay.ms", "0"));
        // A killed worker's work is taken over soon.
        settings.put("session.timeout.ms", "6000");
        settings.put("heartbeat.interval.ms", "1000");
        for (String topic : List.of("offset", "config", "status")) {
            settings.put(topic + ".storage.topic", group + "-" + topic);
            settings.put(topic + ".storage.replication.factor", "1");
            if (!topic.equals("config")) {
                settings.put(topic + ".storage.partitions", "1");
            }
        }
        Path file = folder.resolve(name + ".properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        Path.of(System.getProperty("connect.worker")).toAbsolutePath() + "/*",
                        "org.apache.kafka.connect.cli.ConnectDistributed",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ConnectWorker worker = new ConnectWorker(process, URI.create("http://127.0.0.1:" + port));
        try {
            await().atMost(PATIENCE).until(() -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the worker has ended: " + Files.readString(log));
                }
                return worker.isReady();
            });
            return worker;
        } catch (RuntimeException e) {
            worker.close();
            throw e;
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        try {
            return get("/connectors").status() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, null);
    }

    Answer send(String method, String path, @Nullable Object body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        boolean json = response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
        return new Answer(response.statusCode(), json ? JSON.readTree(response.body()) : MissingNode.getInstance());
    }

    /** The REST interface answers 409 while the workers share out their work again. */
    Answer sendUntilTaken(String method, String path, @Nullable Object body) {
        return await().atMost(PATIENCE).until(() -> send(method, path, body), answer -> answer.status() != 409);
    }

    /** What the plugin finds wrong with a configuration, by option. */
    Map<String, String> problems(String plugin, Map<String, String> config) throws IOException, InterruptedException {
        Map<String, String> problems = new HashMap<>();
        Answer answer = send("PUT", plugin + "/config/validate", config);
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
        for (JsonNode option : answer.body().path("configs")) {
            JsonNode value = option.path("value");
            if (!value.path("errors").isEmpty()) {
                problems.put(value.path("name").asText(), value.path("errors").toString());
            }
        }
        return problems;
    }

    void create(String name, Map<String, String> config) {
        Answer made = sendUntilTaken("PUT", "/connectors/" + name + "/config", config);
        if (made.status() != 201 && made.status() != 200) {
            throw new IllegalStateException(made.toString());
        }
    }

    void delete(String name) {
        sendUntilTaken("DELETE", "/connectors/" + name, null);
    }

    void awaitTask(String name, String state) {
        await().atMost(PATIENCE).until(() -> task(name).path("state").asText().equals(state));
    }

    JsonNode task(String name) throws IOException, InterruptedException {
        return get("/connectors/" + name + "/status").body().path("tasks").path(0);
    }

    /** Ends the process as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
