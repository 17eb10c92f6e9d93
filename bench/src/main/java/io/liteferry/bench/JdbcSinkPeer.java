package io.liteferry.bench;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The peer of steady writes: a task of Debezium's JDBC sink connector, as a Connect worker would drive it. */
final class JdbcSinkPeer implements AutoCloseable {
    private static final String TASK = "io.debezium.connector.jdbc.JdbcSinkConnectorTask";

    private final SinkTask task;
    private final int batch;

    private JdbcSinkPeer(SinkTask task, int batch) {
        this.task = task;
        this.batch = batch;
    }

    /**
     * The connector's plugin with a class path of its own, as Connect has it.
     *
     * @throws MissingPeerException where the build has not unpacked it
     */
    static URLClassLoader plugin() throws IOException {
        // Else Hibernate prints the connection's URL with its password.
        System.setProperty("org.jboss.logging.provider", "slf4j");
        Path own = Path.of(JdbcSinkPeer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Path folder = own.resolveSibling("plugins").resolve("debezium-connector-jdbc");
        if (!Files.isDirectory(folder)) {
            throw new MissingPeerException("Debezium's JDBC sink connector is not in " + folder
                    + ", so there is nothing to compare with. Build first: ./mvnw -pl bench -am -DskipTests package");
        }
        try (Stream<Path> files = Files.list(folder)) {
            URL[] jars = files.filter(f -> f.toString().endsWith(".jar"))
                    .map(JdbcSinkPeer::url)
                    .toArray(URL[]::new);
            return new URLClassLoader(jars, new WorkerLoader());
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param batch rows the connector writes at once; as many are handed over at once */
    static JdbcSinkPeer start(ClassLoader plugin, UpsertTable table, String jdbcUrl, int batch)
            throws ReflectiveOperationException {
        Map<String, String> configuration = new HashMap<>(Map.of(
                "name",
                table.table(),
                "topics",
                table.table(),
                "connection.url",
                jdbcUrl,
                "connection.username",
                parameter(jdbcUrl, "user"),
                "connection.password",
                parameter(jdbcUrl, "password"),
                "collection.name.format",
                table.table(),
                "insert.mode",
                "upsert",
                "delete.enabled",
                "true",
                "primary.key.mode",
                "record_key",
                "schema.evolution",
                "none"));
        configuration.put("connection.pool.min_size", "1");
        configuration.put("connection.pool.max_size", "2");
        configuration.put("batch.size", String.valueOf(batch));
        configuration.put("use.reduction.buffer", "true");
        configuration.put("dialect.postgres.unnest.insert.enabled", "true");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin);
        try {
            SinkTask task = plugin.loadClass(TASK)
                    .asSubclass(SinkTask.class)
                    .getDeclaredConstructor()
                    .newInstance();
            task.initialize(new Context(configuration));
            task.start(configuration);
            return new JdbcSinkPeer(task, batch);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String parameter(String jdbcUrl, String name) {
        for (String p : jdbcUrl.substring(jdbcUrl.indexOf('?') + 1).split("&", -1)) {
            if (p.startsWith(name + "=")) {
                return p.substring(name.length() + 1);
            }
        }
        return "";
    }

    /** @return nanoseconds that the connector took, commits included */
    long put(List<SinkRecord> records) {
        long nanos = 0;
        for (int at = 0; at < records.size(); at += batch) {
            List<SinkRecord> part = records.subList(at, Math.min(records.size(), at + batch));
            long from = System.nanoTime();
            task.put(part);
            nanos += System.nanoTime() - from;
        }
        return nanos;
    }

    @Override
    public void close() {
        task.stop();
    }

    /** What a worker shares with its plugins. */
    private static final class WorkerLoader extends ClassLoader {
        private static final List<String> SHARED = List.of("org.apache.kafka.", "org.slf4j.", "com.fasterxml.jackson.");

        WorkerLoader() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHARED.stream().noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return JdbcSinkPeer.class.getClassLoader().loadClass(name);
        }
    }

    /** Nothing of it decides how fast the connector writes. */
    private record Context(Map<String, String> configs) implements SinkTaskContext {
        @Override
        public void offset(Map<TopicPartition, Long> offsets) {}

        @Override
        public void offset(TopicPartition partition, long offset) {}

        @Override
        public void timeout(long millis) {}

        @Override
        public Set<TopicPartition> assignment() {
            return Set.of();
        }

        @Override
        public void pause(TopicPartition... partitions) {}

        @Override
        public void resume(TopicPartition... partitions) {}

        @Override
        public void requestCommit() {}

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("no worker, no metrics");
        }
    }
}
