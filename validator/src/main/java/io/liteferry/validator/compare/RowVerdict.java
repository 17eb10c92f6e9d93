package io.liteferry.validator.compare;

import java.util.Locale;

/** What a comparison says of a row. */
public enum RowVerdict {
    EQUAL,
    /** Changed in the source above the applied position: looked at again at a later pair of snapshots. */
    IN_FLIGHT,
    ROW_DIFF,
    MISSING_TARGET,
    MISSING_SOURCE,
    /** Set aside by the sink: the target cannot hold one of its values. */
    QUARANTINED,
    /** Could not be compared; never counts as equal. */
    UNKNOWN,
    /** Not in the target, because somebody has detached the partition it stood in or would stand in. */
    DETACHED,
    /** Set aside by the sink, and somebody has decided to go on without it. */
    DISCARDED;

    /** The name in tables, metrics and JSON: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing is left to be done about the row: it is equal, or somebody has decided to go on without it. */
    public boolean settled() {
        return this == EQUAL || this == DETACHED || this == DISCARDED;
    }

    /** Whether the row is to be repaired. */
    public boolean differs() {
        return this == ROW_DIFF || this == MISSING_TARGET || this == MISSING_SOURCE;
    }
}
