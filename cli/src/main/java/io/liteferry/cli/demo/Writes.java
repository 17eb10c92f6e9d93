package io.liteferry.cli.demo;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the shop's application has written so far.
 *
 * @param committed transactions that SQLite has acknowledged
 * @param rolledBack transactions the application itself gave up, on purpose
 * @param busy transactions refused with SQLITE_BUSY; rolled back and not tried again
 * @param statements statements that changed at least one row, by kind, whether committed or not
 */
public record Writes(long committed, long rolledBack, long busy, Map<String, Long> statements) {
    public static final Writes NONE = new Writes(0, 0, 0, Map.of());

    /** Kinds of statements, told apart because each reaches the triggers by another way. */
    enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        /** INSERT OR REPLACE and UPDATE OR REPLACE: other rows may go without a delete trigger. */
        REPLACE,
        UPSERT,
        /** An UPDATE of a primary key. */
        KEY_CHANGE,
        /** A DELETE that takes rows of other tables with it. */
        CASCADE
    }

    public Writes {
        statements = Map.copyOf(statements);
    }

    Writes plus(Writes other) {
        Map<String, Long> sum = new TreeMap<>(statements);
        other.statements.forEach((kind, n) -> sum.merge(kind, n, Long::sum));
        return new Writes(committed + other.committed, rolledBack + other.rolledBack, busy + other.busy, sum);
    }

    /** Counts for one writer; read by others while it writes. */
    static final class Counter {
        private final Map<Kind, Long> statements = new EnumMap<>(Kind.class);
        private long committed;
        private long rolledBack;
        private long busy;

        synchronized void committed() {
            committed++;
        }

        synchronized void rolledBack() {
            rolledBack++;
        }

        synchronized void busy() {
            busy++;
        }

        synchronized void statement(Kind kind) {
            statements.merge(kind, 1L, Long::sum);
        }

        synchronized Writes writes() {
            Map<String, Long> byName = new TreeMap<>();
            statements.forEach((kind, n) -> byName.put(kind.name().toLowerCase(Locale.ROOT), n));
            return new Writes(committed, rolledBack, busy, byName);
        }
    }
}
