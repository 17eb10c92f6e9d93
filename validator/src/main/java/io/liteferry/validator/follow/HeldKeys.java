package io.liteferry.validator.follow;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.compare.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keys that were applied and are not equal, by the stretch of the log that named them: none of them is passed over. */
final class HeldKeys {
    private final List<Stretch> stretches = new ArrayList<>();

    /** @param start the last row of the log before it */
    private record Stretch(Position start, Map<String, Set<RowKey>> keys) {}

    /** @return the keys, by table */
    Map<String, Set<RowKey>> hold(Position start, Map<String, List<Finding>> findings) {
        Map<String, Set<RowKey>> keys = new HashMap<>();
        findings.forEach((table, some) -> {
            Set<RowKey> held = keys.computeIfAbsent(table, t -> new LinkedHashSet<>());
            some.forEach(f -> held.add(f.suspect().key()));
        });
        stretches.add(new Stretch(start, keys));
        return copy(keys);
    }

    private static Map<String, Set<RowKey>> copy(Map<String, Set<RowKey>> keys) {
        Map<String, Set<RowKey>> copy = new HashMap<>();
        keys.forEach((table, some) -> copy.put(table, Set.copyOf(some)));
        return copy;
    }

    void release(String table, Set<RowKey> keys) {
        for (Stretch s : stretches) {
            Set<RowKey> held = s.keys().getOrDefault(table, Set.of());
            if (!held.isEmpty()) {
                held.removeAll(keys);
            }
            if (held.isEmpty()) {
                s.keys().remove(table);
            }
        }
        stretches.removeIf(s -> s.keys().isEmpty());
    }

    void clear() {
        stretches.clear();
    }

    /** The last position below which nothing is held; empty where nothing is. */
    Optional<Position> below() {
        return stretches.stream().findFirst().map(Stretch::start);
    }

    /** The keys of the oldest stretches, by table: at least {@code count}, or all. */
    Map<String, Set<RowKey>> oldest(int count) {
        Map<String, Set<RowKey>> oldest = new HashMap<>();
        int keys = 0;
        for (Stretch s : stretches) {
            if (keys >= count) {
                break;
            }
            for (Map.Entry<String, Set<RowKey>> table : s.keys().entrySet()) {
                keys += table.getValue().size();
                oldest.computeIfAbsent(table.getKey(), t -> new LinkedHashSet<>())
                        .addAll(table.getValue());
            }
        }
        return oldest;
    }

    int size() {
        return stretches.stream()
                .flatMap(s -> s.keys().values().stream())
                .mapToInt(Set::size)
                .sum();
    }
}
