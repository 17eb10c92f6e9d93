package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cutover.gate.Sides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conductor is killed in every state: before the fence nothing has happened, after it the next one finishes. */
class KilledConductorTest {
    /** Also how long the writers' busy handlers may sleep before they look again. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private int runs;

    @TempDir
    Path folder;

    @Test
    void killedBeforeTheFenceNothingHasHappenedAfterItTheNextConductorFinishes() throws Exception {
        killEverywhere(1);
    }

    @Test
    @Tag("long")
    void theSameTwentyTimes() throws Exception {
        killEverywhere(20);
    }

    private void killEverywhere(int rounds) throws Exception {
        try (MovingShop shop = new MovingShop(folder)) {
            for (int round = 0; round < rounds; round++) {
                shop.awaitCutoverPossible();
                for (String state : List.of("preparing", "holding", "draining", "proving")) {
                    killed(shop, "cutover", state);
                    shop.goesOn(AT_ONCE);
                    assertThat(shop.writable()).as(state).isEqualTo(Sides.Writable.SQLITE);
                }
                shop.awaitCutoverPossible();
                killed(shop, "cutover", round % 2 == 0 ? "fenced" : "switching");
                assertThat(shop.writable()).isEqualTo(Sides.Writable.NEITHER);
                shop.cutover().start(shop.request());
                assertThat(shop.writable()).isEqualTo(Sides.Writable.POSTGRESQL);
                shop.goesOn(AT_ONCE);

                shop.awaitRollbackPossible();
                for (String state : List.of("draining", "proving")) {
                    killed(shop, "rollback", state);
                    shop.goesOn(AT_ONCE);
                    assertThat(shop.writable()).as(state).isEqualTo(Sides.Writable.POSTGRESQL);
                }
                shop.awaitRollbackPossible();
                killed(shop, "rollback", round % 2 == 0 ? "fenced" : "switching");
                assertThat(shop.writable()).isEqualTo(Sides.Writable.NEITHER);
                shop.rollback().start(shop.request());
                assertThat(shop.writable()).isEqualTo(Sides.Writable.SQLITE);
                shop.goesOn(AT_ONCE);
            }
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
            shop.awaitCutoverPossible();
            shop.cutover().start(shop.request());
            shop.goesOn(AT_ONCE);
            shop.audit();
        }
    }

    private void killed(MovingShop shop, String what, String state) throws IOException, InterruptedException {
        Path entered = folder.resolve("entered-" + ++runs);
        Path log = folder.resolve("conductor-" + runs + ".log");
        Process conductor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx200m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConductorProcess.class.getName(),
                        what,
                        shop.config().toString(),
                        shop.load().hook(),
                        state,
                        entered.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        assertThat(conductor.isAlive() || Files.exists(entered))
                                .as(Files.readString(log))
                                .isTrue();
                        return Files.exists(entered);
                    });
        } finally {
            conductor.destroyForcibly().waitFor();
        }
    }
}
