package io.liteferry.core.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * A connector's configuration while Connect has it validated: what is wrong with it, each problem at the option it belongs
 * to, Connect's own options included.
 */
public final class ConnectorConfiguration {
    public static final String MIGRATION_FILE = "migration.file";
    public static final String BYTE_ARRAY_CONVERTER = "org.apache.kafka.connect.converters.ByteArrayConverter";

    private static final String TASKS = "tasks.max";

    private final Map<String, String> given;
    private final List<ConfigValue> values = new ArrayList<>();

    /** Begins with the problems of our own options. */
    public ConnectorConfiguration(Map<String, String> given, ConfigDef definition) {
        this.given = given;
        // Our own reader of values: ConfigDef's knows no 5s and no 64MiB.
        definition.configKeys().values().stream()
                .filter(k -> !k.internalConfig)
                .forEach(k ->
                        values.add(new ConfigValue(k.name, shown(k, given.get(k.name)), List.of(), new ArrayList<>())));
        given.forEach((name, value) -> {
            if (Options.isOption(name)) {
                Options.problem(name, value).ifPresent(p -> problem(name, p));
            }
        });
    }

    /** Every option, and the migration file. */
    public static ConfigDef definition() {
        return new ConfigDef(Options.declared())
                .define(
                        MIGRATION_FILE,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.HIGH,
                        "The migration file, on the worker. Options of the connector's configuration win over it.");
    }

    /** The version of the jar that a connector came in. */
    public static String version(Class<?> connector) {
        String version = connector.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /**
     * The migration that a configuration names, with the configuration's options laid over those of the file.
     *
     * @throws LiteferryException {@link ErrorCode#OPTION_INVALID} where it names none
     */
    public static Plan plan(Map<String, String> configuration) {
        String file = configuration.getOrDefault(MIGRATION_FILE, "");
        if (file.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Reading the connector's configuration: " + MIGRATION_FILE
                            + " is not set. Give the path of migration.yaml on the worker.");
        }
        Plan plan = PlanFile.read(Path.of(file));
        return plan.withOptions(plan.options().withConnector(configuration));
    }

    /** The REST interface answers with the values, but hides a Password. */
    private static @Nullable Object shown(ConfigDef.ConfigKey key, @Nullable String written) {
        return written != null && key.type == ConfigDef.Type.PASSWORD ? new Password(written) : written;
    }

    /** What was given; empty where nothing was. */
    public String value(String option) {
        return given.getOrDefault(option, "");
    }

    /** The plan, where the configuration names one that can be read; else that is a problem. */
    public Optional<Plan> readPlan() {
        if (value(MIGRATION_FILE).isEmpty()) {
            problem(MIGRATION_FILE, "is not set: give the path of migration.yaml on the worker");
            return Optional.empty();
        }
        if (values.stream()
                .anyMatch(v -> Options.isOption(v.name()) && !v.errorMessages().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional.of(plan(given));
        } catch (LiteferryException e) {
            problem(MIGRATION_FILE, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Options that have no default in a worker. */
    public void demandSet(Plan plan, List<String> options) {
        for (String needed : options) {
            if (plan.options().string(needed).isEmpty()) {
                problem(needed, "is set neither here nor in the migration file; a worker has no embedded services");
            }
        }
    }

    /**
     * At most so many tasks as there are things of which each is one task's.
     *
     * @param thing what there are so many of
     * @param why it is one task's
     */
    public void demandTasks(int things, String thing, String why) {
        String wanted = given.getOrDefault(TASKS, "1");
        try {
            if (Integer.parseInt(wanted.trim()) > things) {
                problem(
                        TASKS,
                        "is " + wanted + " for " + (things == 1 ? "one " + thing : things + " " + thing + "s") + ": "
                                + why + ". Set it to " + things + (things == 1 ? "" : " or less"));
            }
        } catch (NumberFormatException e) {
            problem(TASKS, "is no number");
        }
    }

    /** Connect may drop no record. */
    public void demandNothingDropped() {
        if (value("errors.tolerance").equals("all")) {
            problem("errors.tolerance", "is all, which would drop records in silence: leave it at none");
        }
    }

    public void problem(String option, String found) {
        ConfigValue value = values.stream()
                .filter(v -> v.name().equals(option))
                .findFirst()
                .orElseGet(() -> {
                    // Connect's own option: its value must be of Connect's type, or none.
                    ConfigValue foreign = new ConfigValue(option, null, List.of(), new ArrayList<>());
                    values.add(foreign);
                    return foreign;
                });
        value.addErrorMessage(found.startsWith(option) || found.startsWith("LF-") ? found : option + " " + found + ".");
    }

    /** What Connect is told. */
    public Config checked() {
        return new Config(values);
    }
}
