package io.liteferry.core.planning;

import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What identifies a table's rows: the declared key where it holds no NULL, else a unique index over NOT NULL columns, else
 * the rowid. Empty where a table has none of them.
 */
record KeyChoice(Optional<KeyPlan> key, List<Finding> findings) {
    /** PostgreSQL's btree takes 2,704 bytes at the most; some are its own. */
    static final long LONGEST_KEY_BYTES = 2_600;

    static KeyChoice of(TableProfile profile) {
        SourceTable table = profile.table();
        List<Finding> findings = new ArrayList<>();
        List<String> primary =
                table.primaryKey().stream().map(SourceTable.Column::name).toList();
        if (!primary.isEmpty()) {
            Optional<String> unusable = unusable(profile, primary);
            if (unusable.isEmpty()) {
                return new KeyChoice(Optional.of(new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, primary)), findings);
            }
            findings.add(Finding.warning(
                    "PLAN-KEY-UNUSABLE",
                    table.name(),
                    "the primary key " + String.join(", ", primary) + " " + unusable.get(),
                    "Carried by another key, see key in the plan"));
        }
        Optional<KeyPlan> unique = uniqueIndex(profile);
        if (unique.isPresent()) {
            return new KeyChoice(unique, findings);
        }
        if (table.rowidName().isPresent()) {
            findings.add(Finding.info(
                    "PLAN-KEY-ROWID",
                    table.name(),
                    "no primary key and no unique index over NOT NULL columns that could be one; carried by its rowid in"
                            + " the extra target column " + KeyPlan.ROWID_COLUMN,
                    "A VACUUM of the source renumbers rowids and leads to a new snapshot of this table; declare a key"
                            + " to avoid it"));
            return new KeyChoice(Optional.of(KeyPlan.rowid()), findings);
        }
        findings.add(Finding.blocker(
                "PLAN-NO-ROW-HANDLE",
                table.name(),
                "nothing identifies its rows: no usable key, and no rowid that can be named",
                "Left out of the plan. Give it a primary key or a unique index over NOT NULL columns"));
        return new KeyChoice(Optional.empty(), findings);
    }

    /** Why the columns cannot be the key, if they cannot. */
    private static Optional<String> unusable(TableProfile profile, List<String> columns) {
        long nulls = columns.stream().mapToLong(c -> profile.column(c).nulls()).sum();
        if (nulls > 0) {
            return Optional.of("is NULL in " + ColumnProfile.number(nulls) + " rows");
        }
        long bytes =
                columns.stream().mapToLong(c -> profile.column(c).widestBytes()).sum();
        return bytes > LONGEST_KEY_BYTES
                ? Optional.of("has " + ColumnProfile.number(bytes) + " bytes, too many for a PostgreSQL index")
                : Optional.empty();
    }

    private static Optional<KeyPlan> uniqueIndex(TableProfile profile) {
        SourceTable table = profile.table();
        return table.indexes().stream()
                .filter(i -> i.unique() && i.where().isEmpty() && i.plainColumns())
                .filter(i -> i.terms().stream()
                        .allMatch(t -> t.collation().equalsIgnoreCase("BINARY")
                                && table.column(t.column().orElseThrow())
                                        .filter(c -> c.notNull() && !c.generated())
                                        .isPresent()))
                .map(i -> i.terms().stream().map(t -> t.column().orElseThrow()).toList())
                .filter(columns -> unusable(profile, columns).isEmpty())
                .min(Comparator.<List<String>>comparingInt(List::size).thenComparing(c -> String.join("\0", c)))
                .map(columns -> new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, columns));
    }
}
