package io.liteferry.capture.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Json;
import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.Source;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiteferrySourceConnectorTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void isFoundByItsManifest() {
        assertThat(ServiceLoader.load(SourceConnector.class)).anyMatch(LiteferrySourceConnector.class::isInstance);
    }

    @Test
    void refusesSettingsThatWouldChangeOrDropRecords() {
        List<String> problems = new LiteferrySourceConnector()
                .validate(Map.of("errors.tolerance", "all", "poll.interval.ms", "fast")).configValues().stream()
                        .flatMap(v -> v.errorMessages().stream())
                        .toList();
        assertThat(problems)
                .hasSize(3)
                .anyMatch(p -> p.contains("migration.yaml"))
                .anyMatch(p -> p.contains("poll.interval.ms"))
                .anyMatch(p -> p.contains("errors.tolerance"));
    }

    @Test
    void inAClusterTheEndWaitsForEveryAcknowledgementAndADroppedRecordEndsTheTask() throws Exception {
        try (SourceFixture source = new SourceFixture(folder.resolve("app.db"))
                .option(Options.BOOTSTRAP_SERVERS, SharedServers.kafka())
                .sql("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
                .table("t", List.of("id"), "id")) {
            Plan plan = source.plan("connect-task");
            new SourceInstaller(plan).install();
            SourceFixture.makeTopics(plan);
            String token = new TaskContext(plan, Clock.systemUTC(), TaskContext.Host.CONNECT, CaptureEvents.IGNORED)
                    .handOver();
            LiteferrySourceTask task = new LiteferrySourceTask();
            try {
                task.start(Map.of(TaskContext.TOKEN, token));
                List<SourceRecord> rows = next(task);
                assertThat(rows).hasSize(2);
                assertThat(task.poll()).isNull();
                task.commitRecord(rows.get(0), written(rows.get(0)));
                assertThat(task.poll()).isNull();
                task.commitRecord(rows.get(1), written(rows.get(1)));
                List<SourceRecord> ends = next(task);
                assertThat(ends).hasSize(1);
                BatchEnd end = Json.read((byte[]) ends.get(0).value(), BatchEnd.class, "test");
                assertThat(end.records()).isEqualTo(2);
                assertThat(rows.get(1).sourceOffset()).isNotEqualTo(ends.get(0).sourceOffset());
                task.commitRecord(ends.get(0), null);
                assertThatThrownBy(task::poll)
                        .isInstanceOfSatisfying(
                                LiteferryException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.RECORD_DROPPED));
            } finally {
                task.stop();
                TaskContext.withdraw(token);
            }
        }
    }

    @Test
    void theConnectorsConfigurationIsLaidOverTheMigrationFileKafkasOwnOptionsToo() throws Exception {
        Path file = folder.resolve("migration.yaml");
        try (SourceFixture source = new SourceFixture(folder.resolve("app.db"))
                .sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
                .table("t", List.of("id"), "id")) {
            PlanFile.write(source.plan("laid-over"), file);
        }
        Options options = TaskContext.of(Map.of(
                        ConnectorConfiguration.MIGRATION_FILE,
                        file.toString(),
                        Options.POLL_INTERVAL_MS,
                        "25ms",
                        "kafka.security.protocol",
                        "SSL",
                        "tasks.max",
                        "1"))
                .plan()
                .options();
        assertThat(options.number(Options.POLL_INTERVAL_MS)).isEqualTo(25);
        assertThat(options.kafkaClient()).containsExactly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void sourcesAreSpreadOverAtMostSoManyTasks() {
        List<Source> sources = List.of("a", "b", "c").stream()
                .map(n -> new Source(n, "/" + n + ".db", n, n.charAt(0) - 'a'))
                .toList();
        Plan plan = new Plan("spread", Options.defaults(), List.of(), sources, List.of());
        assertThat(tasks(plan, 2)).containsExactly(List.of("a", "c"), List.of("b"));
        assertThat(tasks(plan, 9)).containsExactly(List.of("a"), List.of("b"), List.of("c"));
        assertThat(tasks(new Plan("one", Options.defaults(), List.of()), 4)).containsExactly(List.of("one"));
    }

    private static List<List<String>> tasks(Plan plan, int most) {
        String token =
                new TaskContext(plan, Clock.systemUTC(), TaskContext.Host.CONNECT, CaptureEvents.IGNORED).handOver();
        try {
            LiteferrySourceConnector connector = new LiteferrySourceConnector();
            connector.start(Map.of(TaskContext.TOKEN, token));
            return connector.taskConfigs(most).stream()
                    .map(c -> TaskContext.of(c).plan().sources().stream()
                            .map(Source::name)
                            .toList())
                    .toList();
        } finally {
            TaskContext.withdraw(token);
        }
    }

    private static List<SourceRecord> next(LiteferrySourceTask task) {
        List<SourceRecord> records = new ArrayList<>();
        await().until(() -> {
            List<SourceRecord> polled = task.poll();
            records.addAll(polled == null ? List.of() : polled);
            return !records.isEmpty();
        });
        return records;
    }

    private static RecordMetadata written(SourceRecord r) {
        return new RecordMetadata(new TopicPartition(r.topic(), 0), 0, 0, 0, 0, 0);
    }
}
