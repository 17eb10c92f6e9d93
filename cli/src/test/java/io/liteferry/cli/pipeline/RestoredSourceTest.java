package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.service.Service;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that is not the one it was: the reason and the command that goes on, and the command does. */
class RestoredSourceTest {
    @TempDir
    Path folder;

    @Test
    void aRestoredBackupIsToldAndTheCommandItNamesLeadsToReadyAgain() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        String target = SharedServers.newDatabase();
        chinook.makePlanFor(SharedServers.kafka(), target);
        assertThat(chinook.command("apply", "--config", config(chinook)).exit()).isZero();
        Path backup = folder.resolve("backup.db");
        sql(chinook.source(), "VACUUM INTO '" + backup + "'");
        sql(
                chinook.source(),
                "INSERT INTO Genre VALUES (100, 'after the backup')",
                "UPDATE Artist SET Name = 'after the backup' WHERE ArtistId = 1",
                "DELETE FROM PlaylistTrack WHERE PlaylistId = 8");
        MigrationFixture.Ended first = chinook.runUntilReady();
        assertThat(first.exit()).as(first.out() + first.err()).isZero();

        Files.move(backup, chinook.source(), StandardCopyOption.REPLACE_EXISTING);
        sql(chinook.source(), "INSERT INTO Genre VALUES (101, 'after the restore')");
        MigrationFixture.Ended moved = chinook.runUntilReady();
        assertThat(moved.exit()).isNotZero();
        assertThat(moved.err()).contains("LF-204").contains("liteferry apply --config … --accept-file");
        assertThat(chinook.command("apply", "--config", config(chinook), "--accept-file")
                        .exit())
                .isZero();
        MigrationFixture.Ended halted = chinook.runUntilReady();
        assertThat(halted.exit()).isNotZero();
        assertThat(halted.err()).contains("LF-202").contains("liteferry apply --config … --restart");

        MigrationFixture.Ended restart = chinook.command("apply", "--config", config(chinook), "--restart");
        assertThat(restart.exit()).as(restart.err()).isZero();
        MigrationFixture.Ended again = chinook.runUntilReady();
        assertThat(again.exit()).as(again.out() + again.err()).isZero();
        assertThat(IndependentComparison.compare(chinook.source(), target, "public"))
                .isEmpty();
    }

    @Test
    void aWipedDatabaseIsToldAndTheCommandItNamesLeadsToEquality() throws Exception {
        Path source = folder.resolve("app.db");
        sql(
                source,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
                "CREATE TABLE notes(id INTEGER PRIMARY KEY, note TEXT)",
                "INSERT INTO users(name) VALUES ('ann'), ('bob'), ('cid')",
                "INSERT INTO notes VALUES (1, 'one'), (2, 'two')");
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        assertThat(app.command("apply", "--config", config(app)).exit()).isZero();
        try (Pipeline running = start(app)) {
            awaitEqual(source, target);
            // As test suites do it between two runs: every table there is, in one transaction.
            sql(source, wipe(source));
            Service capture = running.services().get(0);
            await().until(() -> capture.failure() != null);
            assertThat(capture.failure()).hasMessageContaining("LF-202").hasMessageContaining("--restart");
            sql(source, "INSERT INTO users(name) VALUES ('a fixture')", "INSERT INTO notes VALUES (2, 'of it')");
        }
        assertThatThrownBy(() -> start(app)).hasMessageContaining("LF-202").hasMessageContaining("--restart");
        MigrationFixture.Ended apply = app.command("apply", "--config", config(app));
        assertThat(apply.exit()).isNotZero();
        assertThat(apply.err()).contains("LF-202", "liteferry apply --config … --restart");

        assertThat(app.command("apply", "--config", config(app), "--restart").exit())
                .isZero();
        try (Pipeline again = start(app)) {
            awaitEqual(source, target);
            sql(source, "INSERT INTO users(name) VALUES ('dan')", "DELETE FROM notes");
            awaitEqual(source, target);
            again.failIfEnded();
        }
    }

    private static String[] wipe(Path source) throws Exception {
        List<String> statements = new ArrayList<>(List.of("BEGIN"));
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement();
                ResultSet tables = s.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'")) {
            while (tables.next()) {
                statements.add("DELETE FROM " + tables.getString(1));
            }
        }
        statements.add("COMMIT");
        assertThat(statements)
                .contains("DELETE FROM sqlite_sequence", "DELETE FROM _liteferry_meta", "DELETE FROM users");
        return statements.toArray(String[]::new);
    }

    private static Pipeline start(MigrationFixture migration) {
        return Pipeline.start(
                migration.plan(), Clock.systemUTC(), EnumSet.of(Pipeline.Part.CAPTURE, Pipeline.Part.SINK));
    }

    private static void awaitEqual(Path source, String target) {
        await().untilAsserted(() -> assertThat(IndependentComparison.compare(source, target, "public"))
                .isEmpty());
    }

    private static String config(MigrationFixture migration) {
        return migration.config().toString();
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
