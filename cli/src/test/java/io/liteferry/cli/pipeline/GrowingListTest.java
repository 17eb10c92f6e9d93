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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source is one partition of every topic: what happens where the list of sources and the topics do not agree. */
class GrowingListTest {
    @TempDir
    Path folder;

    private final String target = SharedServers.newDatabase();

    @Test
    void aSourceIsAddedWhileTheOthersRunAndNoneIsTakenAwayOrMoved() throws Exception {
        make("acme");
        make("bolt");
        MigrationFixture.of(folder, folder.resolve("*.db")).makePlanFor(SharedServers.kafka(), target);
        MigrationFixture tenants = MigrationFixture.of(folder, folder.resolve("none"));
        apply(tenants);
        String two = Files.readString(tenants.config());
        try (Pipeline running = start(tenants.plan())) {
            awaitEqual("acme");
            make("cobra");
            String bolt = "  - { name: bolt, file: \"" + file("bolt") + "\" }\n";
            assertThat(two).contains(bolt);
            Files.writeString(tenants.config(), two.replace(bolt, bolt + bolt.replace("bolt", "cobra")));
            Plan cobra = tenants.plan().serving(List.of("cobra"));

            assertThatThrownBy(() -> start(cobra, EnumSet.of(Part.CAPTURE)).close())
                    .hasMessageContaining("LF-302")
                    .hasMessageContaining("2 partitions, the migration has 3 sources")
                    .hasMessageContaining("liteferry apply --config");
            assertThat(sinkFailure(cobra))
                    .hasMessageContaining("LF-404")
                    .hasMessageContaining("liteferry apply --config");
            apply(tenants);
            try (Pipeline added = start(cobra)) {
                for (String tenant : List.of("acme", "bolt", "cobra")) {
                    sql(file(tenant), "INSERT INTO t VALUES (3, 'on')");
                }
                awaitEqual("acme");
                awaitEqual("bolt");
                for (int i = 4; i < 10; i++) {
                    sql(file("cobra"), "INSERT INTO t VALUES (" + i + ", 'a batch of its own')");
                    awaitEqual("cobra");
                }
                added.failIfEnded();
                running.failIfEnded();
            }
        }
        String three = Files.readString(tenants.config());
        Files.writeString(tenants.config(), two);
        assertThatThrownBy(() -> start(tenants.plan()).close())
                .hasMessageContaining("LF-302")
                .hasMessageContaining("Put the sources that were removed back");
        Files.writeString(
                tenants.config(),
                three.replace("bolt", "%").replace("cobra", "bolt").replace("%", "cobra"));
        Plan moved = tenants.plan().serving(List.of("bolt"));
        assertThatThrownBy(() -> start(moved, EnumSet.of(Part.CAPTURE)).close())
                .hasMessageContaining("LF-302")
                .hasMessageContaining("of source cobra");
        assertThat(sinkFailure(moved)).hasMessageContaining("LF-302").hasMessageContaining("END of source cobra");
        assertThat(IndependentComparison.compare(file("cobra"), target, "cobra"))
                .isEmpty();
    }

    private static Throwable sinkFailure(Plan plan) {
        try (Pipeline sink = start(plan, EnumSet.of(Part.SINK))) {
            Service service = sink.services().get(0);
            await().until(() -> service.failure() != null);
            return service.failure();
        }
    }

    private static Pipeline start(Plan plan) {
        return start(plan, EnumSet.of(Part.CAPTURE, Part.SINK));
    }

    private static Pipeline start(Plan plan, Set<Part> parts) {
        return Pipeline.start(plan, Clock.systemUTC(), parts);
    }

    private static void apply(MigrationFixture tenants) {
        MigrationFixture.Ended ended =
                tenants.command("apply", "--config", tenants.config().toString());
        assertThat(ended.exit()).as(ended.err()).isZero();
    }

    private void awaitEqual(String tenant) {
        await().untilAsserted(() -> assertThat(IndependentComparison.compare(file(tenant), target, tenant))
                .isEmpty());
    }

    private void make(String tenant) throws Exception {
        sql(
                file(tenant),
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
                "INSERT INTO t VALUES (1, '" + tenant + "'), (2, '" + tenant + "')");
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
