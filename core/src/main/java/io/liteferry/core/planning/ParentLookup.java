package io.liteferry.core.planning;

import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A foreign key whose parent can be looked up.
 *
 * @param parentColumns names as the parent declares them, in the order of the key's columns
 */
record ParentLookup(SourceTable child, SourceTable.ForeignKey key, SourceTable parent, List<String> parentColumns) {

    /** Empty where SQLite itself would call it a mismatch: no such table, or its columns are not a key there. */
    static Optional<ParentLookup> of(SourceTable child, SourceTable.ForeignKey key, List<SourceTable> tables) {
        return tables.stream()
                .filter(t -> t.name().equalsIgnoreCase(key.referencedTable()))
                .findFirst()
                .flatMap(parent -> of(child, key, parent));
    }

    private static Optional<ParentLookup> of(SourceTable child, SourceTable.ForeignKey key, SourceTable parent) {
        List<String> columns = new ArrayList<>();
        if (key.referencedColumns().isEmpty()) {
            parent.primaryKey().forEach(c -> columns.add(c.name()));
        } else {
            for (String name : key.referencedColumns()) {
                parent.column(name).ifPresent(c -> columns.add(c.name()));
            }
        }
        boolean childColumns =
                key.columns().stream().allMatch(c -> child.column(c).isPresent());
        return columns.size() == key.columns().size() && childColumns && isKey(parent, columns)
                ? Optional.of(new ParentLookup(child, key, parent, columns))
                : Optional.empty();
    }

    private static boolean isKey(SourceTable parent, List<String> columns) {
        boolean primary = names(parent.primaryKey().stream()
                        .map(SourceTable.Column::name)
                        .toList())
                .equals(names(columns));
        return primary
                || parent.indexes().stream()
                        .filter(i -> i.unique() && i.where().isEmpty() && i.plainColumns())
                        .anyMatch(i -> names(i.terms().stream()
                                        .map(t -> t.column().orElseThrow())
                                        .toList())
                                .equals(names(columns)));
    }

    private static TreeSet<String> names(List<String> columns) {
        TreeSet<String> names = new TreeSet<>();
        columns.forEach(c -> names.add(c.toLowerCase(Locale.ROOT)));
        return names;
    }

    /** Whether a file has the columns on both sides. */
    boolean standsIn(SourceTable copy, List<SourceTable> all) {
        return key.columns().stream().allMatch(c -> copy.column(c).isPresent())
                && all.stream()
                        .filter(t -> t.name().equalsIgnoreCase(parent.name()))
                        .anyMatch(t ->
                                parentColumns.stream().allMatch(c -> t.column(c).isPresent()));
    }

    /** SQL over the child as {@code t}: 1 where the row refers to a parent that is not there, else 0. */
    String isMissing() {
        StringBuilder all = new StringBuilder();
        StringBuilder match = new StringBuilder();
        for (int i = 0; i < parentColumns.size(); i++) {
            String column = "t." + Sql.name(key.columns().get(i));
            all.append(column).append(" IS NOT NULL AND ");
            match.append(i == 0 ? "" : " AND ").append("p.").append(Sql.name(parentColumns.get(i)));
            match.append(" = ").append(column);
        }
        return "(" + all + "NOT EXISTS (SELECT 1 FROM main." + Sql.name(parent.name()) + " AS p WHERE " + match + "))";
    }
}
