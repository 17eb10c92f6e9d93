package io.liteferry.sink.connector;

import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;

/** What is wrong with a sink connector's configuration. Records may be neither changed nor dropped between Kafka and the task. */
final class SinkChecks {
    private static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    private static final String RESET = "consumer.override.auto.offset.reset";
    private static final String ASSIGNOR = "consumer.override.partition.assignment.strategy";
    private static final String TOPICS = "topics";

    private SinkChecks() {}

    static Config check(Map<String, String> given, ConfigDef definition) {
        ConnectorConfiguration configuration = new ConnectorConfiguration(given, definition);
        records(given, configuration);
        configuration.readPlan().ifPresent(plan -> ofThePlan(plan, configuration));
        return configuration.checked();
    }

    private static void records(Map<String, String> given, ConnectorConfiguration configuration) {
        String bytes = ConnectorConfiguration.BYTE_ARRAY_CONVERTER;
        for (String converter : List.of("key.converter", "value.converter")) {
            if (!configuration.value(converter).equals(bytes)) {
                configuration.problem(
                        converter, "must be set to " + bytes + ": the sink reads either record.format from its bytes");
            }
        }
        configuration.demandNothingDropped();
        if (!configuration.value("transforms").isEmpty()) {
            configuration.problem(
                    "transforms", "would change or drop records, and a batch is applied only whole: remove it");
        }
        if (!given.getOrDefault(RESET, "earliest").equals("earliest")) {
            configuration.problem(RESET, "must be earliest: a new task's first records would be passed over");
        }
        if (!given.getOrDefault(ASSIGNOR, RANGE).equals(RANGE)) {
            configuration.problem(ASSIGNOR, "must be " + RANGE + ": it gives all topics of a source to one task");
        }
    }

    private static void ofThePlan(Plan plan, ConnectorConfiguration configuration) {
        configuration.demandSet(plan, List.of(Options.CONNECTION_URL, Options.BOOTSTRAP_SERVERS));
        topics(plan, configuration);
        configuration.demandTasks(plan.sources().size(), "source", "a source has one order, so one task writes it");
    }

    private static void topics(Plan plan, ConnectorConfiguration configuration) {
        if (!configuration.value("topics.regex").isEmpty()) {
            configuration.problem("topics.regex", "would take in control topics: name the topics in " + TOPICS);
            return;
        }
        Set<String> named = Arrays.stream(configuration.value(TOPICS).split(",", -1))
                .map(String::trim)
                .filter(t -> !t.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> needed = TopicNames.of(plan).stream(plan);
        if (!named.equals(new TreeSet<>(needed))) {
            configuration.problem(
                    TOPICS, "must name the topics of every table and of the ENDs: " + String.join(",", needed));
        }
    }
}
