package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five databases with the same tables and the same keys, so that a row in the wrong place would show. */
class TenantsTest {
    private static final List<String> TENANTS = List.of("acme", "bolt", "cobra", "delta", "eagle");

    @TempDir
    Path folder;

    private final String target = SharedServers.newDatabase();

    @Test
    void everySchemaIsItsOwnTenantAndAReplacedFileStopsOnlyItsOwn() throws Exception {
        for (String tenant : TENANTS) {
            make(tenant);
        }
        plan();
        MigrationFixture tenants = MigrationFixture.of(folder, folder.resolve("none"));
        Plan plan = tenants.plan();
        MigrationFixture.Ended apply = tenants.command("apply", "--config", config());
        assertThat(apply.exit()).as(apply.err()).isZero();
        assertThat(apply.out()).contains("5 of 5 sources");

        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class))) {
            write("first");
            awaitReady(TENANTS, plan);
            aTenantThatLagsHoldsNoOtherBack();
            write("second");
            Path cobra = file("cobra");
            Path another = folder.resolve("another.db");
            try (Connection c = open(cobra);
                    Statement s = c.createStatement()) {
                s.execute("VACUUM INTO '" + another + "'");
            }
            Files.move(another, cobra, StandardCopyOption.REPLACE_EXISTING);
            Service capture = pipeline.services().get(0);
            await().untilAsserted(() ->
                    assertThat(capture.health().checks().get("cobra: stream")).contains("LF-204"));
            write("third");
            List<String> others =
                    TENANTS.stream().filter(t -> !t.equals("cobra")).toList();
            for (String tenant : others) {
                await().untilAsserted(() -> assertThat(differences(tenant)).isEmpty());
                assertThat(capture.health().checks()).containsEntry(tenant + ": stream", "ok");
            }
            assertThat(capture.failure()).isNull();
            assertThat(capture.health().ready()).isFalse();
            assertThat(differences("cobra")).isNotEmpty();
        }

        MigrationFixture.Ended run = tenants.runUntilReady("--source", "acme,bolt,delta,eagle");
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        JsonNode report = run.json();
        assertThat(report.path("tables"))
                .hasSize(8)
                .anyMatch(t -> t.path("name").asText().equals("acme.users"));
        JsonNode status =
                tenants.command("status", "--config", config(), "-o", "json").json();
        assertThat(status.path("sources")).hasSize(5);
        assertThat(status.path("sources").get(0).path("verdict").asText()).isEqualTo("NOT_READY");
        assertThat(status.path("verdict").asText()).isEqualTo("NOT_READY");

        MigrationFixture.Ended uninstall = tenants.command("uninstall", "--config", config());
        assertThat(uninstall.exit()).as(uninstall.err()).isZero();
        assertThat(uninstall.out()).contains("5 of 5 sources");
    }

    /** Its sink stands before tables that somebody has locked. */
    private void aTenantThatLagsHoldsNoOtherBack() throws Exception {
        try (Connection lock = DriverManager.getConnection(target);
                Statement s = lock.createStatement()) {
            lock.setAutoCommit(false);
            // One table: whoever reads both must not meet a lock on each from the other end.
            s.execute("LOCK TABLE delta.users IN ACCESS EXCLUSIVE MODE");
            String before = applied(s, "delta");
            write("while delta waits");
            for (String tenant : TENANTS) {
                if (!tenant.equals("delta")) {
                    await().untilAsserted(() -> assertThat(differences(tenant)).isEmpty());
                }
            }
            assertThat(applied(s, "delta")).isEqualTo(before);
            lock.rollback();
        }
        await().untilAsserted(() -> assertThat(differences("delta")).isEmpty());
    }

    private static String applied(Statement s, String tenant) throws SQLException {
        try (ResultSet r = s.executeQuery("SELECT seq FROM liteferry.applied WHERE source = '" + tenant + "'")) {
            assertThat(r.next()).isTrue();
            return r.getString(1);
        }
    }

    private void make(String tenant) throws SQLException {
        try (Connection c = open(file(tenant));
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT)");
            s.execute("CREATE TABLE notes(id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, note TEXT)");
            s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
                    + " INSERT INTO users SELECT i, 'u' || i || '@x', '" + tenant + "' || i FROM n");
            s.execute("INSERT INTO notes SELECT id, id, 'of " + tenant + "' FROM users");
        }
    }

    /** The same keys in every file, with other values: an update, a key that REPLACE takes, a delete, an insert. */
    private void write(String round) throws SQLException {
        for (int i = 1; i <= 10; i++) {
            for (String tenant : TENANTS) {
                try (Connection c = open(file(tenant));
                        Statement s = c.createStatement()) {
                    s.execute("UPDATE users SET name = '" + tenant + round + "' WHERE id = " + i);
                    s.execute("DELETE FROM notes WHERE id = " + (20 + i));
                    s.execute("INSERT OR REPLACE INTO users VALUES (" + (30 + i) + ", 'u" + (40 + i) + "@x', '" + tenant
                            + round + "')");
                    s.execute("INSERT INTO notes(user_id, note) VALUES (1, '" + tenant + round + "')");
                }
            }
        }
    }

    private void plan() throws Exception {
        MigrationFixture probe = MigrationFixture.of(folder, folder.resolve("*.db"));
        probe.makePlanFor(SharedServers.kafka(), target);
    }

    private void awaitReady(List<String> sources, Plan plan) {
        List<MigrationState> states = MigrationState.all(plan);
        try (MigrationState ignored = states.get(0)) {
            for (MigrationState state : states) {
                if (sources.contains(state.source())) {
                    await().until(() ->
                            state.applied().filter(a -> a.consistent()).isPresent());
                }
            }
        }
    }

    private List<String> differences(String tenant) throws SQLException {
        return IndependentComparison.compare(file(tenant), target, tenant);
    }

    private String config() {
        return folder.resolve("migration.yaml").toString();
    }

    private Path file(String tenant) {
        return folder.resolve(tenant + ".db");
    }

    private static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
    }
}
