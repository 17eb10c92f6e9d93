package io.liteferry.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidatorServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    private static String verdict(TwoSides sides) throws SQLException {
        return sides.targetValue("SELECT verdict FROM liteferry.verdict");
    }

    private static List<byte[]> records(TwoSides sides, String topic, int atLeast) {
        try (Consumer<byte[], byte[]> consumer =
                KafkaClients.of(sides.plan.options()).consumer("test")) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<byte[]> values = new java.util.ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(200))) {
                    values.add(r.value());
                }
                return values.size() >= atLeast;
            });
            return values;
        }
    }

    @Test
    void becomesReadyNamesAMismatchAsksForItsRepairAndBecomesReadyAgain() throws Exception {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                .notNull(),
                        ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT))));
        Map<String, String> options = Map.of(
                Options.BOOTSTRAP_SERVERS,
                SharedServers.kafka(),
                Options.VALIDATION_READY_STABLE_MS,
                "500",
                Options.VALIDATION_READY_CLEAN_PASSES,
                "1",
                Options.VALIDATION_PASS_INTERVAL_MS,
                "100");
        try (TwoSides sides = new TwoSides(folder, options, table)) {
            sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
            sides.source("INSERT INTO items VALUES (1, 'one'), (2, 'two'), (3, 'three')");
            sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
            sides.target("INSERT INTO items VALUES (1, 'one'), (2, 'two'), (3, 'three')");
            sides.applied();
            try (Admin admin = KafkaClients.of(sides.plan.options()).admin("test")) {
                Topics.makeMissing(admin, sides.plan);
            }
            ValidatorService service = new ValidatorService(sides.plan, Clock.systemUTC());
            try (service) {
                service.start();
                await().atMost(PATIENCE).until(() -> verdict(sides).equals("READY"));
                assertThat(service.health().checks())
                        .allSatisfy((check, value) -> assertThat(value).isEqualTo("ok"));
                assertThat(sides.targetValue("SELECT document->'tables'->0->>'verified_rows' FROM liteferry.verdict"))
                        .isEqualTo("3");

                sides.target("UPDATE items SET name = 'zwei' WHERE id = 2");
                await().atMost(PATIENCE).until(() -> verdict(sides).equals("NOT_READY"));
                assertThat(
                                sides.targetValue(
                                        "SELECT key_text || ' ' || kind || ' ' || columns::text FROM liteferry.validation_mismatch"))
                        .isEqualTo("2 row_diff {name}");
                assertThat(sides.targetValue("SELECT document->'reasons'->>0 FROM liteferry.verdict"))
                        .contains("must be");

                assertThat(RepairRequest.request(sides.plan, Optional.of("items")))
                        .isEqualTo(1);
                Signal signal = Json.read(
                        records(sides, TopicNames.of(sides.plan).signals(), 1).get(0), Signal.class, "test");
                assertThat(signal.data().table()).isEqualTo("items");
                assertThat(signal.data().keys())
                        .containsExactly(
                                RowKey.of(List.of(new SqliteValue.Int(2))).packed());

                sides.target("UPDATE items SET name = 'two' WHERE id = 2");
                await().atMost(PATIENCE).until(() -> verdict(sides).equals("READY"));
                assertThat(sides.targetValue("SELECT count(*) FROM liteferry.validation_mismatch"
                                + " WHERE verified_at IS NOT NULL AND repair_at IS NOT NULL"))
                        .isEqualTo("1");
                assertThat(records(sides, TopicNames.of(sides.plan).validation(), 3))
                        .hasSizeGreaterThanOrEqualTo(3);

                HttpResponse<String> metrics = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://" + service.adminAddress() + "/metrics"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(metrics.body())
                        .contains("liteferry_validation_rows_total{result=\"equal\",table=\"items\"}")
                        .contains("liteferry_validation_mismatched_rows{kind=\"row_diff\",table=\"items\"} 0.0")
                        .contains("liteferry_validation_last_clean_pass_timestamp_seconds{table=\"items\"}");
            }
            assertThat(service.failure()).isNull();
        }
    }

    @Test
    void restsWhileItIsReadyAndGoesOnAtOnceWherePassesAreMissingAgain() throws Exception {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                        .notNull()));
        Map<String, String> options = Map.of(
                Options.BOOTSTRAP_SERVERS,
                SharedServers.kafka(),
                Options.VALIDATION_READY_STABLE_MS,
                "100",
                Options.VALIDATION_CPU_PERCENT,
                "1",
                Options.VALIDATION_MAX_ROWS_PER_SECOND,
                "1000",
                Options.VALIDATION_PASS_INTERVAL_MS,
                "0");
        try (TwoSides sides = new TwoSides(folder, options, table)) {
            sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY)");
            sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    + " INSERT INTO items SELECT i FROM n");
            sides.target("CREATE TABLE items(id bigint PRIMARY KEY)");
            sides.target("INSERT INTO items SELECT generate_series(1, 1000)");
            sides.applied();
            try (Admin admin = KafkaClients.of(sides.plan.options()).admin("test")) {
                Topics.makeMissing(admin, sides.plan);
            }
            try (ValidatorService service = new ValidatorService(sides.plan, Clock.systemUTC())) {
                service.start();
                await().atMost(PATIENCE).until(() -> verdict(sides).equals("READY"));
                // A pass takes a second, and a hundredth of the time is allowed; one may be under way.
                long passes = passes(sides) + 1;
                await().atMost(PATIENCE).during(Duration.ofSeconds(4)).until(() -> passes(sides) <= passes);

                sides.source("CREATE TABLE other(v)");
                sides.applied();

                await().atMost(PATIENCE).until(() -> passes(sides) >= passes + 2);
            }
        }
    }

    private static long passes(TwoSides sides) throws SQLException {
        return Long.parseLong(sides.targetValue("SELECT count(*) FROM liteferry.validation_pass"));
    }
}
