package io.liteferry.core.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ConsistencyTest {
    @Test
    void tellsTheLastRowOfMillions() {
        assertThat(new Consistency(2_999_999, 3_000_000))
                .hasToString("2,999,999 of 3,000,000 rows equal (99.99996666 %)");
        assertThat(new Consistency(3_000_000, 3_000_000)).hasToString("3,000,000 of 3,000,000 rows equal (100 %)");
    }

    @Test
    void isNeverRoundedUpToTheWhole() {
        assertThat(new Consistency(9_999_999_999_999L, 10_000_000_000_000L).percent())
                .isLessThan(BigDecimal.valueOf(100));
    }

    @Test
    void isNothingWhereNothingIsKnown() {
        assertThat(new Consistency(0, 0)).hasToString("0 of 0 rows equal (0 %)");
    }
}
