package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.HashSet;
import java.util.Set;

/** The keys of one table that the change log names above the applied position, by both their names. */
final class InFlight {
    private final Set<RowKey> keys = new HashSet<>();
    private final Set<CanonicalKey> names = new HashSet<>();
    private boolean everything;

    /** All rows of the table may have changed. */
    void addEverything() {
        everything = true;
    }

    void add(CanonicalKey name) {
        names.add(name);
    }

    void add(RowKey key, CanonicalKey name) {
        keys.add(key);
        names.add(name);
    }

    boolean holds(RowKey key) {
        return everything || keys.contains(key);
    }

    boolean holds(CanonicalKey name) {
        return everything || names.contains(name);
    }

    int size() {
        return keys.size();
    }
}
