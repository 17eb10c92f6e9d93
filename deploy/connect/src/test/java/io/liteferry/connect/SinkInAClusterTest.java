package io.liteferry.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.PlanNotes;
import io.liteferry.core.plan.Source;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class SinkInAClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PLUGIN = "/connector-plugins/LiteferrySinkConnector";

    @TempDir
    static Path folder = Path.of("");

    private static ConnectWorker worker = unset();
    private Shop shop = unset();
    private Target target = unset();

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T unset() {
        return null;
    }

    @BeforeAll
    static void startTheWorker() throws Exception {
        PluginArchive.unpack(folder.resolve("plugins"));
        worker = start("first");
    }

    private static ConnectWorker start(String name) throws Exception {
        return ConnectWorker.start("sinks", name, folder, List.of(folder.resolve("plugins")));
    }

    @AfterAll
    static void stopTheWorker() {
        worker.close();
    }

    @BeforeEach
    void openTheShop(TestInfo test) throws Exception {
        shop = new Shop("sink-" + test.getTestMethod().orElseThrow().getName(), folder);
        target = new Target(shop.plan);
    }

    @AfterEach
    void closeTheShop() throws Exception {
        for (JsonNode name : worker.get("/connectors").body()) {
            worker.delete(name.asText());
        }
        target.close();
        shop.close();
    }

    @Test
    void theConfigurationIsValidatedWithTheReasonAtEachOption() throws Exception {
        Map<String, String> good = shop.sink("good", target.url);
        assertThat(problems(good)).isEmpty();
        assertThat(problems(with(good, "kafka.request.timeout.ms", "9000"))).isEmpty();
        for (Map.Entry<String, String> bad : Map.of(
                        "errors.tolerance", "all",
                        "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                        "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "topics", shop.itemsTopic(),
                        "tasks.max", "2",
                        "migration.file", "/no/such/migration.yaml",
                        "batch.memory.bytes", "lots",
                        "connection.url", "",
                        "consumer.override.auto.offset.reset", "latest",
                        "kafka.acks", "1")
                .entrySet()) {
            assertThat(problems(with(good, bad.getKey(), bad.getValue())))
                    .as(bad.getKey())
                    .containsOnlyKeys(bad.getKey());
        }
        assertThat(problems(with(good, "topics", shop.itemsTopic())).get("topics"))
                .contains(shop.itemsTopic() + "," + TopicNames.of(shop.plan).transaction());
        Map<String, String> dropping = with(good, "transforms", "drop");
        dropping.put("transforms.drop.type", "org.apache.kafka.connect.transforms.Filter");
        assertThat(problems(dropping)).containsKey("transforms");
    }

    @Test
    void nothingIsLostOrAppliedTwiceWhenItsTaskIsRestartedAndItsWorkerKilled() throws Exception {
        worker.create(shop.name, shop.packed());
        worker.create("sink", quick(shop.sink("sink", target.url)));
        awaitEqual();
        shop.sql("DELETE FROM items WHERE id = 1", "REPLACE INTO items VALUES (500, 'item 2', 1.5, NULL)");
        assertThat(worker.sendUntilTaken("POST", "/connectors/sink/tasks/0/restart", null)
                        .status())
                .isEqualTo(204);
        for (int i = 0; i < 20; i++) {
            shop.sql("UPDATE items SET price = price + 1 WHERE id % 2 = " + i % 2);
        }
        awaitEqual();
        ConnectWorker successor = start("second");
        ConnectWorker killed = worker;
        worker = successor;
        shop.sql("INSERT INTO items(name) VALUES ('last before the kill')");
        killed.kill();
        shop.sql("INSERT INTO items(name) VALUES ('first after the kill')");
        awaitEqual();
        assertThat(target.stepsBack()).isEmpty();
        assertThat(Integer.parseInt(target.values("SELECT count(DISTINCT generation) FROM history")
                        .get(0)))
                .isGreaterThanOrEqualTo(3);
        // Connect is told what PostgreSQL holds, for those who look there.
        String end = target.values("SELECT offsets->'"
                        + TopicNames.of(shop.plan).transaction() + "'->>'next' FROM liteferry.applied")
                .get(0);
        await().atMost(PATIENCE)
                .until(() -> worker.get("/connectors/sink/offsets")
                        .body()
                        .toString()
                        .contains("transaction\"},\"offset\":{\"kafka_offset\":" + end));
        assertThat(worker.sendUntilTaken("PUT", "/connectors/sink/stop", null).status())
                .isEqualTo(204);
        ConnectWorker.Answer altered = worker.sendUntilTaken("DELETE", "/connectors/sink/offsets", null);
        assertThat(altered.status()).isGreaterThanOrEqualTo(400);
        assertThat(altered.message()).contains("liteferry.applied");
    }

    @Test
    void anOlderSinkIsFencedByAYoungerOne() throws Exception {
        worker.create(shop.name, shop.packed());
        worker.create("older", shop.sink("older", target.url));
        awaitEqual();
        worker.create("younger", shop.sink("younger", target.url));
        await().atMost(PATIENCE)
                .until(() -> target.values("SELECT generation FROM liteferry.applied")
                        .equals(List.of("2")));
        shop.sql("UPDATE items SET price = 7");
        worker.awaitTask("older", "FAILED");
        assertThat(worker.task("older").path("trace").asText()).contains("LF-405", "another sink has generation 2");
        awaitEqual();
        assertThat(worker.task("younger").path("state").asText()).isEqualTo("RUNNING");
        assertThat(target.stepsBack()).isEmpty();
    }

    @Tag("long")
    @Test
    void eachSourceIsWrittenByATaskOfItsOwn() throws Exception {
        Plan tenants = new Plan(
                "tenants",
                Options.of(Map.of(Options.BOOTSTRAP_SERVERS, SharedServers.kafka())),
                shop.plan.tables(),
                List.of(
                        new Source("ann", folder.resolve("ann.db").toString(), "ann", 0),
                        new Source("bob", folder.resolve("bob.db").toString(), "bob", 1)),
                List.of());
        Path migration = folder.resolve("tenants.yaml");
        Files.writeString(migration, PlanFile.yaml(tenants, PlanNotes.NONE));
        try (Admin admin = KafkaClients.of(tenants.options()).admin("tenants")) {
            Topics.makeMissing(admin, tenants);
        }
        for (Plan each : tenants.perSource()) {
            Files.createFile(each.options().path(Options.DATABASE_FILE_PATH));
            try (Connection c = new SqliteFile(each.options().path(Options.DATABASE_FILE_PATH)).openWriter();
                    Statement s = c.createStatement()) {
                s.execute("PRAGMA journal_mode = wal");
                s.execute("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL, photo BLOB)");
                s.execute("INSERT INTO items VALUES (1, 'of " + each.source() + "', 1, NULL)");
            }
            new SourceInstaller(each).install();
        }
        try (Target schemas = new Target(tenants)) {
            Map<String, String> capture = shop.packed();
            capture.putAll(Map.of("name", "tenants", "migration.file", migration.toString(), "tasks.max", "2"));
            worker.create("tenants", capture);
            Map<String, String> sink = Shop.sink(tenants, migration, "tenants-sink", schemas.url);
            assertThat(problems(with(sink, "tasks.max", "3"))).containsOnlyKeys("tasks.max");
            worker.create("tenants-sink", with(sink, "tasks.max", "2"));
            for (String tenant : List.of("ann", "bob")) {
                await().atMost(PATIENCE)
                        .until(() ->
                                schemas.items(tenant).equals(List.of(List.of("1", "of " + tenant, "1.0", "null"))));
            }
            assertThat(worker.get("/connectors/tenants-sink/status").body().path("tasks"))
                    .hasSize(2)
                    .allSatisfy(t -> assertThat(t.path("state").asText()).isEqualTo("RUNNING"));
        }
    }

    private void awaitEqual() {
        await().atMost(PATIENCE).until(() -> target.items("public").equals(shop.rows()));
    }

    /** Notices a killed worker's consumer soon. */
    private static Map<String, String> quick(Map<String, String> config) {
        Map<String, String> quick = new HashMap<>(config);
        quick.put("consumer.override.session.timeout.ms", "6000");
        quick.put("consumer.override.heartbeat.interval.ms", "1000");
        return quick;
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
