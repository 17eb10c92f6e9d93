package io.liteferry.core.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.validation.VerdictDocument.Validation;
import org.junit.jupiter.api.Test;

class ValidationTextTest {
    private static final String SINCE = "2026-01-01T12:00:00Z";

    @Test
    void aStateIsToldWithItsProgressAndEtaOrSinceWhenItHolds() {
        assertThat(new Validation("pending", SINCE, null, null, null, null).text())
                .isEqualTo("pending since " + SINCE);
        assertThat(new Validation("running", SINCE, 40L, 100L, 12L, null).text())
                .isEqualTo("running: comparing 40 %, ETA 12 s");
        assertThat(new Validation("running", SINCE, 40L, 0L, null, null).text()).isEqualTo("running: comparing");
        assertThat(new Validation("in_sync", SINCE, null, null, null, SINCE).text())
                .isEqualTo("in sync since " + SINCE);
        assertThat(new Validation("mismatched", SINCE, 40L, 100L, 12L, SINCE).text())
                .isEqualTo("mismatched since " + SINCE + "; comparing 40 %, ETA 12 s");
        assertThat(new Validation("suspended", SINCE, null, null, null, SINCE).text())
                .isEqualTo("suspended since " + SINCE);
    }
}
