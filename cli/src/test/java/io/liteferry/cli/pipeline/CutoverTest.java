package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cutover.Outcome;
import java.nio.file.Path;
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
        rounds(1);
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
                shop.awaitRollbackPossible();
                Outcome back = shop.rollback().start(shop.request());
                assertThat(shop.load().writesTo().name()).isEqualTo("SQLite");
                assertThat(back.pause()).isLessThan(Duration.ofSeconds(5));
                shop.goesOn(SOON);
            }
            cutOver(shop);
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
        }
    }

    private static void cutOver(MovingShop shop) throws InterruptedException {
        shop.awaitCutoverPossible();
        Outcome there = shop.cutover().start(shop.request());
        assertThat(shop.load().writesTo().name()).isEqualTo("PostgreSQL");
        assertThat(there.pause()).isLessThan(Duration.ofSeconds(5));
        shop.goesOn(SOON);
    }
}
