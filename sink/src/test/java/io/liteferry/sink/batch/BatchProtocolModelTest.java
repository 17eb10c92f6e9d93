package io.liteferry.sink.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The assembler that production uses, under kills, zombies, reordering, duplicates and stale starts. */
class BatchProtocolModelTest {
    private static final int ENOUGH_FOR_A_MUTANT = 3_000;

    @Test
    void theTargetIsAlwaysAStateOfTheSource() {
        demandNoDivergence(0, 1_000);
    }

    @Test
    @Tag("long")
    void theTargetIsAlwaysAStateOfTheSourceOverManySeeds() {
        demandNoDivergence(1_000, 100_000);
    }

    private static void demandNoDivergence(long first, long seeds) {
        LongStream.range(first, first + seeds)
                .forEach(seed -> assertThat(BatchProtocolModel.run(seed, BatchProtocolModel.Mutant.NONE))
                        .as("seed %d", seed)
                        .isEmpty());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void everyRuleIsLoadBearing(BatchProtocolModel.Mutant mutant) {
        assertThat(LongStream.range(0, ENOUGH_FOR_A_MUTANT)
                        .mapToObj(seed -> BatchProtocolModel.run(seed, mutant))
                        .flatMap(Optional::stream)
                        .findFirst())
                .as("no seed diverged without the rule %s", mutant)
                .isPresent();
    }
}
