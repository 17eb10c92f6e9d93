package io.liteferry.cutover.reverse;

import io.liteferry.core.change.ReverseRecord;
import java.util.List;

/** Told what the applier does; each from its thread. */
interface ReverseEvents {
    /** Written to SQLite, not committed. */
    default void written(List<ReverseRecord> transaction) {}

    /** About to commit up to here. */
    default void committing(ReversePosition position) {}

    /** In SQLite for good. */
    default void committed(ReversePosition position, long quarantined) {}

    /** @param millis since the commit in PostgreSQL of the first transaction that is not in SQLite; 0 where there is none */
    default void lag(long millis) {}
}
