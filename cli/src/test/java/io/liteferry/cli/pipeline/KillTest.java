package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.demo.ShopLoad;
import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline under a load with REPLACE, key changes, cascades and rollbacks, killed again and again. */
class KillTest {
    @TempDir
    Path folder;

    @Test
    void isReadyAndEqualAfterKillsUnderLoadInEitherFormat() throws Exception {
        kill(4);
    }

    @Test
    @Tag("long")
    void isReadyAndEqualAfterFortyKills() throws Exception {
        kill(40);
    }

    private void kill(int kills) throws Exception {
        Path source = folder.resolve("shop.db");
        ShopDatabase.create(source, 20_000, 7);
        MigrationFixture shop = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        shop.makePlanFor(SharedServers.kafka(), target);
        long seed = System.nanoTime();
        Random random = new Random(seed);

        try (ShopLoad load = new ShopLoad(source, 200, seed)) {
            load.start();
            for (int kill = 1; kill <= kills; kill++) {
                if (kill == kills / 2 + 1) {
                    writeStructs(shop);
                }
                Process pipeline = shop.process(
                        "400m", "run", "all", "--config", shop.config().toString());
                try {
                    // Killed only once it has moved the position: a run that never got going would prove nothing.
                    awaitProgress(shop, pipeline);
                    boolean ended = pipeline.waitFor(random.nextInt(1_500), TimeUnit.MILLISECONDS);
                    assertThat(ended)
                            .as("ended by itself in round %s: %s", kill, shop.processLog())
                            .isFalse();
                } finally {
                    pipeline.destroyForcibly().waitFor();
                }
            }
            assertThat(load.failure()).isEmpty();
            assertThat(load.writes().committed()).isGreaterThan(kills * 50L);
        }

        MigrationFixture.Ended run = shop.runUntilReady();
        assertThat(run.exit()).as("seed %s: %s %s", seed, run.out(), run.err()).isZero();
        List<String> differences = IndependentComparison.compare(source, target, "public");
        assertThat(differences).as("seed %s", seed).isEmpty();
    }

    /** From here on in Debezium's envelope; a batch that was cut off before is sent again in it. */
    private static void writeStructs(MigrationFixture shop) throws Exception {
        String packed = Files.readString(shop.config());
        assertThat(packed).contains("\noptions:\n");
        Files.writeString(shop.config(), packed.replace("\noptions:\n", "\noptions:\n  record.format: struct\n"));
    }

    private static void awaitProgress(MigrationFixture shop, Process pipeline) {
        long before = appliedSeq(shop);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !pipeline.isAlive() || appliedSeq(shop) > before);
    }

    private static long appliedSeq(MigrationFixture shop) {
        try (MigrationState state = new MigrationState(shop.plan())) {
            return state.applied().map(a -> a.position().seq()).orElse(0L);
        }
    }
}
