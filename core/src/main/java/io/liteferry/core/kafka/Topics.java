package io.liteferry.core.kafka;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Makes a migration's topics, one partition a source: a source is one ordered stream. Table topics and the ENDs keep
 * everything, because the target may still need it; the operator sets retention by size once it is known.
 */
public final class Topics {
    private static final long PATIENCE_SECONDS = 30;

    private Topics() {}

    /** Records name their partition, so none moves when a source is added at the end of the list. */
    private static void addPartitions(Admin admin, Plan plan, List<String> topics)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, NewPartitions> more = new HashMap<>();
        admin.describeTopics(topics)
                .allTopicNames()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .forEach((topic, found) -> {
                    if (found.partitions().size() < plan.partitions()) {
                        more.put(topic, NewPartitions.increaseTo(plan.partitions()));
                    }
                });
        admin.createPartitions(more).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What is wrong with the number of partitions of a topic, if anything, and what to do. */
    public static Optional<String> partitionProblem(String topic, int found, int sources) {
        return found == sources
                ? Optional.empty()
                : Optional.of(
                        "Opening topic " + topic + ": it has " + found + " partitions, the migration has " + sources
                                + " sources, and each is one partition. "
                                + (found < sources
                                        ? "Run liteferry apply --config …, which adds what is missing."
                                        : "Put the sources that were removed back into the migration file, in their places."));
    }

    /** Every topic of a migration with its settings. */
    private static Map<String, Map<String, String>> wanted(Plan plan) {
        TopicNames names = TopicNames.of(plan);
        Map<String, String> keep = Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                "-1",
                "retention.bytes",
                "-1",
                "max.message.bytes",
                String.valueOf(KafkaClients.MAX_RECORD_BYTES));
        Map<String, String> compacted = Map.of("cleanup.policy", "compact");
        Map<String, Map<String, String>> wanted = new HashMap<>();
        names.stream(plan).forEach(t -> wanted.put(t, keep));
        wanted.put(names.schemaChanges(), keep);
        wanted.put(names.deadLetter(), keep);
        wanted.put(names.reverse(), keep);
        wanted.put(names.applied(), compacted);
        wanted.put(names.validation(), compacted);
        wanted.put(names.signals(), Map.of("cleanup.policy", "delete"));
        return wanted;
    }

    /** Deletes the topics of a migration that are there; returns their names. */
    public static List<String> delete(Admin admin, Plan plan) {
        try {
            Set<String> present = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            List<String> ours = wanted(plan).keySet().stream()
                    .filter(present::contains)
                    .sorted()
                    .toList();
            admin.deleteTopics(ours).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return ours;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("Deleting", plan, e);
        } catch (ExecutionException | TimeoutException e) {
            throw failure("Deleting", plan, e);
        }
    }

    private static LiteferryException failure(String doing, Plan plan, Exception e) {
        String found = e instanceof TimeoutException
                ? "no answer in " + PATIENCE_SECONDS + " s"
                : e instanceof InterruptedException ? "interrupted" : String.valueOf(e.getCause());
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                doing + " the topics of " + plan.name() + ": " + found
                        + ". Check bootstrap.servers and the rights on topics.",
                e);
    }

    /** Makes the topics, and the partitions of sources added since, that are missing; returns the names of new topics. */
    public static List<String> makeMissing(Admin admin, Plan plan) {
        Map<String, Map<String, String>> wanted = wanted(plan);
        short replication = (short) plan.options().integer(Options.TOPIC_REPLICATION_FACTOR);
        try {
            Set<String> present = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            wanted.forEach((topic, config) -> {
                if (!present.contains(topic)) {
                    missing.add(new NewTopic(
                                    topic,
                                    Optional.of(plan.partitions()),
                                    replication == -1 ? Optional.empty() : Optional.of(replication))
                            .configs(config));
                }
            });
            admin.createTopics(missing).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            addPartitions(
                    admin,
                    plan,
                    wanted.keySet().stream().filter(present::contains).toList());
            return missing.stream().map(NewTopic::name).sorted().toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("Making", plan, e);
        } catch (ExecutionException | TimeoutException e) {
            throw failure("Making", plan, e);
        }
    }
}
