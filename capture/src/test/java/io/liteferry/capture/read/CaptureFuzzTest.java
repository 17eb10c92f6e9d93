package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.read.FuzzRun.Mutant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gate for every edit of the trigger SQL or the reader: random writes and schema changes, read with the real reader while
 * they happen, must lead a replica to exactly the rows of the source. A rule taken away must be seen.
 */
class CaptureFuzzTest {
    private static final int IN_VERIFY = 300;
    private static final int LONG = 10_000;

    /** A reader that finds more has lost its way. */
    private static final int MOST_SLICES = 10_000;

    /** Of the tables in runs that change the schema; the others hold a row whose key is NULL. */
    private static final long MOST_PERCENT = 90;

    @TempDir
    Path folder = Path.of("");

    private long compared;
    private long changed;

    @Test
    void theReplicaEqualsTheSourceWhateverWasWritten() throws Exception {
        assertThat(diverging(0, IN_VERIFY, Mutant.NONE, IN_VERIFY)).isEmpty();
        mostWereCompared();
    }

    @Test
    @Tag("long")
    void theReplicaEqualsTheSourceInTenThousandRuns() throws Exception {
        assertThat(diverging(
                        Long.getLong("fuzz.first", IN_VERIFY),
                        Integer.getInteger("fuzz.runs", LONG),
                        Mutant.NONE,
                        LONG))
                .isEmpty();
    }

    @Test
    @EnabledIfSystemProperty(named = "fuzz.seed", matches = "[0-9]+")
    void theReplicaEqualsTheSourceForOneSeed() throws Exception {
        assertThat(diverging(Long.getLong("fuzz.seed"), 1, Mutant.NONE, 1)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    void aRuleThatIsTakenAwayIsMissed(Mutant mutant) throws Exception {
        assertThat(diverging(0, IN_VERIFY, mutant, 1)).isNotEmpty();
    }

    /** What is suspended is not compared: a run that suspends everything must not pass. */
    private void mostWereCompared() {
        assertThat(compared * 100L).as("%s of %s tables", compared, changed).isGreaterThan(MOST_PERCENT * changed);
    }

    private List<String> diverging(long firstSeed, int runs, Mutant mutant, int atMost) throws Exception {
        List<String> found = new ArrayList<>();
        for (long seed = firstSeed; seed < firstSeed + runs && found.size() < atMost; seed++) {
            try (FuzzRun run = new FuzzRun(folder, seed, mutant)) {
                List<String> differences = run.differences();
                compared += run.changed() == 0 ? 0 : run.compared();
                changed += run.changed();
                if (!differences.isEmpty()) {
                    found.add("seed " + seed + ": " + differences + again(seed));
                }
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + " with " + mutant + ": " + e + again(seed), e);
            }
        }
        return found;
    }

    static void drain(BatchReader reader, Replica replica) throws InterruptedException {
        int slices = 0;
        for (Optional<Slice> slice = reader.next(0); slice.isPresent(); slice = reader.next(0)) {
            replica.take(slice.get());
            assertThat(slices++).as("slices without an end").isLessThan(MOST_SLICES);
        }
    }

    private static String again(long seed) {
        return " Again: ./mvnw -pl capture -am test -Dtest='CaptureFuzzTest#theReplicaEqualsTheSourceForOneSeed'"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seed=" + seed;
    }
}
