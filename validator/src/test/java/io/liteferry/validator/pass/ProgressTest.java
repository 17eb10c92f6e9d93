package io.liteferry.validator.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    private void cleanPass(long number, long schemaVersion) {
        Instant at = Instant.ofEpochSecond(number);
        progress.ended(new PassResult(new PassStart(number, at, Optional.empty()), at, true, Map.of()), schemaVersion);
    }

    @Test
    void cleanPassesOfAnEarlierSchemaDoNotCount() {
        cleanPass(1, 7);
        cleanPass(2, 7);
        assertThat(progress.cleanInRow(7)).isEqualTo(2);
        assertThat(progress.cleanInRow(8)).isZero();

        cleanPass(3, 8);
        assertThat(progress.cleanInRow(8)).isEqualTo(1);
    }

    @Test
    void aDifferenceStartsTheCountAnew() {
        cleanPass(1, 7);
        progress.startOver();
        assertThat(progress.cleanInRow(7)).isZero();
        cleanPass(2, 7);
        assertThat(progress.cleanInRow(7)).isEqualTo(1);
    }
}
