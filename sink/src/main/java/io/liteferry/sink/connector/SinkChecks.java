package io.liteferry.sink.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a sink connector's configuration, each problem at the option it belongs to, Connect's own options
 * included. Records may be neither changed nor dropped between Kafka and the task.
 */
final class SinkChecks {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    private static final String RESET = "consumer.override.auto.offset.reset";
    private static final String ASSIGNOR = "consumer.override.partition.assignment.strategy";
    private static final String TOPICS = "topics";

    private final Map<String, String> given;
    private final List<ConfigValue> values;

    private SinkChecks(Map<String, String> given, List<ConfigValue> values) {
        this.given = given;
        this.values = values;
    }

    /** The migration that a configuration names, with the configuration's options laid over those of the file. */
    static Plan plan(Map<String, String> configuration) {
        String file = configuration.getOrDefault(LiteferrySinkConnector.MIGRATION_FILE, "");
        if (file.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Reading the connector's configuration: " + LiteferrySinkConnector.MIGRATION_FILE
                            + " is not set. Give the path of migration.yaml on the worker.");
        }
        Plan plan = PlanFile.read(Path.of(file));
        return plan.withOptions(plan.options().withConnector(configuration));
    }

    static Config check(Map<String, String> given, ConfigDef definition) {
        List<ConfigValue> values = new ArrayList<>();
        // Our own reader of values: ConfigDef's knows no 5s and no 64MiB.
        definition
                .configKeys()
                .values()
                .forEach(k ->
                        values.add(new ConfigValue(k.name, shown(k, given.get(k.name)), List.of(), new ArrayList<>())));
        SinkChecks checks = new SinkChecks(given, values);
        checks.options();
        checks.records();
        checks.readPlan().ifPresent(checks::ofThePlan);
        return new Config(values);
    }

    /** The REST interface answers with the values, but hides a Password. */
    private static @Nullable Object shown(ConfigDef.ConfigKey key, @Nullable String written) {
        return written != null && key.type == ConfigDef.Type.PASSWORD ? new Password(written) : written;
    }

    private void options() {
        given.keySet().stream()
                .filter(Options::isOption)
                .forEach(name ->
                        Options.problem(name, given.getOrDefault(name, "")).ifPresent(p -> problem(name, p)));
    }

    private void records() {
        for (String converter : List.of("key.converter", "value.converter")) {
            if (!given.getOrDefault(converter, "").equals(BYTES)) {
                problem(converter, "must be set to " + BYTES + ": the sink reads either record.format from its bytes");
            }
        }
        if ("all".equals(given.get("errors.tolerance"))) {
            problem("errors.tolerance", "is all, which would drop records in silence: leave it at none");
        }
        if (!given.getOrDefault("transforms", "").isEmpty()) {
            problem("transforms", "would change or drop records, and a batch is applied only whole: remove it");
        }
        if (!given.getOrDefault(RESET, "earliest").equals("earliest")) {
            problem(RESET, "must be earliest: a new task's first records would be passed over");
        }
        if (!given.getOrDefault(ASSIGNOR, RANGE).equals(RANGE)) {
            problem(ASSIGNOR, "must be " + RANGE + ": it gives all topics of a source to one task");
        }
    }

    private Optional<Plan> readPlan() {
        if (given.getOrDefault(LiteferrySinkConnector.MIGRATION_FILE, "").isEmpty()) {
            problem(LiteferrySinkConnector.MIGRATION_FILE, "is not set: give the path of migration.yaml on the worker");
            return Optional.empty();
        }
        if (values.stream()
                .anyMatch(v -> Options.isOption(v.name()) && !v.errorMessages().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional.of(plan(given));
        } catch (LiteferryException e) {
            problem(LiteferrySinkConnector.MIGRATION_FILE, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void ofThePlan(Plan plan) {
        for (String needed : List.of(Options.CONNECTION_URL, Options.BOOTSTRAP_SERVERS)) {
            if (plan.options().string(needed).isEmpty()) {
                problem(needed, "is set neither here nor in the migration file; a worker has no embedded services");
            }
        }
        topics(plan);
        tasks(given.getOrDefault("tasks.max", "1"), plan.sources().size());
    }

    private void topics(Plan plan) {
        if (!given.getOrDefault("topics.regex", "").isEmpty()) {
            problem("topics.regex", "would take in control topics: name the topics in " + TOPICS);
            return;
        }
        Set<String> named = Arrays.stream(given.getOrDefault(TOPICS, "").split(",", -1))
                .map(String::trim)
                .filter(t -> !t.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> needed = TopicNames.of(plan).stream(plan);
        if (!named.equals(new TreeSet<>(needed))) {
            problem(TOPICS, "must name the topics of every table and of the ENDs: " + String.join(",", needed));
        }
    }

    private void tasks(String wanted, int sources) {
        try {
            if (Integer.parseInt(wanted.trim()) > sources) {
                problem(
                        "tasks.max",
                        "is " + wanted + " for " + (sources == 1 ? "one source" : sources + " sources")
                                + ": a source has one order, so one task writes it. Set it to " + sources
                                + (sources == 1 ? "" : " or less"));
            }
        } catch (NumberFormatException e) {
            problem("tasks.max", "is no number");
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
