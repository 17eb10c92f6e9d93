package io.liteferry.validator.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LagProbeTest {
    private final LagWindow window = new LagWindow(1_000_000_000L, 100_000_000L);
    private final Pace pace = new Pace(Long.MAX_VALUE);

    @TempDir
    Path folder;

    private LagProbe probe(TwoSides sides) {
        Options o = sides.plan.options();
        return new LagProbe(
                new SqliteFile(o.path(Options.DATABASE_FILE_PATH)), PgConnections.of(o), TwoSides.NAME, window, pace);
    }

    @Test
    void aSampleEndsWhereItsLogWasBegunAgainAndTheLagGoesOnGrowing() throws Exception {
        try (TwoSides sides = new TwoSides(folder, Map.of());
                LagProbe probe = probe(sides)) {
            CompletableFuture<Void> sample = CompletableFuture.runAsync(probe::sample);
            try {
                Awaitility.await().until(() -> window.read(System.nanoTime()).isPresent());
                assertThat(sample).isNotDone();
                sides.source("UPDATE _liteferry_meta SET identity = 'log-2'");
                Awaitility.await().atMost(Duration.ofSeconds(10)).until(sample::isDone);
                assertThat(window.read(System.nanoTime()).orElseThrow().p99()).isPositive();
            } finally {
                pace.stop();
            }
            sample.join();
        }
    }

    @Test
    void aSampleEndsWhereAnotherFileStandsAtThePath() throws Exception {
        try (TwoSides sides = new TwoSides(folder, Map.of());
                LagProbe probe = probe(sides)) {
            sides.source("VACUUM INTO '" + folder.resolve("other.db") + "'");
            Files.move(folder.resolve("other.db"), folder.resolve("app.db"), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(probe::sample)
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_REPLACED));
        }
    }
}
