package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.SharedServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that no trigger sees: not to be prevented, so they must be found. */
class UnseenChangesTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "S1, S7, S22: rows changed past the triggers are hinted at by capture, found by the validator and repaired")
    void rowsChangedPastTheTriggersAreFoundAndRepaired() throws Exception {
        Path source = folder.resolve("app.db");
        sql(
                source,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                        + " INSERT INTO t SELECT i, 'v' || i FROM n",
                "CREATE TABLE pairs(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, UNIQUE(a, b))",
                "CREATE TRIGGER pairs_b BEFORE UPDATE OF a ON pairs BEGIN UPDATE pairs SET b = 2 WHERE id = NEW.id; END",
                "INSERT INTO pairs VALUES (5, 0, 0), (7, 1, 2)",
                "CREATE TABLE once(id INTEGER PRIMARY KEY)",
                "INSERT INTO once VALUES (1)");
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        assertThat(app.command("apply", "--config", app.config().toString()).exit())
                .isZero();
        sql(
                source,
                "CREATE TRIGGER newer AFTER INSERT ON t WHEN NEW.v = 'twice' BEGIN INSERT INTO once VALUES (1); END");
        Plan plan = app.plan();
        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class));
                MigrationState state = new MigrationState(plan)) {
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(unexplained(pipeline)).isZero();
            // A TEMP trigger of the application's connection fires before ours and ends there.
            sql(
                    source,
                    "CREATE TEMP TRIGGER quiet AFTER INSERT ON main.t BEGIN SELECT RAISE(IGNORE); END",
                    "INSERT INTO t VALUES (117, 'past the trigger')");
            awaitUnexplained(pipeline, 1);
            // A newer trigger meets a conflict, the statement says what that does: it ends there and keeps the row.
            assertThatThrownBy(() -> sql(source, "INSERT OR FAIL INTO t VALUES (118, 'twice')"))
                    .hasMessageContaining("once.id");
            awaitUnexplained(pipeline, 2);
            // Our trigger taken out of the catalogue itself: no schema_version moves.
            sql(
                    source,
                    "PRAGMA writable_schema = ON",
                    "CREATE TEMP TABLE kept AS SELECT * FROM sqlite_master WHERE name = '_liteferry_bd_t'",
                    "DELETE FROM sqlite_master WHERE name = '_liteferry_bd_t'",
                    "PRAGMA writable_schema = RESET",
                    "DELETE FROM t WHERE id = 33",
                    "PRAGMA writable_schema = ON",
                    "INSERT INTO sqlite_master SELECT * FROM kept");
            awaitUnexplained(pipeline, 3);
            // Half of what displaces row 7 comes from the statement, half from a trigger: no look sees both.
            sql(source, "UPDATE OR REPLACE pairs SET a = 1 WHERE id = 5");
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(state.openMismatches(10))
                    .containsExactlyInAnyOrder(
                            "t 117 missing_target",
                            "t 118 missing_target",
                            "t 33 missing_source",
                            "pairs 7 missing_source");

            assertThat(app.command("repair", "--config", app.config().toString())
                            .out())
                    .contains("4 keys");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                pipeline.failIfEnded();
                return state.openMismatches(1).isEmpty();
            });
        }
        assertThat(IndependentComparison.compare(source, target, "public")).isEmpty();
    }

    /** One look of capture counts once, however many commits it finds. */
    private static void awaitUnexplained(Pipeline pipeline, int looks) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> unexplained(pipeline) >= looks);
    }

    private static double unexplained(Pipeline pipeline) throws Exception {
        String metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://" + pipeline.services().get(0).adminAddress() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return metrics.lines()
                .filter(l -> l.startsWith("liteferry_capture_unexplained_commits_total"))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' '))))
                .sum();
    }

    private static void sql(Path source, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
