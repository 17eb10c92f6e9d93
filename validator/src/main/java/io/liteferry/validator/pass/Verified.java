package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * How far changes are verified: every key whose last log row stands above {@code since} and at or below {@code position}
 * was seen equal on both sides after that row was applied.
 *
 * @param since a clean pass that began at or after this row of the log proves the rows that were not logged above it
 * @param asOf what was committed before this moment is verified, or stands at or below {@code since}
 * @param waiting why it does not advance, where it does not
 */
public record Verified(Position position, long since, Instant asOf, Optional<String> waiting) {
    /** Whether it continues a pass that began at {@code start}: together they have seen every row. */
    public boolean continues(Position start) {
        return start.logIdentity().equals(position.logIdentity()) && since <= start.seq();
    }
}
