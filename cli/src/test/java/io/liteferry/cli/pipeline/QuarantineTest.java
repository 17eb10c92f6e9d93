package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row that the target cannot hold, as its operator meets it: seen, gone on without, tried again once the plan fits. */
class QuarantineTest {
    @TempDir
    Path folder;

    private MigrationFixture codes;
    private String target = "";

    private MigrationFixture.Ended quarantine(String... args) {
        List<String> all = new ArrayList<>(List.of("quarantine"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", codes.config().toString(), "-o", "json"));
        return codes.command(all.toArray(String[]::new));
    }

    private static List<String> texts(JsonNode rows, String field) {
        List<String> texts = new ArrayList<>();
        rows.forEach(r -> texts.add(r.get(field).asText()));
        return texts;
    }

    private void await(String query, String... expected) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            try (Connection c = DriverManager.getConnection(target);
                    Statement s = c.createStatement();
                    ResultSet r = s.executeQuery(query)) {
                List<String> rows = new ArrayList<>();
                while (r.next()) {
                    rows.add(r.getString(1));
                }
                assertThat(rows).containsExactly(expected);
            }
        });
    }

    private static void sql(String url, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    @Test
    void isSeenGoneOnWithoutAndTriedAgainOnceThePlanFits() throws Exception {
        Path file = folder.resolve("codes.db");
        String source = "jdbc:sqlite:" + file + "?busy_timeout=5000";
        sql(source, "PRAGMA journal_mode = wal", "CREATE TABLE codes(k TEXT PRIMARY KEY NOT NULL, v VARCHAR(3))");
        sql(source, "INSERT INTO codes VALUES ('a', 'one')");
        codes = MigrationFixture.of(folder, file);
        target = SharedServers.newDatabase();
        codes.makePlanFor(SharedServers.kafka(), target, "validation.ready.clean.passes=1");
        assertThat(codes.command("apply", "--config", codes.config().toString()).exit())
                .isZero();
        String config = Files.readString(codes.config());
        assertThat(config).contains("varchar(3)");
        try (Pipeline pipeline = Pipeline.start(codes.plan(), Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class))) {
            sql(source, "INSERT INTO codes VALUES ('o''b', 'three'), ('c', 'seven'), ('d', 'two')");
            await("SELECT key_text FROM liteferry.quarantine ORDER BY 1", "'c'", "'o''b'");
            JsonNode list = quarantine("list").json();
            assertThat(list.get("kind").asText()).isEqualTo("QuarantineList");
            assertThat(list.get("next_steps")).isNotEmpty();
            assertThat(texts(list.get("rows"), "key")).containsExactlyInAnyOrder("'o''b'", "'c'");
            assertThat(texts(list.get("rows"), "sqlstate")).containsExactly("22001", "22001");
            assertThat(list.toString()).doesNotContain("three", "seven");

            JsonNode shown =
                    quarantine("show", "codes", "o'b").json().get("rows").get(0);
            assertThat(shown.get("values").toString()).isEqualTo("{\"k\":\"'o''b'\",\"v\":\"'three'\"}");
            assertThat(shown.get("column").asText()).isEqualTo("v");
            MigrationFixture.Ended unknown = quarantine("show", "codes", "a");
            assertThat(unknown.exit()).isEqualTo(2);
            assertThat(unknown.err()).startsWith("LF-409 Looking for a of table codes");
            assertThat(quarantine("discard", "codes", "c").exit()).isEqualTo(2);

            assertThat(quarantine("discard", "codes", "c", "--note", "a typing error")
                            .json()
                            .get("rows")
                            .asInt())
                    .isEqualTo(1);
            assertThat(quarantine("list").json().get("waiting").asInt()).isEqualTo(1);
            await("SELECT key_text || note FROM liteferry.quarantine_discard", "'c'a typing error");
            await("SELECT document->'overrides'->>0 FROM liteferry.verdict", "1 rows discarded from the quarantine");
            await(
                    "SELECT x->>'value' FROM liteferry.verdict, jsonb_array_elements(document->'checks') x"
                            + " WHERE x->>'check' = 'quarantine_empty'",
                    "1 rows: codes");
            await(
                    "SELECT quarantined || ' ' || discarded FROM liteferry.validation_pass ORDER BY pass DESC LIMIT 1",
                    "1 1");
            pipeline.failIfEnded();
        }
        sql(target, "ALTER TABLE codes ALTER COLUMN v TYPE varchar(5)");
        Files.writeString(codes.config(), config.replace("varchar(3)", "varchar(5)"));
        try (Pipeline pipeline = Pipeline.start(codes.plan(), Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class))) {
            assertThat(quarantine("replay").json().get("rows").asInt()).isEqualTo(1);
            await("SELECT k || v FROM codes ORDER BY k", "aone", "dtwo", "o'bthree");
            assertThat(quarantine("list").json().get("discarded").asInt()).isEqualTo(1);
            assertThat(quarantine("replay", "codes", "c").exit()).isZero();
            await("SELECT k || v FROM codes ORDER BY k", "aone", "cseven", "dtwo", "o'bthree");
            await("SELECT 1 FROM liteferry.quarantine");
            await("SELECT key_text FROM liteferry.quarantine_discard", "'c'");
            await("SELECT equal FROM liteferry.validation_pass ORDER BY pass DESC LIMIT 1", "4");
            pipeline.failIfEnded();
        }
    }
}
