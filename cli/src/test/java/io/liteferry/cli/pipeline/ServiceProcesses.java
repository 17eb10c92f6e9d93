package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.feedback.AppliedTopic;
import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;

/** The services of a migration as processes of their own, each killed and started again by itself. */
final class ServiceProcesses implements AutoCloseable {
    private final MigrationFixture migration;
    private final Plan plan;
    private final KafkaClients kafka;
    private final Map<String, Process> running = new HashMap<>();

    ServiceProcesses(MigrationFixture migration) {
        this.migration = migration;
        this.plan = migration.plan();
        this.kafka = KafkaClients.of(plan.options());
    }

    void start(Part... parts) throws IOException {
        for (Part part : parts) {
            start(part.label());
        }
    }

    /** In one process. */
    void startAll() throws IOException {
        start("all");
    }

    private void start(String what) throws IOException {
        running.put(
                what,
                migration.process(
                        "300m", "run", what, "--config", migration.config().toString()));
    }

    /** As {@code kill -9}. */
    void kill(Part... parts) throws InterruptedException {
        for (Part part : parts) {
            Objects.requireNonNull(running.remove(part.label()))
                    .destroyForcibly()
                    .waitFor();
        }
    }

    /** Of those that were started and not killed, each lives. */
    void demandAlive() throws IOException {
        assertThat(running.values()).as(migration.processLog()).allMatch(Process::isAlive);
    }

    /** As PostgreSQL has it. */
    AppliedPosition applied() {
        try (MigrationState state = new MigrationState(plan)) {
            return state.applied().orElseThrow();
        }
    }

    /** As the topic has it. */
    AppliedPosition announced() {
        return AppliedTopic.latest(kafka, plan).orElseThrow();
    }

    void await(Predicate<AppliedPosition> condition) {
        try (MigrationState state = new MigrationState(plan)) {
            until(() -> state.applied().filter(condition).isPresent());
        }
    }

    /** Until the last batch that capture has closed is such. */
    void awaitEnd(Predicate<BatchEnd> condition) {
        until(() -> EndTopic.last(kafka, plan).filter(condition).isPresent());
    }

    private void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    demandAlive();
                    return condition.call();
                });
    }

    /** While the broker refuses them, an applied position is not told to capture. */
    void refuseAnnouncements(boolean refuse) throws ExecutionException, InterruptedException {
        ConfigResource topic = new ConfigResource(
                ConfigResource.Type.TOPIC, TopicNames.of(plan).applied());
        AlterConfigOp limit = new AlterConfigOp(
                new ConfigEntry("max.message.bytes", refuse ? "1" : String.valueOf(1 << 20)), AlterConfigOp.OpType.SET);
        try (Admin admin = kafka.admin("test-announcements")) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(limit))).all().get();
        }
    }

    @Override
    public void close() {
        running.values().forEach(process -> process.destroyForcibly().onExit().join());
    }
}
