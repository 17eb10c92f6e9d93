package io.liteferry.validator.pass;

import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.TableTally;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a full pass over a table gave.
 *
 * @param era the same when it began and when it ended, see {@link Comparison.Standing#era}; empty where it was not, or
 *     the table was not complete in the target
 */
public record PassResult(PassStart start, Instant ended, Optional<String> era, TableTally tally) {

    public boolean clean() {
        return era.isPresent() && tally.clean();
    }

    /** How long it took, with all that was done for other tables meanwhile. */
    public Duration took() {
        return Duration.between(start.at(), ended);
    }
}
