package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
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
