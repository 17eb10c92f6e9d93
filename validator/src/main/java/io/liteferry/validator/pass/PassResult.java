package io.liteferry.validator.pass;

import io.liteferry.validator.compare.TableTally;
import java.time.Instant;
import java.util.Map;

/**
 * What a full pass over all tables gave.
 *
 * @param afterSnapshot whether every table was complete in the target, and the source's schema the same, when the pass
 *     began and when it ended
 */
public record PassResult(PassStart start, Instant ended, boolean afterSnapshot, Map<String, TableTally> tables) {
    public PassResult {
        tables = Map.copyOf(tables);
    }

    public boolean clean() {
        return afterSnapshot && tables.values().stream().allMatch(TableTally::clean);
    }
}
