package io.liteferry.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
        worker = ConnectWorker.start("cluster", folder, List.of(plugins, debezium));
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
    void goesOnWithoutLossWhenItsTaskAndItsWholeWorkerAreKilled() throws Exception {
        worker.create(shop.name, shop.packed());
        await().atMost(PATIENCE).until(this::isConsistent);
        shop.sql("DELETE FROM items WHERE id = 1", "REPLACE INTO items VALUES (500, 'item 2', 1.5, NULL)");
        assertThat(worker.sendUntilTaken("POST", "/connectors/" + shop.name + "/tasks/0/restart", null)
                        .status())
                .isEqualTo(204);
        shop.sql("UPDATE items SET price = price + 1 WHERE id % 2 = 0");
        await().atMost(PATIENCE).until(this::standsAsInSqlite);

        shop.sql("INSERT INTO items(name) VALUES ('last before the kill')");
        worker.kill();
        shop.sql("INSERT INTO items(name) VALUES ('first after the kill')");
        startAgain();
        await().atMost(PATIENCE).until(this::standsAsInSqlite);
        assertThat(incomplete()).isEmpty();
        assertThat(ends().stream().map(e -> e.position().epoch()).collect(Collectors.toSet()))
                .hasSizeGreaterThanOrEqualTo(3);
    }

    private static void startAgain() throws Exception {
        Path debezium = Path.of(System.getProperty("connect.plugins")).toAbsolutePath();
        worker = ConnectWorker.start("cluster", folder, List.of(folder.resolve("plugins"), debezium));
    }

    @Test
    void itsOffsetsAreReadAlteredAndForgottenThroughConnect() throws Exception {
        worker.create(shop.name, shop.packed());
        await().atMost(PATIENCE).until(this::isConsistent);
        String path = "/connectors/" + shop.name + "/offsets";
        JsonNode early = await().atMost(PATIENCE)
                .until(() -> worker.get(path).body(), o -> o.path("offsets").size() == 1);
        assertThat(early.at("/offsets/0/partition").toString()).isEqualTo("{\"source\":\"" + shop.name + "\"}");
        shop.sql("UPDATE items SET price = 7 WHERE id <= 10");
        await().atMost(PATIENCE).until(this::standsAsInSqlite);
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
                .until(() -> shop.items().stream()
                                .filter(r -> header(r).op() == Operation.SNAPSHOT)
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
                .noneMatch(e -> e.contains("\"seq\":" + lastSeq()));
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
                .until(() -> shop.ends().stream()
                        .map(r -> Json.readRecord(r.value(), BatchEnd.class, "test"))
                        .anyMatch(e -> e.position().seq() == lastSeq() && e.records() == 1));
    }

    @Test
    void debeziumsJdbcSinkAndItsTransformReadTheTopics() throws Exception {
        worker.create(shop.name, shop.json(true));
        String url = SharedServers.newDatabase();
        try (Connection target = DriverManager.getConnection(url)) {
            worker.create("envelopes", jdbcSink("envelopes", url, Map.of()));
            worker.create(
                    "rows",
                    jdbcSink(
                            "rows",
                            url,
                            Map.of(
                                    "transforms",
                                    "row",
                                    "transforms.row.type",
                                    "io.debezium.transforms.ExtractNewRecordState")));
            await().atMost(PATIENCE).until(() -> sameRows(target, "envelopes") && sameRows(target, "rows"));
            shop.sql(
                    "UPDATE items SET price = 0.1, name = 'é' WHERE id = 3",
                    "DELETE FROM items WHERE id = 4",
                    "REPLACE INTO items VALUES (900, 'item 5', NULL, x'01')");
            await().atMost(PATIENCE).until(() -> sameRows(target, "envelopes") && sameRows(target, "rows"));
        } finally {
            worker.delete("envelopes");
            worker.delete("rows");
        }
    }

    private Map<String, String> jdbcSink(String table, String url, Map<String, String> more) {
        Map<String, String> parameters = new HashMap<>();
        for (String p : url.substring(url.indexOf('?') + 1).split("&", -1)) {
            parameters.put(p.substring(0, p.indexOf('=')), p.substring(p.indexOf('=') + 1));
        }
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class",
                "io.debezium.connector.jdbc.JdbcSinkConnector",
                "topics",
                shop.itemsTopic(),
                "connection.url",
                url.substring(0, url.indexOf('?')),
                "connection.username",
                parameters.getOrDefault("user", ""),
                "connection.password",
                parameters.getOrDefault("password", ""),
                "collection.name.format",
                table,
                "insert.mode",
                "upsert",
                "delete.enabled",
                "true",
                "primary.key.mode",
                "record_key",
                "schema.evolution",
                "basic"));
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("name", table);
        config.putAll(more);
        return config;
    }

    private boolean sameRows(Connection target, String table) throws SQLException {
        List<List<String>> theirs = new ArrayList<>();
        try (Statement s = target.createStatement();
                ResultSet exists = s.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            if (!exists.next() || !exists.getBoolean(1)) {
                return false;
            }
        }
        try (Statement s = target.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT id, name, price, upper(encode(photo, 'hex')) FROM " + table + " ORDER BY id")) {
            while (rs.next()) {
                theirs.add(row(rs));
            }
        }
        return theirs.equals(shop.rows());
    }

    static List<String> row(ResultSet rs) throws SQLException {
        return List.of(
                String.valueOf(rs.getLong(1)),
                String.valueOf(rs.getString(2)),
                String.valueOf(rs.getObject(3)),
                String.valueOf(rs.getString(4)));
    }

    private boolean isConsistent() {
        List<BatchEnd> ends = ends();
        return !ends.isEmpty() && ends.get(ends.size() - 1).consistent();
    }

    /** The last change of each key, up to an END at the log's end, is the table. */
    private boolean standsAsInSqlite() throws SQLException {
        long seq = lastSeq();
        if (ends().stream().noneMatch(e -> e.position().seq() == seq)) {
            return false;
        }
        Map<Long, String> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> r : shop.items()) {
            long id = ((SqliteValue.Int) new RowKey(r.key()).values().get(0)).value();
            if (header(r).op() == Operation.DELETE) {
                last.remove(id);
            } else {
                PackedReader values = new PackedReader().reset(r.value());
                ChangeFormat.readHeader(values);
                List<String> row = new ArrayList<>();
                while (values.hasNext()) {
                    row.add(values.nextValue().toString());
                }
                last.put(id, String.join(",", row));
            }
        }
        return new TreeSet<>(last.values()).equals(shop.literals());
    }

    private List<BatchEnd> ends() {
        return shop.ends().stream()
                .map(r -> Json.readRecord(r.value(), BatchEnd.class, "test"))
                .toList();
    }

    /** ENDs that say more or fewer records than there are. */
    private List<BatchEnd> incomplete() {
        Map<BatchId, Set<Long>> ordinals = new HashMap<>();
        shop.items()
                .forEach(r -> ordinals.computeIfAbsent(header(r).batch(), b -> new HashSet<>())
                        .add(header(r).ordinal()));
        return ends().stream()
                .filter(e ->
                        e.records() != ordinals.getOrDefault(e.id(), Set.of()).size())
                .toList();
    }

    private static ChangeFormat.Header header(ConsumerRecord<byte[], byte[]> r) {
        return ChangeFormat.readHeader(new PackedReader().reset(r.value()));
    }

    private long lastSeq() {
        try {
            return shop.number("SELECT max(seq) FROM _liteferry_log");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> with(Map<String, String> config, String key, String value) {
        Map<String, String> changed = new HashMap<>(config);
        changed.put(key, value);
        return changed;
    }

    /** Error messages by option. */
    private static Map<String, String> problems(Map<String, String> config) throws Exception {
        Map<String, String> problems = new HashMap<>();
        ConnectWorker.Answer answer = worker.send("PUT", PLUGIN + "/config/validate", config);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        for (JsonNode option : answer.body().path("configs")) {
            JsonNode value = option.path("value");
            if (!value.path("errors").isEmpty()) {
                problems.put(value.path("name").asText(), value.path("errors").toString());
            }
        }
        return problems;
    }
}
