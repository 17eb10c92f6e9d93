package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The secondary indexes of a table that mean the same in PostgreSQL; the others are listed. */
final class IndexChoice {
    private final TableDraft table;
    private final TargetNames names;
    private final List<Finding> findings;

    IndexChoice(TableDraft table, TargetNames names, List<Finding> findings) {
        this.table = table;
        this.names = names;
        this.findings = findings;
    }

    List<IndexPlan> indexes() {
        List<IndexPlan> plans = new ArrayList<>();
        for (SourceTable.Index index : table.profile().table().indexes()) {
            if (!isKey(index)) {
                plan(index).ifPresent(plans::add);
            }
        }
        return plans;
    }

    /** The index that the target's primary key replaces. */
    private boolean isKey(SourceTable.Index index) {
        KeyPlan key = table.key();
        return switch (key.kind()) {
            case PRIMARY_KEY -> index.origin().equals("pk");
            case UNIQUE_INDEX ->
                index.unique() && index.where().isEmpty() && columns(index).equals(key.columns());
            case ROWID -> false;
        };
    }

    private static List<String> columns(SourceTable.Index index) {
        return index.terms().stream().map(t -> t.column().orElse("")).toList();
    }

    private Optional<IndexPlan> plan(SourceTable.Index index) {
        Optional<String> obstacle = obstacle(index);
        if (obstacle.isPresent()) {
            return leaveOut(index, obstacle.get());
        }
        List<String> terms = new ArrayList<>();
        for (SourceTable.Term t : index.terms()) {
            Optional<String> term = term(t);
            if (term.isEmpty()) {
                return leaveOut(
                        index, "its term " + t.expression().orElse("") + " may mean something else in PostgreSQL");
            }
            terms.add(term.get() + (t.descending() ? " DESC" : ""));
        }
        Optional<String> where = index.where().flatMap(w -> ExpressionTranslation.predicate(w, table));
        if (index.where().isPresent() && where.isEmpty()) {
            return leaveOut(index, "its WHERE " + index.where().get() + " may mean something else in PostgreSQL");
        }
        boolean folded = index.terms().stream().anyMatch(IndexChoice::noCase);
        if (folded) {
            findings.add(Finding.warning(
                    "PLAN-INDEX-NOCASE",
                    subject(index),
                    "compares without case; planned as an index on lower(…), which folds letters beyond ASCII too",
                    index.unique()
                            ? "Query with lower(…) on PostgreSQL, or use a case-insensitive collation of your own"
                            : "Query with lower(…) on PostgreSQL"));
        }
        boolean plain = index.terms().stream().allMatch(t -> t.column().isPresent() && !t.descending());
        boolean constraint = index.unique() && plain && !folded && where.isEmpty();
        return Optional.of(new IndexPlan(name(index), index.unique(), constraint, terms, where));
    }

    private Optional<String> term(SourceTable.Term term) {
        if (term.column().isEmpty()) {
            return term.expression().flatMap(e -> ExpressionTranslation.term(e, table::column));
        }
        return table.column(term.column().get()).map(c -> {
            String column = PgSql.name(c.target());
            boolean text = c.type().kind() == Kind.TEXT || c.type().kind() == Kind.VARCHAR;
            return noCase(term) && text ? "lower(" + column + ")" : column;
        });
    }

    private static boolean noCase(SourceTable.Term term) {
        return term.collation().equalsIgnoreCase("NOCASE");
    }

    private Optional<String> obstacle(SourceTable.Index index) {
        List<ColumnPlan> columns = index.terms().stream()
                .flatMap(t -> t.column().stream())
                .flatMap(c -> table.column(c).stream())
                .toList();
        if (columns.stream().anyMatch(c -> c.type().kind() == Kind.JSON)) {
            return Optional.of("PostgreSQL has no order for json");
        }
        long bytes = columns.stream()
                .mapToLong(c -> table.profile().column(c.source()).widestBytes())
                .sum();
        if (bytes > KeyChoice.LONGEST_KEY_BYTES) {
            return Optional.of(
                    "its widest entry has " + ColumnProfile.number(bytes) + " bytes, too many for a PostgreSQL index");
        }
        boolean otherCollation = index.unique()
                && index.terms().stream()
                        .anyMatch(t -> !noCase(t) && !t.collation().equalsIgnoreCase("BINARY"));
        return otherCollation ? Optional.of("its collation has no counterpart") : Optional.empty();
    }

    private Optional<IndexPlan> leaveOut(SourceTable.Index index, String reason) {
        findings.add(Finding.warning(
                "PLAN-INDEX-LEFT-OUT",
                subject(index),
                (index.unique() ? "the unique index is" : "the index is") + " not carried: " + reason,
                "Create what you need by hand after the load"));
        return Optional.empty();
    }

    private String subject(SourceTable.Index index) {
        return table.source() + "." + index.name();
    }

    /** SQLite's own names for constraints mean nothing to anybody: PostgreSQL's habit instead. */
    private String name(SourceTable.Index index) {
        if (index.sql().isPresent()) {
            return names.relation(index.name());
        }
        String columns = index.terms().stream()
                .flatMap(t -> t.column().stream())
                .map(c -> table.column(c).map(ColumnPlan::target).orElse(c))
                .collect(Collectors.joining("_"));
        return names.relation(table.target() + "_" + columns + "_key");
    }
}
