package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a captured file, written to as well, and files that changed places: nothing of the wrong file is ever applied. */
class CopiedSourceTest {
    @TempDir
    Path folder;

    private final String target = SharedServers.newDatabase();
    private MigrationFixture tenants;

    @BeforeEach
    void apply() throws Exception {
        for (String tenant : List.of("acme", "bolt")) {
            sql(
                    file(tenant),
                    "PRAGMA journal_mode = WAL",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
                    "INSERT INTO t VALUES (1, '" + tenant + "'), (2, '" + tenant + "')");
        }
        MigrationFixture.of(folder, folder.resolve("*.db")).makePlanFor(SharedServers.kafka(), target);
        tenants = MigrationFixture.of(folder, folder.resolve("none"));
        command("apply");
    }

    @Test
    void aCopyIsRefusedAndOnceItIsTakenTheForgottenCaptureOfTheOriginalEnds() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copies")).resolve("acme.db");
        try (Pipeline forgotten = start(tenants.plan(), EnumSet.of(Part.CAPTURE))) {
            try (Pipeline sink = start(tenants.plan(), EnumSet.of(Part.SINK))) {
                awaitEqual("acme", file("acme"));
                sql(file("acme"), "VACUUM INTO '" + copy + "'");
                sql(file("acme"), "INSERT INTO t VALUES (3, 'only in the original')");
                sql(copy, "INSERT INTO t VALUES (3, 'only in the copy'), (4, 'only in the copy')");
                awaitEqual("acme", file("acme"));
                Files.writeString(
                        tenants.config(),
                        Files.readString(tenants.config()).replace(file("acme").toString(), copy.toString()));
                assertThatThrownBy(() -> capture("acme"))
                        .hasMessageContaining("LF-204")
                        .hasMessageContaining("--accept-file");
                command("apply", "--accept-file", "--source", "acme");
                assertThatThrownBy(() -> capture("acme"))
                        .hasMessageContaining("LF-202")
                        .hasMessageContaining("--restart");
                awaitEqual("acme", file("acme"));
            }
            command("apply", "--restart", "--source", "acme");
            try (Pipeline taken = start(acme(), EnumSet.of(Part.CAPTURE, Part.SINK))) {
                sql(file("acme"), "INSERT INTO t VALUES (5, 'still written to')");
                Service first = forgotten.services().get(0);
                await().untilAsserted(() ->
                        assertThat(first.health().checks().get("acme: stream")).contains("LF-203", "copy"));
                assertThat(first.health().checks()).containsEntry("bolt: stream", "ok");
                sql(file("acme"), "INSERT INTO t VALUES (6, 'nobody reads it')");
                sql(copy, "INSERT INTO t VALUES (7, 'and on')");
                awaitEqual("acme", copy);
                assertThat(taken.services().get(0).failure()).isNull();
            }
        }
    }

    @Test
    void filesThatChangedPlacesAreRefusedEachAlsoWhenBothAreAccepted() throws Exception {
        try (Pipeline running = start(tenants.plan(), EnumSet.of(Part.CAPTURE, Part.SINK))) {
            awaitEqual("acme", file("acme"));
            awaitEqual("bolt", file("bolt"));
            Path aside = folder.resolve("aside");
            Files.move(file("acme"), aside);
            Files.move(file("bolt"), file("acme"));
            Files.move(aside, file("bolt"));
            Service capture = running.services().get(0);
            await().until(() -> capture.failure() != null);
            assertThat(capture.health().checks())
                    .hasEntrySatisfying("acme: stream", why -> assertThat(why).contains("LF-204"))
                    .hasEntrySatisfying("bolt: stream", why -> assertThat(why).contains("LF-204"));
        }
        for (String tenant : List.of("acme", "bolt")) {
            command("apply", "--accept-file", "--source", tenant);
            assertThatThrownBy(() -> capture(tenant))
                    .hasMessageContaining("LF-202")
                    .hasMessageContaining("--restart");
        }
        assertThat(IndependentComparison.compare(file("acme"), target, "bolt")).isEmpty();
        assertThat(IndependentComparison.compare(file("bolt"), target, "acme")).isEmpty();
    }

    private Plan acme() {
        return tenants.plan().serving(List.of("acme"));
    }

    private void capture(String tenant) {
        start(tenants.plan().serving(List.of(tenant)), EnumSet.of(Part.CAPTURE)).close();
    }

    private static Pipeline start(Plan plan, Set<Part> parts) {
        return Pipeline.start(plan, Clock.systemUTC(), parts);
    }

    private void awaitEqual(String schema, Path source) {
        await().untilAsserted(() -> assertThat(IndependentComparison.compare(source, target, schema))
                .isEmpty());
    }

    private void command(String name, String... more) {
        List<String> args =
                new ArrayList<>(List.of(name, "--config", tenants.config().toString()));
        args.addAll(List.of(more));
        MigrationFixture.Ended ended = tenants.command(args.toArray(String[]::new));
        assertThat(ended.exit()).as(ended.err()).isZero();
    }

    private Path file(String tenant) {
        return folder.resolve(tenant + ".db");
    }

    private static void sql(Path file, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
