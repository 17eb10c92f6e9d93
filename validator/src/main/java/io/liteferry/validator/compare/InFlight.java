package io.liteferry.validator.compare;

import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.util.HashSet;
import java.util.Set;

/** The keys of one table that the change log names above the applied position, by both their names. */
final class InFlight {
    private final Set<RowKey> keys = new HashSet<>();
    private final Set<CanonicalKey> names = new HashSet<>();

    void add(RowKey key, CanonicalKey name) {
        keys.add(key);
        names.add(name);
    }

    boolean holds(RowKey key) {
        return keys.contains(key);
    }

    boolean holds(CanonicalKey name) {
        return names.contains(name);
    }

    int size() {
        return keys.size();
    }
}
