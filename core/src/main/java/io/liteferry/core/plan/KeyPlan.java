package io.liteferry.core.plan;

import java.util.List;

/**
 * What identifies a row on both sides.
 *
 * @param columns source names in key order; empty for {@link Kind#ROWID}
 */
public record KeyPlan(Kind kind, List<String> columns) {
    /** The target column that holds the rowid of a table carried by it. */
    public static final String ROWID_COLUMN = "_liteferry_rowid";

    /** Where the key comes from. */
    public enum Kind {
        PRIMARY_KEY,
        /** A unique index over NOT NULL columns, for a table without a usable primary key. */
        UNIQUE_INDEX,
        /** The rowid, kept in the extra target column {@link KeyPlan#ROWID_COLUMN}. */
        ROWID
    }

    public KeyPlan {
        columns = List.copyOf(columns);
        if (columns.isEmpty() != (kind == Kind.ROWID)) {
            throw new IllegalArgumentException("a key has columns exactly where it is not the rowid: " + columns);
        }
    }

    public static KeyPlan primaryKey(String... columns) {
        return new KeyPlan(Kind.PRIMARY_KEY, List.of(columns));
    }

    public static KeyPlan rowid() {
        return new KeyPlan(Kind.ROWID, List.of());
    }

    public boolean isRowid() {
        return kind == Kind.ROWID;
    }
}
