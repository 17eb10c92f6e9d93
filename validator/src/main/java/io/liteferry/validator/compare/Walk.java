package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import java.util.Optional;

/** One way through all rows of a table, range by range, each range in a pair of snapshots of its own. */
interface Walk {
    boolean done();

    /**
     * Compares the next range. After an exception the same range is next again.
     *
     * @throws NotComparableException where nothing can be said of it now
     */
    RangeResult next() throws NotComparableException;

    /** Whether a snapshot's cursor held the walk back, so that it has not been through all rows. */
    boolean partial();

    /** The applied position of the last pair of snapshots. */
    Optional<Position> position();

    /** Up to where both sides were compared, to go on from later. */
    Place.Reached reached();
}
