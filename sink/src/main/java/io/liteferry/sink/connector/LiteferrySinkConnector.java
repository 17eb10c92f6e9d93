package io.liteferry.sink.connector;

import io.liteferry.core.connector.ConnectorConfiguration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;

/** PostgreSQL as a sink of Kafka Connect. A source is one partition of each topic, so one task takes it whole. */
public final class LiteferrySinkConnector extends SinkConnector {
    static final String VERSION = ConnectorConfiguration.version(LiteferrySinkConnector.class);

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
        return LiteferrySinkTask.class;
    }

    /** Which sources a task takes is decided by the partitions that it is given. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        int sources = ConnectorConfiguration.plan(configuration).sources().size();
        return Collections.nCopies(Math.min(maxTasks, sources), configuration);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return ConnectorConfiguration.definition();
    }

    @Override
    public Config validate(Map<String, String> given) {
        return SinkChecks.check(given, config());
    }

    /** Connect's offsets of this connector are a copy: altering them would do nothing, in silence. */
    @Override
    public boolean alterOffsets(Map<String, String> config, Map<TopicPartition, Long> offsets) {
        throw new ConnectException("LF-112 Altering the offsets of " + config.getOrDefault("name", "this connector")
                + ": where it goes on stands in liteferry.applied, beside the rows, and cannot be altered here. To have rows"
                + " sent again, run liteferry repair or liteferry signal snapshot.");
    }
}
