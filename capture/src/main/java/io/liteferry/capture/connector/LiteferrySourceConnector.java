package io.liteferry.capture.connector;

import io.liteferry.core.options.Options;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/** SQLite as a source of Kafka Connect. One task: a SQLite file has one writer and one order. */
public final class LiteferrySourceConnector extends SourceConnector {
    static final String VERSION = versionOfTheJar();

    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

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

    /** Records are bytes of our format and none may be dropped: any setting that would change that is refused. */
    @Override
    public Config validate(Map<String, String> given) {
        Config config = super.validate(given);
        if (given.getOrDefault(TaskContext.TOKEN, "").isEmpty()) {
            require(
                    config,
                    TaskContext.MIGRATION_FILE,
                    !given.getOrDefault(TaskContext.MIGRATION_FILE, "").isEmpty(),
                    "is not set: give the path of migration.yaml on the worker");
            for (String converter : List.of("key.converter", "value.converter")) {
                require(
                        config,
                        TaskContext.MIGRATION_FILE,
                        BYTES.equals(given.get(converter)),
                        converter + " must be set to " + BYTES);
            }
            require(
                    config,
                    TaskContext.MIGRATION_FILE,
                    !"all".equals(given.get("errors.tolerance")),
                    "errors.tolerance=all would drop records in silence: leave it at none");
        }
        return config;
    }

    private static void require(Config config, String option, boolean holds, String problem) {
        if (!holds) {
            config.configValues().stream()
                    .filter(v -> v.name().equals(option))
                    .findFirst()
                    .ifPresent((ConfigValue v) -> v.addErrorMessage(problem));
        }
    }
}
