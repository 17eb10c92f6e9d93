package io.liteferry.capture.connector;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a connector's configuration, each problem at the option it belongs to, Connect's own options
 * included. Records may be neither changed nor dropped between the task and Kafka.
 */
final class ConnectorChecks {
    private static final String CONVERTERS = "org.apache.kafka.connect.converters.";
    private static final String BYTES = CONVERTERS + "ByteArrayConverter";
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";
    private static final Set<String> ACKNOWLEDGED = Set.of("all", "-1");

    private final Map<String, String> given;
    private final List<ConfigValue> values;

    private ConnectorChecks(Map<String, String> given, List<ConfigValue> values) {
        this.given = given;
        this.values = values;
    }

    static Config check(Map<String, String> given, ConfigDef definition) {
        List<ConfigValue> values = new ArrayList<>();
        // Our own reader of values: ConfigDef's knows no 5s and no 64MiB.
        definition.configKeys().values().stream()
                .filter(k -> !k.internalConfig)
                .forEach(k ->
                        values.add(new ConfigValue(k.name, shown(k, given.get(k.name)), List.of(), new ArrayList<>())));
        ConnectorChecks checks = new ConnectorChecks(given, values);
        checks.options();
        checks.plan().ifPresent(checks::ofThePlan);
        checks.acknowledgements();
        return new Config(values);
    }

    /** The REST interface answers with the values, but hides a Password. */
    private static @Nullable Object shown(ConfigDef.ConfigKey key, @Nullable String written) {
        return written != null && key.type == ConfigDef.Type.PASSWORD ? new Password(written) : written;
    }

    private void options() {
        Options.declared().names().stream()
                .filter(given::containsKey)
                .forEach(name ->
                        Options.problem(name, given.getOrDefault(name, "")).ifPresent(p -> problem(name, p)));
    }

    private Optional<Plan> plan() {
        if (given.getOrDefault(TaskContext.MIGRATION_FILE, "").isEmpty()) {
            problem(TaskContext.MIGRATION_FILE, "is not set: give the path of migration.yaml on the worker");
            return Optional.empty();
        }
        if (values.stream().anyMatch(v -> !v.errorMessages().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional.of(TaskContext.of(given).plan());
        } catch (LiteferryException e) {
            problem(TaskContext.MIGRATION_FILE, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void ofThePlan(Plan plan) {
        for (String needed : plan.several()
                ? List.of(Options.BOOTSTRAP_SERVERS)
                : List.of(Options.DATABASE_FILE_PATH, Options.BOOTSTRAP_SERVERS)) {
            if (plan.options().string(needed).isEmpty()) {
                problem(needed, "is set neither here nor in the migration file; a worker has no embedded services");
            }
        }
        tasks(given.getOrDefault("tasks.max", "1"), plan.sources().size());
        String format = plan.options().string(Options.RECORD_FORMAT);
        for (String converter : List.of("key.converter", "value.converter")) {
            converterProblem(format, given.getOrDefault(converter, "")).ifPresent(p -> problem(converter, p));
        }
    }

    private void tasks(String wanted, int files) {
        try {
            if (Integer.parseInt(wanted.trim()) > files) {
                problem(
                        "tasks.max",
                        "is " + wanted + " for " + (files == 1 ? "one SQLite file" : files + " SQLite files")
                                + ": a file has one writer and one order, so one task reads it. Set it to " + files
                                + (files == 1 ? "" : " or less"));
            }
        } catch (NumberFormatException e) {
            problem("tasks.max", "is no number");
        }
    }

    private static Optional<String> converterProblem(String format, String converter) {
        String of = Options.RECORD_FORMAT + "=" + format;
        if (format.equals(Options.RECORD_FORMAT_PACKED)) {
            return converter.equals(BYTES)
                    ? Optional.empty()
                    : Optional.of("must be set to " + BYTES + " for " + of + ", or set " + Options.RECORD_FORMAT + "="
                            + Options.RECORD_FORMAT_STRUCT + " for a converter of structs");
        }
        boolean structs = !converter.isEmpty() && !converter.startsWith(CONVERTERS) && !converter.equals(STRING);
        return structs
                ? Optional.empty()
                : Optional.of("must be set, to a converter of structs, for " + of
                        + ": for example org.apache.kafka.connect.json.JsonConverter");
    }

    private void acknowledgements() {
        if ("all".equals(given.get("errors.tolerance"))) {
            problem("errors.tolerance", "is all, which would drop records in silence: leave it at none");
        }
        String acks = given.get("producer.override.acks");
        if (acks != null && !ACKNOWLEDGED.contains(acks)) {
            problem(
                    "producer.override.acks",
                    "is " + acks + ": an END may only follow records that all replicas hold. Leave it at all");
        }
    }

    private void problem(String option, String found) {
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
}
