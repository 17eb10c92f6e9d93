package io.liteferry.cli.independent;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.demo.ShopLoad;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plan, apply, snapshot, stream; then the judge that knows none of the product's code. */
class WholePipelineTest {
    @TempDir
    Path folder;

    @Test
    void chinookArrivesRowByRow() throws IOException, SQLException {
        Path file = folder.resolve("chinook.db");
        try (InputStream in = WholePipelineTest.class.getResourceAsStream("/chinook.sqlite")) {
            assertThat(in).isNotNull();
            Files.copy(in, file);
        }
        try (RunningPipeline pipeline = new RunningPipeline(file)) {
            pipeline.start();
            pipeline.awaitCaughtUp();
            assertThat(pipeline.differences()).isEmpty();
            pipeline.stop();
        }
    }

    @Test
    void theShopArrivesWhileItIsWrittenToInEveryWay() throws SQLException {
        Path file = folder.resolve("shop.db");
        long seed = ThreadLocalRandom.current().nextLong(1_000_000);
        ShopDatabase.create(file, 20_000, seed);
        try (RunningPipeline pipeline = new RunningPipeline(file);
                ShopLoad load = new ShopLoad(file, 300, seed)) {
            load.start();
            pipeline.start();
            for (int stage = 1; stage <= 3; stage++) {
                long enough = 600L * stage;
                Awaitility.await().until(() -> load.writes().committed() >= enough);
                load.pause();
                pipeline.awaitCaughtUp();
                assertThat(pipeline.differences()).as("seed " + seed).isEmpty();
                if (stage == 2) {
                    // What is written meanwhile waits in the log.
                    pipeline.stop();
                    load.resume();
                    Awaitility.await().until(() -> load.writes().committed() >= enough + 200);
                    pipeline.start();
                } else {
                    load.resume();
                }
            }
            load.stop();
            pipeline.awaitCaughtUp();
            assertThat(pipeline.differences()).as("seed " + seed).isEmpty();
            assertThat(pipeline.number("SELECT count(*) FROM liteferry.quarantine"))
                    .isZero();
            pipeline.stop();
        }
    }
}
