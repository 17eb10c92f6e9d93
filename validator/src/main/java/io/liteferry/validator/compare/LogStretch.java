package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A stretch of the change log.
 *
 * @param end its last row; where it starts, if there is none
 * @param rows of the log
 * @param keys that it names, each once, by source table
 * @param unlogged whether changes of a table may be missing in it: the table's triggers had been gone
 */
record LogStretch(Position end, long rows, Map<String, Set<RowKey>> keys, boolean unlogged) {
    /** {@code op} of a row with {@code tbl} 0: the triggers of a table were made again here. */
    static final long TRIGGERS_REMADE = 5;

    static final class Builder {
        private final Map<String, Set<RowKey>> keys = new HashMap<>();
        private Position end;
        private long rows;
        private int count;
        private boolean unlogged;

        Builder(Position start) {
            this.end = start;
        }

        /** How many keys it names so far. */
        int keys() {
            return count;
        }

        void triggersRemade() {
            unlogged = true;
        }

        void add(String table, RowKey key) {
            count += keys.computeIfAbsent(table, t -> new LinkedHashSet<>()).add(key) ? 1 : 0;
        }

        void endsAt(long seq, long fingerprint) {
            rows++;
            end = new Position(end.logIdentity(), end.epoch(), seq, fingerprint);
        }

        LogStretch build() {
            return new LogStretch(end, rows, keys, unlogged);
        }
    }
}
