package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A migration that our triggers hinder, in its window: from the first command to READY. */
class SchemaWindowPipelineTest {
    private static final String[] DROP_INDEX_AND_COLUMN = {
        "BEGIN IMMEDIATE",
        "DROP INDEX note_slug",
        "ALTER TABLE note DROP COLUMN slug",
        "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 7",
        "COMMIT"
    };

    private static final String[] PRISMA = {
        "PRAGMA defer_foreign_keys=ON",
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE \"new_person\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" TEXT NOT NULL,"
                + " \"city\" TEXT NOT NULL DEFAULT 'Bonn')",
        "INSERT INTO \"new_person\" (\"id\", \"email\") SELECT \"id\", \"email\" FROM \"person\"",
        "DROP TABLE \"person\"",
        "ALTER TABLE \"new_person\" RENAME TO \"person\"",
        "CREATE UNIQUE INDEX \"person_email_key\" ON \"person\"(\"email\")",
        "PRAGMA foreign_keys=ON",
        "PRAGMA defer_foreign_keys=OFF"
    };

    @TempDir
    Path folder;

    private MigrationFixture app;
    private Path source;

    @Test
    void theMigrationGoesThroughInItsWindowAndEndsEqualAndReady() throws Exception {
        source = folder.resolve("app.db");
        make();
        app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        assertThat(command("apply").exit()).isZero();
        Plan plan = app.plan();
        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class))) {
            awaitApplied(pipeline, a -> state(a, "note") == State.STREAMING && state(a, "person") == State.STREAMING);
            assertThatThrownBy(() -> sql(DROP_INDEX_AND_COLUMN)).hasMessageContaining("_liteferry_");

            MigrationFixture.Ended open = command("schema-window", "open", "--table", "note,person", "-o", "json");
            assertThat(open.exit()).as(open.err()).isZero();
            assertThat(open.json().path("kind").asText()).isEqualTo("SchemaWindowReport");
            assertThat(open.json().path("tables"))
                    .hasSize(2)
                    .allMatch(t -> t.path("state").asText().equals("opened"));
            sql("DELETE FROM note WHERE id < 10", "UPDATE note SET id = 5000 WHERE id = 20");
            sql(DROP_INDEX_AND_COLUMN);
            sql("INSERT INTO tag VALUES (1, 'logged')");
            awaitApplied(
                    pipeline,
                    a -> state(a, "note") == State.SUSPENDED
                            && state(a, "person") == State.SUSPENDED
                            && state(a, "tag") == State.STREAMING);
            await().untilAsserted(() -> {
                JsonNode status = command("status", "-o", "json").json();
                assertThat(status.path("reasons").toString()).contains("no_schema_window: open on note since ");
                assertThat(status.path("table_notes").toString())
                        .contains("a schema window is open on it since")
                        .contains("liteferry schema-window close");
            });
        }

        // Everything may be started again in a window, by run, which makes what is missing; apply by hand is refused.
        MigrationFixture.Ended run = command("run", "all", "--until", "ready", "--timeout", "2s");
        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        MigrationFixture.Ended apply = command("apply");
        assertThat(apply.exit()).isEqualTo(1);
        assertThat(apply.err()).contains("LF-210").contains("note since ").contains("liteferry schema-window close");
        assertThat(command("apply", "--dry-run").exit()).isEqualTo(1);
        sql(PRISMA);
        sql("REPLACE INTO person(email) VALUES ('p7@x')");

        MigrationFixture.Ended close = command("schema-window", "close");
        assertThat(close.exit()).as(close.err()).isZero();
        assertThat(close.out()).contains("closed").contains("not open").contains("snapshotted again");
        sql("REPLACE INTO person(email) VALUES ('p8@x')", "INSERT INTO note(id, body) VALUES (6000, 'after')");
        MigrationFixture.Ended ready = app.runUntilReady();
        assertThat(ready.exit()).as(ready.out() + ready.err()).isZero();
        assertThat(IndependentComparison.compare(source, target, "public")).isEmpty();
        assertThat(command("status").out())
                .contains("note DROP COLUMN slug")
                .contains("note ADD COLUMN stars bigint")
                .contains("person ADD COLUMN city text");
        assertThat(command("apply").exit()).isZero();
    }

    private MigrationFixture.Ended command(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--config";
        all[args.length + 1] = app.config().toString();
        return app.command(all);
    }

    private void make() throws SQLException {
        sql(
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT, slug TEXT)",
                "CREATE UNIQUE INDEX note_slug ON note(slug)",
                "CREATE TABLE person(id INTEGER PRIMARY KEY, email TEXT UNIQUE)",
                "CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT)",
                "INSERT INTO note WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                        + " SELECT i, 'note ' || i, 's' || i FROM n",
                "INSERT INTO person SELECT id, 'p' || id || '@x' FROM note");
    }

    private void sql(String... statements) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA busy_timeout = 60000");
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    private static State state(AppliedPosition applied, String table) {
        TableProgress progress = applied.tables().get(table);
        return progress == null ? State.PENDING : progress.state();
    }

    private void awaitApplied(Pipeline pipeline, Predicate<AppliedPosition> condition) throws Exception {
        try (MigrationState state = new MigrationState(app.plan())) {
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                pipeline.failIfEnded();
                return state.applied().filter(condition).isPresent();
            });
        }
    }
}
