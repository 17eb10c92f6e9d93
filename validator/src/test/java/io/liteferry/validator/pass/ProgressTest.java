package io.liteferry.validator.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    private void cleanPass(long number, String era) {
        Instant at = Instant.ofEpochSecond(number);
        progress.ended(new PassResult(new PassStart(number, at, Optional.empty()), at, true, Map.of()), era);
    }

    @Test
    void cleanPassesOfAnotherEraDoNotCount() {
        cleanPass(1, "seven");
        cleanPass(2, "seven");
        assertThat(progress.cleanInRow("seven")).isEqualTo(2);
        assertThat(progress.cleanInRow("eight")).isZero();

        cleanPass(3, "eight");
        assertThat(progress.cleanInRow("eight")).isEqualTo(1);
    }

    @Test
    void aDifferenceStartsTheCountAnew() {
        cleanPass(1, "seven");
        progress.startOver();
        assertThat(progress.cleanInRow("seven")).isZero();
        cleanPass(2, "seven");
        assertThat(progress.cleanInRow("seven")).isEqualTo(1);
    }
}
