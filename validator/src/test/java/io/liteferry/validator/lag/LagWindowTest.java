package io.liteferry.validator.lag;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagWindowTest {
    @Test
    void letsWhatHasNotArrivedGrow() {
        LagWindow window = new LagWindow(1_000, 10);
        window.started(100);
        assertThat(window.read(160)).hasValueSatisfying(r -> assertThat(r.p99()).isEqualTo(60));
        window.started(180);
        assertThat(window.read(600)).hasValueSatisfying(r -> assertThat(r.p99()).isGreaterThanOrEqualTo(490));
    }

    @Test
    void weighsAStallByItsLength() {
        LagWindow window = new LagWindow(100_000, 10);
        for (int i = 0; i < 100; i++) {
            window.started(i * 10L);
            window.arrived(i * 10L + 1);
        }
        window.started(1_000);
        window.arrived(1_200);
        assertThat(window.read(1_200)).hasValueSatisfying(r -> {
            assertThat(r.p50()).isEqualTo(1);
            assertThat(r.p99()).isGreaterThan(150);
        });
    }

    @Test
    void saysForHowLongItHasMeasured() {
        LagWindow window = new LagWindow(1_000, 10);
        assertThat(window.read(0)).isEmpty();
        window.started(0);
        window.arrived(5);
        assertThat(window.read(400))
                .hasValueSatisfying(r -> assertThat(r.covered()).isEqualTo(400));
        window.started(5_000);
        assertThat(window.read(5_001))
                .hasValueSatisfying(r -> assertThat(r.covered()).isEqualTo(1_000));
    }

    @Test
    void weighsAStallOfManyYearsNoMoreThanTheWindow() {
        LagWindow window = new LagWindow(1_000, 10);
        window.started(0);
        long years = 1L << 60;
        assertThat(window.read(years)).hasValueSatisfying(r -> {
            assertThat(r.p99()).isGreaterThan(years - 1_000);
            assertThat(r.p50()).isGreaterThan(years - 1_000);
        });
    }
}
