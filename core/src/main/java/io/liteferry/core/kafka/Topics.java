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
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Makes a migration's topics, one partition each: a source is one ordered stream. Table topics and the ENDs keep
 * everything, because the target may still need it; the operator sets retention by size once it is known.
 */
public final class Topics {
    private static final long PATIENCE_SECONDS = 30;

    private Topics() {}

    /** Makes the topics that are missing and returns their names. */
    public static List<String> makeMissing(Admin admin, Plan plan) {
        TopicNames names = TopicNames.of(plan);
        Map<String, String> keep = Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                "-1",
                "retention.bytes",
                "-1",
                "max.message.bytes",
                String.valueOf(64 << 20));
        Map<String, String> compacted = Map.of("cleanup.policy", "compact");
        Map<String, Map<String, String>> wanted = new HashMap<>();
        names.stream(plan).forEach(t -> wanted.put(t, keep));
        wanted.put(names.schemaChanges(), keep);
        wanted.put(names.deadLetter(), keep);
        wanted.put(names.applied(), compacted);
        wanted.put(names.validation(), compacted);
        wanted.put(names.signals(), Map.of("cleanup.policy", "delete"));
        short replication = (short) plan.options().integer(Options.TOPIC_REPLICATION_FACTOR);
        try {
            Set<String> present = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            wanted.forEach((topic, config) -> {
                if (!present.contains(topic)) {
                    missing.add(new NewTopic(
                                    topic,
                                    Optional.of(1),
                                    replication == -1 ? Optional.empty() : Optional.of(replication))
                            .configs(config));
                }
            });
            admin.createTopics(missing).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return missing.stream().map(NewTopic::name).sorted().toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LiteferryException(
                    ErrorCode.KAFKA_UNREACHABLE, "Making the topics of " + plan.name() + " was interrupted.", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LiteferryException(
                    ErrorCode.KAFKA_UNREACHABLE,
                    "Making the topics of " + plan.name() + ": "
                            + (e instanceof TimeoutException ? "no answer in 30 s" : String.valueOf(e.getCause()))
                            + ". Check bootstrap.servers and the right to create topics.",
                    e);
        }
    }
}
