package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.liteferry.core.ExitCode;
import io.liteferry.cutover.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that obeys the hook, a ledger of all its acknowledged writes, and both sides held against it. */
class CutoverTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void theApplicationMovesThereAndBackAndThereAgainWithoutLosingAnAcknowledgedWrite() throws Exception {
        rounds(3);
    }

    @Test
    @Tag("long")
    void aHundredRoundsLoseNoAcknowledgedWrite() throws Exception {
        rounds(100);
    }

    private void rounds(int rounds) throws Exception {
        try (MovingShop shop = new MovingShop(folder)) {
            for (int round = 0; round < rounds; round++) {
                cutOver(shop);
                Outcome back = shop.rollBack();
                assertThat(shop.load().writesTo().name()).isEqualTo("SQLite");
                assertThat(back.pause()).isLessThan(Duration.ofSeconds(5));
                shop.goesOn(SOON);
            }
            cutOverWithAHookThatFails(shop);
            shop.audit();
            // What was written is on the other side too: the rollback could be made again.
            shop.awaitRollbackPossible();
            assertThat(shop.states())
                    .containsSubsequence(
                            "requested",
                            "preparing",
                            "holding",
                            "draining",
                            "proving",
                            "fenced",
                            "switching",
                            "switched");
            theCommandsTellTheStory(shop);
            itIsComplete(shop);
        }
    }

    private static void theCommandsTellTheStory(MovingShop shop) throws Exception {
        MigrationFixture.Ended again = shop.command("cutover", "check", "-o", "json");
        assertThat(again.exit()).isEqualTo(ExitCode.NOT_READY);
        assertThat(again.json().path("gates").findValuesAsText("check")).contains("side_written", "backup_verified");
        assertThat(shop.command("rollback", "check").out()).contains("Every gate is open.");

        JsonNode status = shop.command("cutover", "status", "-o", "json").json();
        assertThat(status.path("writable").asText()).isEqualTo("POSTGRESQL");
        assertThat(status.path("journal").findValuesAsText("state")).contains("switched");
        assertThat(status.path("journal").findValuesAsText("left"))
                .allMatch(left -> left.matches("[0-9]+ (log rows|bytes of PostgreSQL's log)"))
                .anyMatch(left -> left.endsWith("rows"))
                .anyMatch(left -> left.endsWith("log"));

        JsonNode report = shop.command("report", "-o", "json").json();
        assertThat(report.path("overrides").toString()).contains("backup_verified", "a test");
        assertThat(report.path("runs").size()).isGreaterThan(2);
        demandChecksums(shop, report);
        assertThat(shop.command("report").out()).startsWith("<!DOCTYPE html>").contains("writers held");

        MigrationFixture.Ended uninstall = shop.command("uninstall");
        assertThat(uninstall.err()).contains("LF-610");
        assertThat(uninstall.exit()).isNotZero();
        assertThat(shop.command("repair").err()).contains("LF-604");
    }

    private static void demandChecksums(MovingShop shop, JsonNode report) {
        JsonNode tables = report.path("checksums").path("tables");
        assertThat(tables).hasSize(shop.plan().tables().size());
        assertThat(tables).allSatisfy(t -> {
            assertThat(t.path("sqlite").path("checksum").asText()).hasSize(32);
            assertThat(t.path("sqlite")).as(t.path("name").asText()).isEqualTo(t.path("postgresql"));
            assertThat(t.path("position").path("seq").asLong()).isPositive();
        });
    }

    private static void itIsComplete(MovingShop shop) throws Exception {
        MigrationFixture.Ended complete = shop.command("complete", "--release-source");
        assertThat(complete.err()).as(complete.out()).doesNotContain("LF-");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + shop.source());
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(
                        "SELECT count(*) FROM sqlite_master WHERE name LIKE '\\_liteferry%' ESCAPE '\\'")) {
            assertThat(r.getInt(1)).isZero();
        }
        assertThat(shop.command("cutover", "status").out()).contains("The application writes to PostgreSQL.");
        assertThat(shop.command("rollback", "start").err()).contains("LF-");
        demandChecksums(shop, shop.command("report", "-o", "json").json());
        assertThat(shop.command("report").out()).contains("Rows and checksums of both sides");
    }

    private static void cutOverWithAHookThatFails(MovingShop shop) throws Exception {
        shop.awaitCutoverPossible();
        assertThatThrownBy(() -> shop.cutoverWithoutHook().start(shop.request()))
                .hasMessageContainingAll("exit code 7", "The cutover itself is done");
        assertThat(shop.unvalidated()).isEmpty();
        shop.moveByHand();
        shop.goesOn(SOON);
    }

    private static void cutOver(MovingShop shop) throws InterruptedException {
        Outcome there = shop.cutOver();
        assertThat(shop.load().writesTo().name()).isEqualTo("PostgreSQL");
        assertThat(there.pause()).isLessThan(Duration.ofSeconds(5));
        shop.goesOn(SOON);
    }
}
