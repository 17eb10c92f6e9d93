package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.cli.deploy.DocumentedMetrics;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.embedded.SharedServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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

            try (Connection c = DriverManager.getConnection(SharedServers.byHand(target));
                    Statement s = c.createStatement()) {
                s.execute("UPDATE \"Track\" SET \"Name\" = \"Name\" || ' ' WHERE \"TrackId\" = 17");
                s.execute("DELETE FROM \"PlaylistTrack\" WHERE \"PlaylistId\" = 1 AND \"TrackId\" = 3402");
                s.execute("INSERT INTO \"Genre\" VALUES (99, 'By <hand> & \"more\"')");
            }
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(state.openMismatches(10))
                    .containsExactly(
                            "Genre 99 missing_source", "PlaylistTrack 1,3402 missing_target", "Track 17 row_diff");
            // The verdict is written once a second: it follows what the passes have found.
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                pipeline.failIfEnded();
                return state.verdict().orElseThrow().checks().stream()
                        .anyMatch(check -> check.value().startsWith("3 rows"));
            });
            assertThat(state.verdict().orElseThrow().verdict()).isEqualTo(VerdictDocument.NOT_READY);

            differencesAreShown(chinook);
            MigrationFixture.Ended repair =
                    chinook.command("repair", "--config", chinook.config().toString());
            assertThat(repair.out()).contains("3 keys");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                pipeline.failIfEnded();
                return state.openMismatches(1).isEmpty();
            });
            assertThat(state.verifiedAgain()).isEqualTo(List.of("Genre 99", "PlaylistTrack 1,3402", "Track 17"));

            historyIsShown(chinook);
            manifestIsKeptAndVerified(chinook, target);
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

    private static MigrationFixture.Ended command(MigrationFixture chinook, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--config", chinook.config().toString()));
        return chinook.command(all.toArray(String[]::new));
    }

    private static void differencesAreShown(MigrationFixture chinook) throws Exception {
        MigrationFixture.Ended track = command(chinook, "diff", "Track", "--show-values", "-o", "json");
        assertThat(track.exit()).isEqualTo(ExitCode.NOT_READY);
        JsonNode diff = track.json();
        assertThat(diff.path("kind").asText()).isEqualTo("DiffReport");
        assertThat(diff.path("open").asLong()).isEqualTo(1);
        JsonNode row = diff.path("rows").get(0);
        assertThat(row.path("key").asText()).isEqualTo("17");
        assertThat(row.path("kind").asText()).isEqualTo("row_diff");
        assertThat(row.path("columns")).hasSize(1);
        assertThat(row.path("columns").get(0).asText()).isEqualTo("Name");
        JsonNode name = row.path("values").get(1);
        assertThat(name.path("column").asText()).isEqualTo("Name");
        assertThat(name.path("source").asText()).isEqualTo("'Let There Be Rock'");
        assertThat(name.path("target").get(0).asText()).isEqualTo("Let There Be Rock ");

        MigrationFixture.Ended quiet = command(chinook, "diff", "PlaylistTrack", "--key", "1,3402");
        assertThat(quiet.out())
                .containsPattern("PlaylistTrack +1,3402 +missing_target")
                .contains("1 rows of PlaylistTrack differ");
        assertThat(command(chinook, "diff", "PlaylistTrack", "--key", "1,1").out())
                .doesNotContain("missing_target");
        assertThat(command(chinook, "diff", "Genre", "--show-values", "-o", "html")
                        .out())
                .contains("<code>99</code>", "By &lt;hand&gt; &amp; &quot;more&quot;", "(no row)")
                .doesNotContain("<hand>");
        assertThat(command(chinook, "diff", "Genre").out()).doesNotContain("By <hand>");
        assertThat(command(chinook, "diff", "nowhere").exit()).isEqualTo(ExitCode.USAGE);

        MigrationFixture.Ended dry = command(chinook, "repair", "Track", "--dry-run");
        assertThat(dry.out())
                .contains("Would ask capture to send 1 keys again.")
                .containsPattern("Track +17");
        assertThat(command(chinook, "diff", "Track", "-o", "json")
                        .json()
                        .path("rows")
                        .get(0)
                        .has("repair_asked_at"))
                .isFalse();

        MigrationFixture.Ended verdict = command(chinook, "validate");
        assertThat(verdict.exit()).isEqualTo(ExitCode.NOT_READY);
        assertThat(verdict.out())
                .containsPattern("no_mismatch +no +3 rows: Genre, PlaylistTrack, Track +0 rows +20")
                .contains("help: no_mismatch: liteferry repair Genre")
                .contains("NOT READY because")
                .containsPattern("Track .*mismatched since 20")
                .containsPattern("Album .*in sync since 20")
                .containsPattern("[0-9,]+ of [0-9,]+ rows equal \\(99\\.9[0-9]+ %\\)");
    }

    private static void historyIsShown(MigrationFixture chinook) throws Exception {
        JsonNode row = command(chinook, "diff", "Track", "--history", "-o", "json")
                .json()
                .path("rows")
                .get(0);
        List<String> told = List.of(
                row.path("since").asText(),
                row.path("repair_asked_at").asText(),
                row.path("verified_at").asText());
        assertThat(told).isSorted().allMatch(t -> t.endsWith("Z"));
        assertThat(command(chinook, "diff", "Track").exit()).isZero();
        JsonNode validation =
                command(chinook, "validate", "--history", "-o", "json").json();
        assertThat(validation.path("passes").get(0).path("equal").asLong()).isPositive();
        assertThat(validation.path("consistency").path("known_rows").asLong()).isPositive();
    }

    private void manifestIsKeptAndVerified(MigrationFixture chinook, String target) throws Exception {
        MigrationFixture.Ended made = command(chinook, "manifest", "-o", "json");
        assertThat(made.exit()).as(made.out()).isZero();
        JsonNode genre = made.json().path("tables").get(4);
        assertThat(genre.path("name").asText()).isEqualTo("Genre");
        assertThat(genre.path("sqlite").path("rows").asLong()).isEqualTo(25);
        assertThat(genre.path("sqlite")).isEqualTo(genre.path("postgresql"));
        assertThat(genre.path("still").asBoolean()).isTrue();
        String kept =
                Files.writeString(folder.resolve("manifest.json"), made.out()).toString();
        MigrationFixture.Ended same = command(chinook, "manifest", "--verify", kept);
        assertThat(same.exit()).as(same.out()).isZero();
        try (Connection c = DriverManager.getConnection(SharedServers.byHand(target));
                Statement s = c.createStatement()) {
            s.execute("UPDATE \"Genre\" SET \"Name\" = 'By hand' WHERE \"GenreId\" = 7");
        }
        MigrationFixture.Ended changed = command(chinook, "manifest", "--verify", kept);
        assertThat(changed.exit()).isEqualTo(ExitCode.NOT_READY);
        assertThat(changed.out()).contains("Genre: PostgreSQL had 25 rows").contains("1 differences since");
        assertThat(command(chinook, "manifest").out()).contains("differs: Genre: SQLite has 25 rows");
        assertThat(command(chinook, "manifest", "--verify", chinook.config().toString())
                        .exit())
                .isEqualTo(ExitCode.USAGE);
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
