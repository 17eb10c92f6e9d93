package io.liteferry.capture.connector;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.plan.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;

/** SQLite as a source of Kafka Connect. A SQLite file has one writer and one order, so it is
 * read by one task; several files are spread over the tasks. */
public final class LiteferrySourceConnector extends SourceConnector {
    static final String VERSION = ConnectorConfiguration.version(LiteferrySourceConnector.class);

    private Map<String, String> configuration = Map.of();

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public void start(Map<String, String> given) {
        configuration = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return LiteferrySourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<String> sources = TaskContext.of(configuration).plan().sources().stream()
                .map(Source::name)
                .toList();
        int tasks = Math.min(maxTasks, sources.size());
        return IntStream.range(0, tasks)
                .mapToObj(task -> IntStream.range(0, sources.size())
                        .filter(i -> i % tasks == task)
                        .mapToObj(sources::get)
                        .collect(Collectors.joining(",")))
                .map(this::withSources)
                .toList();
    }

    private Map<String, String> withSources(String names) {
        Map<String, String> task = new HashMap<>(configuration);
        task.put(TaskContext.SOURCES, names);
        return task;
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return ConnectorConfiguration.definition()
                .defineInternal(TaskContext.SOURCES, ConfigDef.Type.STRING, "", Importance.LOW)
                .defineInternal(TaskContext.TOKEN, ConfigDef.Type.STRING, "", Importance.LOW);
    }

    @Override
    public Config validate(Map<String, String> given) {
        // The service has checked its plan itself.
        return given.getOrDefault(TaskContext.TOKEN, "").isEmpty()
                ? ConnectorChecks.check(given, config())
                : super.validate(given);
    }

    /** Connect stores what passes here, and the next start begins there. */
    @Override
    public boolean alterOffsets(Map<String, String> config, Map<Map<String, ?>, Map<String, ?>> offsets) {
        try {
            StoredOffset.check(TaskContext.of(config).plan(), offsets);
            return true;
        } catch (LiteferryException e) {
            // The REST interface shows the message of this type only.
            throw new ConnectException(e.getMessage(), e);
        }
    }
}
