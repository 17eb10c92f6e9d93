package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.core.options.Options;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run all} with nothing but the migration file: its servers are embedded, their data is kept. */
class EmbeddedRunTest {
    @TempDir
    Path folder;

    @Test
    void goesOnAfterAKillOfEverythingAndStatusSeesItFromAnotherProcess() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        chinook.makePlan();
        Process first = chinook.process(
                "700m", "run", "all", "--config", chinook.config().toString());
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        assertThat(first.isAlive()).as(chinook.processLog()).isTrue();
                        JsonNode status = chinook.command(
                                        "status", "--config", chinook.config().toString(), "-o", "json")
                                .json();
                        return status.path("tables").size() == 11;
                    });
        } finally {
            first.destroyForcibly().waitFor();
        }
        JsonNode afterKill = chinook.command(
                        "status", "--config", chinook.config().toString(), "-o", "json")
                .json();
        assertThat(afterKill.path("verdict").asText()).isEqualTo("NOT_READY");
        assertThat(afterKill.path("services").path("sink").asText()).startsWith("down");

        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + chinook.source());
                Statement s = c.createStatement()) {
            s.execute("UPDATE Track SET UnitPrice = 1.49 WHERE GenreId = 1");
            s.execute("DELETE FROM PlaylistTrack WHERE PlaylistId = 1");
        }
        MigrationFixture.Ended second = chinook.runUntilReady();
        assertThat(second.exit()).as(second.out() + second.err()).isZero();

        StateFolder state = StateFolder.beside(chinook.config());
        try (LocalServers servers =
                LocalServers.startMissing(chinook.plan(), state, new java.io.PrintWriter(new java.io.StringWriter()))) {
            String target = servers.plan().options().string(Options.CONNECTION_URL);
            List<String> differences = IndependentComparison.compare(chinook.source(), target, "public");
            assertThat(differences).isEmpty();
        }
    }
}
