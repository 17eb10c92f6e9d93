package io.liteferry.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.validation.VerdictDocument;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RestTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long FIVE_MINUTES = TimeUnit.MINUTES.toNanos(5);

    private final Rest rest = new Rest(Options.of(Map.of()));

    private static VerdictDocument failing(String... checks) {
        List<VerdictDocument.Check> all = List.of(checks).stream()
                .map(c -> new VerdictDocument.Check(c, false, "", "", "", ""))
                .toList();
        return new VerdictDocument("", List.of(), null, all, List.of(), null, null, 0, "", null);
    }

    @Test
    void passesTakeTheirShareOfTheTimeInTheLongRun() {
        assertThat(Rest.nanos(2 * SECOND, 10, FIVE_MINUTES)).isEqualTo(18 * SECOND);
        assertThat(Rest.nanos(2 * SECOND, 50, FIVE_MINUTES)).isEqualTo(2 * SECOND);
        assertThat(Rest.nanos(2 * SECOND, 100, FIVE_MINUTES)).isZero();
    }

    @Test
    void noTableGetsTooOldMeanwhile() {
        assertThat(Rest.nanos(60 * SECOND, 10, FIVE_MINUTES)).isEqualTo(240 * SECOND);
        assertThat(Rest.nanos(400 * SECOND, 10, FIVE_MINUTES)).isZero();
    }

    @Test
    void theyRestAfterARoundButNotWhilePassesAreAllThatIsMissing() {
        rest.after(60 * SECOND, true);
        assertThat(rest.now()).as("no verdict yet").isFalse();
        rest.verdict(failing());
        assertThat(rest.now()).as("ready").isTrue();
        rest.verdict(failing("clean_passes", "changes_verified"));
        assertThat(rest.now()).isFalse();
        rest.verdict(failing("clean_passes", "nothing_unknown"));
        assertThat(rest.now()).as("the other side was not there yet").isFalse();
        rest.verdict(failing("clean_passes", "no_mismatch"));
        assertThat(rest.now()).as("somebody has to repair first").isTrue();
    }

    @Test
    void partsOfARoundAreCountedTogetherAndNothingRestsInItsMiddle() {
        rest.verdict(failing());
        rest.after(30 * SECOND, false);
        assertThat(rest.now()).isFalse();
        rest.after(SECOND, true);
        assertThat(rest.now()).isTrue();
    }
}
