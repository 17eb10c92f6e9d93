package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.deploy.DocumentedMetrics;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.core.validation.VerdictDocument;
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
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandChangesTest {
    @TempDir
    Path folder;

    @Test
    void rowsChangedDeletedAndAddedByHandAreNamedByKeyAndRepairedThroughThePipeline() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        String target = SharedServers.newDatabase();
        chinook.makePlanFor(SharedServers.kafka(), target);
        assertThat(chinook.command("apply", "--config", chinook.config().toString())
                        .exit())
                .isZero();
        Plan plan = chinook.plan();
        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class));
                MigrationState state = new MigrationState(plan)) {
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(state.openMismatches(10)).isEmpty();

            try (Connection c = DriverManager.getConnection(target);
                    Statement s = c.createStatement()) {
                s.execute("UPDATE \"Track\" SET \"Name\" = \"Name\" || ' ' WHERE \"TrackId\" = 17");
                s.execute("DELETE FROM \"PlaylistTrack\" WHERE \"PlaylistId\" = 1 AND \"TrackId\" = 3402");
                s.execute("INSERT INTO \"Genre\" VALUES (99, 'By hand')");
            }
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(state.openMismatches(10))
                    .containsExactly(
                            "Genre 99 missing_source", "PlaylistTrack 1,3402 missing_target", "Track 17 row_diff");
            assertThat(state.verdict().orElseThrow().verdict()).isEqualTo(VerdictDocument.NOT_READY);

            MigrationFixture.Ended repair =
                    chinook.command("repair", "--config", chinook.config().toString());
            assertThat(repair.out()).contains("3 keys");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                pipeline.failIfEnded();
                return state.openMismatches(1).isEmpty();
            });
            assertThat(state.verifiedAgain()).isEqualTo(List.of("Genre 99", "PlaylistTrack 1,3402", "Track 17"));

            String scraped = scraped(pipeline);
            assertThat(DocumentedMetrics.NAMES)
                    .filteredOn(name -> !scraped.contains(name))
                    .as("metrics that no service shows; of a quarantined, a swept or a detached row there is none yet")
                    .containsOnly(
                            "liteferry_sink_quarantined_total",
                            "liteferry_sink_swept_total",
                            "liteferry_sink_detached_total");
        }
    }

    private static String scraped(Pipeline pipeline) throws Exception {
        StringBuilder all = new StringBuilder();
        for (Service service : pipeline.services()) {
            URI metrics = URI.create("http://" + service.adminAddress() + "/metrics");
            all.append(HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
        return all.toString();
    }
}
