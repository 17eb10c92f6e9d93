package io.liteferry.validator.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableTally;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    private void cleanPass(long number, String era) {
        Instant at = Instant.ofEpochSecond(number);
        TableTally equal = new TableTally(1, 1, Map.of(RowVerdict.EQUAL, 1L), Optional.empty(), Optional.empty());
        progress.ended(
                "items", new PassResult(new PassStart(number, at, Optional.empty()), at, Optional.of(era), equal));
    }

    @Test
    void cleanPassesOfAnotherEraDoNotCount() {
        cleanPass(1, "seven");
        cleanPass(2, "seven");
        assertThat(progress.cleanInRow("items", "seven")).isEqualTo(2);
        assertThat(progress.cleanInRow("items", "eight")).isZero();

        cleanPass(3, "eight");
        assertThat(progress.cleanInRow("items", "eight")).isEqualTo(1);
    }

    @Test
    void aDifferenceStartsTheCountAnew() {
        cleanPass(1, "seven");
        progress.startOver("items");
        assertThat(progress.cleanInRow("items", "seven")).isZero();
        cleanPass(2, "seven");
        assertThat(progress.cleanInRow("items", "seven")).isEqualTo(1);
    }

    @Test
    void whatIsLeftOfATableIsToldFromTheSpeedSinceItWasGoneOnWith() {
        progress.begun("items", 600);
        assertThat(progress.untilCompared("items", 1_000, System.nanoTime())).isEmpty();
        progress.running("items", 800, 0);
        // Two hundred rows in ten seconds, two hundred to go.
        long now = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        assertThat(progress.untilCompared("items", 1_000, now).map(TimeUnit.NANOSECONDS::toSeconds))
                .contains(10L);
        progress.idle();
        assertThat(progress.untilCompared("items", 1_000, now)).isEmpty();
    }
}
