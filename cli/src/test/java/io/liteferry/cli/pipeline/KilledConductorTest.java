package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cutover.gate.Sides;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conductor is killed in every state: before the fence nothing has happened, after it the next one finishes. */
class KilledConductorTest {
    /** Also how long the writers' busy handlers may sleep before they look again. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @Test
    void killedBeforeTheFenceNothingHasHappenedAfterItTheNextConductorFinishes() throws Exception {
        try (MovingShop shop = new MovingShop(folder)) {
            shop.awaitCutoverPossible();
            for (String state : List.of("preparing", "holding", "draining", "proving")) {
                killed(shop, "cutover", state);
                shop.goesOn(AT_ONCE);
                assertThat(shop.writable()).as(state).isEqualTo(Sides.Writable.SQLITE);
            }
            assertThat(shop.cutover().notes()).anyMatch(n -> n.contains("replication slot") && n.contains("cancel"));
            assertThat(shop.cutover().cancel("a test")).contains("was killed before its fence");
            assertThat(shop.cutover().notes()).noneMatch(n -> n.contains("replication slot"));
            shop.awaitCutoverPossible();
            killed(shop, "cutover", "fenced");
            assertThat(shop.writable()).isEqualTo(Sides.Writable.NEITHER);
            shop.cutover().start(shop.request());
            assertThat(shop.writable()).isEqualTo(Sides.Writable.POSTGRESQL);
            shop.goesOn(AT_ONCE);
            long given = shop.giveIds(1_000);

            shop.awaitRollbackPossible();
            for (String state : List.of("draining", "proving")) {
                killed(shop, "rollback", state);
                shop.goesOn(AT_ONCE);
                assertThat(shop.writable()).as(state).isEqualTo(Sides.Writable.POSTGRESQL);
            }
            shop.awaitRollbackPossible();
            killed(shop, "rollback", "fenced");
            assertThat(shop.writable()).isEqualTo(Sides.Writable.NEITHER);
            shop.rollback().start(shop.request());
            assertThat(shop.writable()).isEqualTo(Sides.Writable.SQLITE);
            assertThat(shop.counter()).as("no id is given again").isGreaterThanOrEqualTo(given);
            shop.goesOn(AT_ONCE);
            shop.audit();
            shop.awaitCutoverPossible();
        }
    }

    @Test
    void aCutoverThatWasInterruptedAfterTheFenceIsUndoneByCancel() throws Exception {
        try (MovingShop shop = new MovingShop(folder)) {
            shop.awaitCutoverPossible();
            killed(shop, "cutover", "fenced");
            assertThat(shop.cutover().cancel("a test")).contains("SQLite");
            assertThat(shop.writable()).isEqualTo(Sides.Writable.SQLITE);
            shop.goesOn(AT_ONCE);
            shop.cutOver();
            shop.goesOn(AT_ONCE);
            shop.audit();
        }
    }

    private void killed(MovingShop shop, String what, String state) throws IOException, InterruptedException {
        ConductorProcess.killed(shop, folder, what, state);
    }
}
