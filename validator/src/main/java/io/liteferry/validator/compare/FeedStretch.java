package io.liteferry.validator.compare;

import io.liteferry.core.change.ReverseRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stretch of {@code <name>.reverse}: the keys that its records name, each once, by source table. */
final class FeedStretch {
    private final Map<String, Set<Map<String, @Nullable String>>> keys = new HashMap<>();
    private final Set<String> truncated = new HashSet<>();
    private final Map<String, Long> marks = new HashMap<>();
    private long end;
    private long lsn;
    private long records;
    private int count;

    FeedStretch(long start) {
        this.end = start;
    }

    void add(long offset, ReverseRecord r) {
        records++;
        end = offset + 1;
        lsn = Math.max(lsn, r.lsn());
        switch (r.kind()) {
            case CHANGE -> {
                name(r.table(), r.key());
                if (!r.before().isEmpty()) {
                    name(r.table(), r.before());
                }
            }
            case TRUNCATE -> truncated.add(r.table());
            case MARK -> marks.put(r.mark(), end);
            case BEGIN, END, HEARTBEAT -> {
                // They change no row.
            }
        }
    }

    private void name(String table, Map<String, @Nullable String> key) {
        count += keys.computeIfAbsent(table, t -> new LinkedHashSet<>()).add(key) ? 1 : 0;
    }

    /** Offset of the record after its last. */
    long end() {
        return end;
    }

    /** Of its records; 0 where it has none. */
    long lsn() {
        return lsn;
    }

    long records() {
        return records;
    }

    int count() {
        return count;
    }

    Set<String> tables() {
        return keys.keySet();
    }

    /** Values of the key columns as PostgreSQL prints them, by target name. */
    List<Map<String, @Nullable String>> keys(String table) {
        return new ArrayList<>(keys.getOrDefault(table, Set.of()));
    }

    /** Tables all of whose rows may have changed. */
    Set<String> truncated() {
        return truncated;
    }

    /** Offset after each mark. */
    Map<String, Long> marks() {
        return marks;
    }
}
