package io.liteferry.capture.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/** Checks before anything is sent that every topic is there: one that the broker made by itself may drop records. */
final class RequiredTopics {
    private static final long PATIENCE_SECONDS = 30;
    /** A topic that was made a moment ago is not known to every broker yet. */
    private static final long KNOWN_EVERYWHERE_SECONDS = 5;

    private static final long LOOK_MILLIS = 50;

    private RequiredTopics() {}

    static void check(KafkaClients clients, Plan plan) {
        TopicNames names = TopicNames.of(plan);
        List<String> needed = new ArrayList<>(names.stream(plan));
        needed.add(names.applied());
        needed.add(names.signals());
        List<String> missing = new ArrayList<>(needed);
        Map<String, TopicDescription> found = Map.of();
        try (Admin admin = clients.admin("liteferry-capture-admin-" + plan.name())) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(KNOWN_EVERYWHERE_SECONDS);
            missing.removeAll(present(admin));
            while (!missing.isEmpty() && System.nanoTime() - until < 0) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                missing.removeAll(present(admin));
            }
            if (missing.isEmpty()) {
                found = admin.describeTopics(needed).allTopicNames().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(clients, "interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw unreachable(
                    clients, e instanceof TimeoutException ? "no answer in 30 s" : String.valueOf(e.getCause()), e);
        }
        if (!missing.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.TOPIC_UNFIT,
                    "Looking for the topics of " + plan.name() + ": " + missing
                            + " do not exist. Run liteferry apply --config … first.");
        }
        found.forEach((topic, t) -> Topics.partitionProblem(
                        topic, t.partitions().size(), plan.partitions())
                .ifPresent(problem -> {
                    throw new LiteferryException(ErrorCode.TOPIC_UNFIT, problem);
                }));
    }

    private static Set<String> present(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        return admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static LiteferryException unreachable(KafkaClients clients, String why, Exception e) {
        return new LiteferryException(
                ErrorCode.KAFKA_UNREACHABLE,
                "Listing the topics on " + clients.bootstrapServers() + ": " + why
                        + ". Check bootstrap.servers and that the broker runs.",
                e);
    }
}
