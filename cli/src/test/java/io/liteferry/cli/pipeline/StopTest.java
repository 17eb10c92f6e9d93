package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.report.MigrationState;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
    @TempDir
    Path folder;

    @Test
    void sigtermEndsTheServicesWithExitCodeZeroAndTheirPositionSaved() throws Exception {
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        chinook.makePlanFor(SharedServers.kafka(), SharedServers.newDatabase());
        Process run = chinook.process(
                "400m", "run", "all", "--config", chinook.config().toString());
        long seq;
        try (MigrationState state = new MigrationState(chinook.plan())) {
            Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
                assertThat(run.isAlive()).as(chinook.processLog()).isTrue();
                return state.applied().filter(a -> a.consistent()).isPresent();
            });
            run.destroy();
            assertThat(run.waitFor(30, TimeUnit.SECONDS))
                    .as(chinook.processLog())
                    .isTrue();
            assertThat(run.exitValue()).as(chinook.processLog()).isZero();
            assertThat(chinook.processLog()).doesNotContain("\tat ");
            seq = state.applied().orElseThrow().position().seq();
        } finally {
            run.destroyForcibly();
        }

        MigrationFixture.Ended again = chinook.runUntilReady();

        assertThat(again.exit()).as(again.err()).isZero();
        try (MigrationState state = new MigrationState(chinook.plan())) {
            assertThat(state.applied().orElseThrow().position().seq()).isGreaterThanOrEqualTo(seq);
        }
    }
}
