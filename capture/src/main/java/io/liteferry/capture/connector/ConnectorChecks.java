package io.liteferry.capture.connector;

import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;

/** What is wrong with a source connector's configuration. Records may be neither changed nor dropped between the task and Kafka. */
final class ConnectorChecks {
    private static final String CONVERTERS = "org.apache.kafka.connect.converters.";
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";
    private static final String ACKS = "producer.override.acks";
    private static final Set<String> ACKNOWLEDGED = Set.of("all", "-1");

    private ConnectorChecks() {}

    static Config check(Map<String, String> given, ConfigDef definition) {
        ConnectorConfiguration configuration = new ConnectorConfiguration(given, definition);
        configuration.readPlan().ifPresent(plan -> ofThePlan(plan, configuration));
        configuration.demandNothingDropped();
        String acks = given.getOrDefault(ACKS, "all");
        if (!ACKNOWLEDGED.contains(acks)) {
            configuration.problem(
                    ACKS, "is " + acks + ": an END may only follow records that all replicas hold. Leave it at all");
        }
        return configuration.checked();
    }

    private static void ofThePlan(Plan plan, ConnectorConfiguration configuration) {
        configuration.demandSet(
                plan,
                plan.several()
                        ? List.of(Options.BOOTSTRAP_SERVERS)
                        : List.of(Options.DATABASE_FILE_PATH, Options.BOOTSTRAP_SERVERS));
        configuration.demandTasks(
                plan.sources().size(), "SQLite file", "a file has one writer and one order, so one task reads it");
        String format = plan.options().string(Options.RECORD_FORMAT);
        for (String converter : List.of("key.converter", "value.converter")) {
            converterProblem(format, configuration.value(converter))
                    .ifPresent(p -> configuration.problem(converter, p));
        }
    }

    private static Optional<String> converterProblem(String format, String converter) {
        String of = Options.RECORD_FORMAT + "=" + format;
        if (format.equals(Options.RECORD_FORMAT_PACKED)) {
            return converter.equals(ConnectorConfiguration.BYTE_ARRAY_CONVERTER)
                    ? Optional.empty()
                    : Optional.of("must be set to " + ConnectorConfiguration.BYTE_ARRAY_CONVERTER + " for " + of
                            + ", or set " + Options.RECORD_FORMAT + "=" + Options.RECORD_FORMAT_STRUCT
                            + " for a converter of structs");
        }
        boolean structs = !converter.isEmpty() && !converter.startsWith(CONVERTERS) && !converter.equals(STRING);
        return structs
                ? Optional.empty()
                : Optional.of("must be set, to a converter of structs, for " + of
                        + ": for example org.apache.kafka.connect.json.JsonConverter");
    }
}
