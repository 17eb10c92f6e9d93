package io.liteferry.validator.compare;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.validator.canonical.KeyOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How SQLite walks a table by its key, as of one schema version.
 *
 * @param select the columns and FROM, quoted
 * @param keyTerms the key columns with the collation of the index that orders them
 * @param ordered whether PostgreSQL walks the same keys in the same order
 */
record SourceShape(long schemaVersion, String select, List<String> keyTerms, boolean ordered) {

    /** Reads the catalogue inside the caller's read transaction. */
    static SourceShape read(Connection connection, TableLayout layout, long schemaVersion, boolean utf16)
            throws SQLException, NotComparableException {
        SourceTable table = new SqliteCatalog(connection)
                .table(layout.name())
                .orElseThrow(() -> unfit("table " + layout.name() + " is not in the source"));
        List<String> names = new ArrayList<>();
        if (layout.carriedByRowid()) {
            names.add(table.rowidName()
                    .orElseThrow(() -> unfit("table " + layout.name() + " has no name for its rowid")));
        }
        for (ColumnPlan c : layout.plan().columns()) {
            if (table.column(c.source()).isEmpty()) {
                throw unfit("column " + c.source() + " of " + layout.name() + " is not in the source");
            }
            names.add(c.source());
        }
        String select = "SELECT " + names.stream().map(Sql::name).collect(Collectors.joining(", ")) + " FROM "
                + Sql.name(table.name());
        List<String> terms = new ArrayList<>();
        boolean ordered = true;
        for (int k : layout.key()) {
            String collation = collation(table, layout, names.get(k));
            terms.add(Sql.name(names.get(k)) + (collation.isEmpty() ? "" : " COLLATE " + Sql.name(collation)));
            boolean byBytes = collation.equalsIgnoreCase("BINARY") && !utf16;
            ordered &= KeyOrder.shared(layout.columns().get(k), byBytes);
        }
        return new SourceShape(schemaVersion, select, terms, ordered);
    }

    private static String collation(SourceTable table, TableLayout layout, String column) {
        if (layout.carriedByRowid() || table.rowidAlias().isPresent() && layout.key().length == 1) {
            return "";
        }
        int width = layout.key().length;
        Optional<SourceTable.Index> index = table.indexes().stream()
                .filter(i -> i.unique()
                        && i.plainColumns()
                        && i.where().isEmpty()
                        && i.terms().size() == width)
                .filter(i -> layout.plan().key().columns().stream()
                        .allMatch(k -> i.terms().stream().anyMatch(t -> names(t, k))))
                .findFirst();
        return index.flatMap(
                        i -> i.terms().stream().filter(t -> names(t, column)).findFirst())
                .map(SourceTable.Term::collation)
                .orElse("");
    }

    private static boolean names(SourceTable.Term term, String column) {
        return term.column().filter(c -> c.equalsIgnoreCase(column)).isPresent();
    }

    private static NotComparableException unfit(String reason) {
        return new NotComparableException(NotComparableException.Kind.PLAN_UNFIT, reason);
    }
}
