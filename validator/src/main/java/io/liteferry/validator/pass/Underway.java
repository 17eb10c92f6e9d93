package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import io.liteferry.validator.compare.Place;
import java.time.Instant;
import java.util.Optional;

/**
 * A pass over a table that has not ended, as it is written down.
 *
 * @param number of the pass
 * @param startedAt ISO 8601
 * @param keptAt when this was written down, ISO 8601
 * @param from applied position when it began
 * @param era of the table when it began
 */
record Underway(long number, String startedAt, String keptAt, Position from, String era, Place place) {
    PassStart start() {
        return new PassStart(number, Instant.parse(startedAt), Optional.of(from));
    }
}
