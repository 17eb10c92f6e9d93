package io.liteferry.capture.connector;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;

/** SQLite as a source of Kafka Connect. One task: a SQLite file has one writer and one order. */
public final class LiteferrySourceConnector extends SourceConnector {
    static final String VERSION = versionOfTheJar();

    private Map<String, String> configuration = Map.of();

    private static String versionOfTheJar() {
        String version = LiteferrySourceConnector.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

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
        return List.of(configuration);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return new ConfigDef(Options.declared())
                .define(
                        TaskContext.MIGRATION_FILE,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.HIGH,
                        "The migration file, on the worker. Options of the connector's configuration win over it.")
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
