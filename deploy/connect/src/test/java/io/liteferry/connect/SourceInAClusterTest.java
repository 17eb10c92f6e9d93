package io.liteferry.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.change.Operation;
import io.liteferry.embedded.SharedServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class SourceInAClusterTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PLUGIN = "/connector-plugins/LiteferrySourceConnector";

    @TempDir
    static Path folder = Path.of("");

    private static ConnectWorker worker = unset();
    private Shop shop = unset();

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T unset() {
        return null;
    }

    @BeforeAll
    static void startTheWorker() throws Exception {
        Path plugins = folder.resolve("plugins");
        PluginArchive.unpack(plugins);
        Path debezium = Path.of(System.getProperty("connect.plugins")).toAbsolutePath();
        worker = ConnectWorker.start("cluster", "cluster", folder, List.of(plugins, debezium));
    }

    @AfterAll
    static void stopTheWorker() {
        worker.close();
    }

    @BeforeEach
    void openTheShop(TestInfo test) throws Exception {
        shop = new Shop("shop-" + test.getTestMethod().orElseThrow().getName(), folder);
    }

    @AfterEach
    void closeTheShop() throws Exception {
        worker.delete(shop.name);
        shop.close();
    }

    @Test
    void theConfigurationIsValidatedWithTheReasonAtEachOption() throws Exception {
        assertThat(worker.get("/connector-plugins").body().toString())
                .contains("io.liteferry.capture.connector.LiteferrySourceConnector");
        Map<String, String> good = shop.packed();
        assertThat(problems(good)).isEmpty();
        assertThat(problems(with(good, "read.transaction.max.ms", "100ms"))).isEmpty();
        assertThat(problems(shop.json(false))).isEmpty();

        assertThat(worker.send("PUT", PLUGIN + "/config/validate", with(good, "connection.password", "hunter2"))
                        .body()
                        .toString())
                .contains("connection.password")
                .doesNotContain("hunter2");

        assertThat(problems(with(good, "tasks.max", "2")))
                .containsOnlyKeys("tasks.max")
                .extractingByKey("tasks.max")
                .asString()
                .contains("one SQLite file", "Set it to 1");
        assertThat(problems(with(good, "migration.file", "/no/such/migration.yaml")))
                .containsOnlyKeys("migration.file")
                .extractingByKey("migration.file")
                .asString()
                .contains("LF-110", "liteferry plan FILE");
        assertThat(problems(with(good, "migration.file", ""))).containsOnlyKeys("migration.file");
        assertThat(problems(with(good, "read.transaction.max.ms", "1h"))).containsOnlyKeys("read.transaction.max.ms");
        assertThat(problems(with(good, "record.format", "struct")))
                .containsOnlyKeys("key.converter", "value.converter");
        assertThat(problems(with(
                        shop.json(true), "value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")))
                .containsOnlyKeys("value.converter");
        assertThat(problems(with(with(good, "errors.tolerance", "all"), "producer.override.acks", "1")))
                .containsOnlyKeys("errors.tolerance", "producer.override.acks");
    }

    @Test
    void goesOnWithoutLossInEitherFormatWhenItsTaskAndItsWholeWorkerAreKilled() throws Exception {
        try (Shop structs = new Shop("structs", folder)) {
            List<Shop> both = List.of(shop, structs);
            worker.create(shop.name, shop.packed());
            worker.create(structs.name, structs.json(true));
            for (Shop each : both) {
                await().atMost(PATIENCE).until(each::isConsistent);
                each.sql("DELETE FROM items WHERE id = 1", "REPLACE INTO items VALUES (500, 'item 2', 1.5, NULL)");
                assertThat(worker.sendUntilTaken("POST", "/connectors/" + each.name + "/tasks/0/restart", null)
                                .status())
                        .isEqualTo(204);
                each.sql("UPDATE items SET price = price + 1 WHERE id % 2 = 0");
                await().atMost(PATIENCE).until(each::standsAsInSqlite);
                each.sql("INSERT INTO items(name) VALUES ('last before the kill')");
            }
            worker.kill();
            for (Shop each : both) {
                each.sql("INSERT INTO items(name) VALUES ('first after the kill')");
            }
            startAgain();
            for (Shop each : both) {
                await().atMost(PATIENCE).until(each::standsAsInSqlite);
                assertThat(each.incomplete()).isEmpty();
                assertThat(each.batches().stream()
                                .map(e -> e.position().epoch())
                                .collect(Collectors.toSet()))
                        .hasSizeGreaterThanOrEqualTo(3);
            }
            worker.delete(structs.name);
        }
    }

    private static void startAgain() throws Exception {
        Path debezium = Path.of(System.getProperty("connect.plugins")).toAbsolutePath();
        worker = ConnectWorker.start("cluster", "cluster", folder, List.of(folder.resolve("plugins"), debezium));
    }

    @Test
    void itsOffsetsAreReadAlteredAndForgottenThroughConnect() throws Exception {
        worker.create(shop.name, shop.packed());
        await().atMost(PATIENCE).until(shop::isConsistent);
        String path = "/connectors/" + shop.name + "/offsets";
        JsonNode early = await().atMost(PATIENCE)
                .until(() -> worker.get(path).body(), o -> o.path("offsets").size() == 1);
        assertThat(early.at("/offsets/0/partition").toString()).isEqualTo("{\"source\":\"" + shop.name + "\"}");
        shop.sql("UPDATE items SET price = 7 WHERE id <= 10");
        await().atMost(PATIENCE).until(shop::standsAsInSqlite);
        await().atMost(PATIENCE).until(() -> !worker.get(path).body().equals(early));

        worker.sendUntilTaken("PUT", "/connectors/" + shop.name + "/stop", null);
        await().atMost(PATIENCE)
                .until(() -> worker.get("/connectors/" + shop.name + "/status")
                        .body()
                        .at("/connector/state")
                        .asText()
                        .equals("STOPPED"));
        for (String nonsense : List.of(
                "{\"seq\": 5}",
                "{\"position\": \"5\"}",
                "{\"position\": \"{}\"}",
                "{\"position\": \"{\\\"position\\\":{\\\"seq\\\":5},\\\"tables\\\":{}}\"}",
                JSON.writeValueAsString(early.at("/offsets/0/offset"))
                        .replaceAll("fingerprint\\\\\":-?[0-9]+", "fingerprint\\\\\":12"))) {
            ConnectWorker.Answer refused = alter(path, shop.name, nonsense);
            assertThat(refused.status()).as(nonsense).isGreaterThanOrEqualTo(400);
            assertThat(refused.message()).as(nonsense).contains("LF-112", "DELETE …/offsets");
        }
        assertThat(alter(path, "another", early.at("/offsets/0/offset").toString())
                        .message())
                .contains("its sources are");

        int before = shop.items().size();
        assertThat(alter(path, shop.name, early.at("/offsets/0/offset").toString())
                        .status())
                .isEqualTo(200);
        worker.sendUntilTaken("PUT", "/connectors/" + shop.name + "/resume", null);
        await().atMost(PATIENCE).until(() -> shop.items().size() == before + 10);

        worker.sendUntilTaken("PUT", "/connectors/" + shop.name + "/stop", null);
        assertThat(worker.sendUntilTaken("DELETE", path, null).status()).isEqualTo(200);
        worker.sendUntilTaken("PUT", "/connectors/" + shop.name + "/resume", null);
        await().atMost(PATIENCE)
                .until(() -> shop.changes().stream()
                                .filter(c -> c.op() == Operation.SNAPSHOT)
                                .count()
                        == 200);
    }

    private static ConnectWorker.Answer alter(String path, String source, String offset) throws Exception {
        return worker.sendUntilTaken(
                "PATCH",
                path,
                JSON.readTree(
                        "{\"offsets\":[{\"partition\":{\"source\":\"" + source + "\"},\"offset\":" + offset + "}]}"));
    }

    @Test
    void aTransformThatFiltersFailsTheTaskWithTheReason() throws Exception {
        Map<String, String> config = shop.json(false);
        config.put("transforms", "drop");
        config.put("transforms.drop.type", "org.apache.kafka.connect.transforms.Filter");
        config.put("transforms.drop.predicate", "tombstone");
        config.put("predicates", "tombstone");
        config.put("predicates.tombstone.type", "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
        worker.create(shop.name, config);
        await().atMost(PATIENCE).until(() -> shop.items().size() >= 100);
        shop.sql("DELETE FROM items WHERE id = 1");
        worker.awaitTask(shop.name, "FAILED");
        assertThat(worker.task(shop.name).path("trace").asText())
                .contains("LF-205", shop.itemsTopic(), "Remove transforms that filter");
        assertThat(shop.ends().stream().map(r -> new String(r.value(), StandardCharsets.UTF_8)))
                .noneMatch(e -> e.contains("\"seq\":" + shop.lastSeq()));
    }

    @Test
    void structsWithoutSchemasAreDebeziumsEnvelopeInPlainJson() throws Exception {
        shop.sql("INSERT INTO items VALUES (101, CAST(x'ff41' AS TEXT), 9e999, 'no blob')");
        worker.create(shop.name, shop.json(false));
        await().atMost(PATIENCE)
                .until(() -> shop.items().size() == 101 && !shop.ends().isEmpty());
        JsonNode odd = JSON.readTree(shop.items().get(100).value());
        assertThat(odd.path("after").toString()).isEqualTo("{\"id\":101,\"name\":null,\"price\":null,\"photo\":null}");
        assertThat(odd.at("/source/misfit/name").toString()).isEqualTo("{\"class\":\"TEXT\",\"bytes\":\"/0E=\"}");
        assertThat(odd.at("/source/misfit/price/class").asText()).isEqualTo("REAL");
        assertThat(new String(shop.items().get(100).key(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":101}");
        shop.sql("DELETE FROM items WHERE id = 101");
        await().atMost(PATIENCE).until(() -> shop.items().size() == 103);
        assertThat(JSON.readTree(shop.items().get(101).value()).at("/before/id").asLong())
                .isEqualTo(101);
        assertThat(shop.items().get(102).value()).isNull();
        // The tombstone is in no count.
        await().atMost(PATIENCE)
                .until(() -> shop.batches().stream()
                        .anyMatch(e -> e.position().seq() == shop.lastSeq() && e.records() == 1));
    }

    @Test
    void debeziumsJdbcSinkAndItsTransformReadTheTopics() throws Exception {
        worker.create(shop.name, shop.json(true));
        String url = SharedServers.newDatabase();
        try (Connection target = DriverManager.getConnection(url)) {
            worker.create("envelopes", JdbcSink.of(shop, "envelopes", url));
            Map<String, String> rows = JdbcSink.of(shop, "rows", url);
            rows.put("transforms", "row");
            rows.put("transforms.row.type", "io.debezium.transforms.ExtractNewRecordState");
            worker.create("rows", rows);
            await().atMost(PATIENCE)
                    .until(() -> shop.rows().equals(JdbcSink.rows(target, "envelopes"))
                            && shop.rows().equals(JdbcSink.rows(target, "rows")));
            shop.sql(
                    "UPDATE items SET price = 0.1, name = 'é' WHERE id = 3",
                    "DELETE FROM items WHERE id = 4",
                    "REPLACE INTO items VALUES (900, 'item 5', NULL, x'01')");
            await().atMost(PATIENCE)
                    .until(() -> shop.rows().equals(JdbcSink.rows(target, "envelopes"))
                            && shop.rows().equals(JdbcSink.rows(target, "rows")));
        } finally {
            worker.delete("envelopes");
            worker.delete("rows");
        }
    }

    private static Map<String, String> with(Map<String, String> config, String key, String value) {
        Map<String, String> changed = new HashMap<>(config);
        changed.put(key, value);
        return changed;
    }

    private static Map<String, String> problems(Map<String, String> config) throws Exception {
        return worker.problems(PLUGIN, config);
    }
}
