package io.liteferry.cli.pipeline;

import static io.liteferry.core.change.TableProgress.State.SUSPENDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What status says to do about a table that capture cannot follow is done as it stands there, and ends equal. */
class SuspendedTablesTest {
    @TempDir
    Path folder;

    @Test
    void theStepsForARenamedADroppedAndANewTableEndEqual() throws Exception {
        Path source = folder.resolve("app.db");
        run(
                "jdbc:sqlite:" + source,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE person(id INTEGER PRIMARY KEY, mail TEXT UNIQUE)",
                "CREATE TABLE note(id INTEGER PRIMARY KEY, v TEXT)",
                "CREATE TABLE spare(id INTEGER PRIMARY KEY)",
                "INSERT INTO person VALUES (1, 'a'), (2, 'b'), (3, 'c')",
                "INSERT INTO note VALUES (1, 'x')");
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        try (ServiceProcesses services = new ServiceProcesses(app)) {
            services.startAll();
            services.await(AppliedPosition::consistent);
            run(
                    "jdbc:sqlite:" + source,
                    // One transaction: what is told of one change is told of all.
                    "BEGIN",
                    "ALTER TABLE person RENAME TO people",
                    "DELETE FROM people WHERE id = 2",
                    "INSERT INTO people VALUES (4, 'd')",
                    "DROP TABLE spare",
                    "CREATE TABLE fresh(id INTEGER PRIMARY KEY, v TEXT)",
                    "INSERT INTO fresh VALUES (1, 'new')",
                    "COMMIT");
            services.await(a -> suspended(a, "person") && suspended(a, "spare"));
        }
        String status =
                app.command("status", "--config", app.config().toString()).out();
        assertThat(status)
                .contains("it is called people now")
                .contains("Take it out of the migration file, then liteferry apply")
                .contains("table fresh: not in the migration file")
                .contains("liteferry plan " + source);

        Matcher statement =
                Pattern.compile("in PostgreSQL run (ALTER TABLE [^;]+);").matcher(status);
        assertThat(statement.find()).isTrue();
        run(target, statement.group(1));
        String file = Files.readString(app.config())
                .replace("  person:\n    target: person\n", "  people:\n    target: people\n");
        String planned = app.command("plan", source.toString()).out();
        Files.writeString(app.config(), without(file, "spare") + table(planned, "fresh"));
        MigrationFixture.Ended apply =
                app.command("apply", "--config", app.config().toString());
        assertThat(apply.exit()).as(apply.err()).isZero();

        MigrationFixture.Ended ended = app.runUntilReady();
        assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.json().path("tables")).hasSize(3);
        assertThat(IndependentComparison.compare(source, target, "public"))
                .containsExactly("spare: no such table in SQLite");
        assertThat(app.command("status", "--config", app.config().toString()).out())
                .doesNotContain("suspended table")
                .doesNotContain("not in the migration file");
    }

    private static boolean suspended(AppliedPosition applied, String table) {
        return Objects.requireNonNull(applied.tables().get(table)).state() == SUSPENDED;
    }

    /** The table's part of a migration file. */
    private static String table(String file, String name) {
        Matcher part = Pattern.compile("(?m)^  " + name + ":\n(    .*\n)+").matcher(file);
        assertThat(part.find()).as(file).isTrue();
        return part.group();
    }

    private static String without(String file, String name) {
        return file.replace(table(file, name), "");
    }

    private static void run(String url, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
