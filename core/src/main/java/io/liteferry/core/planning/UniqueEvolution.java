package io.liteferry.core.planning;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The unique indexes that a table has got since it was looked at last.
 *
 * @param changes those over plain columns, which mean the same in PostgreSQL
 * @param byHand the others, for a person to decide
 */
public record UniqueEvolution(List<ColumnChange> changes, List<String> byHand) {
    public UniqueEvolution {
        changes = List.copyOf(changes);
        byHand = List.copyOf(byHand);
    }

    /**
     * @param plan of the table as it is now
     * @param follow whether the target's constraints are ours to make
     */
    public static UniqueEvolution of(TablePlan plan, SourceTable before, SourceTable now, boolean follow) {
        List<ColumnChange> changes = new ArrayList<>();
        List<String> byHand = new ArrayList<>();
        for (SourceTable.Index index : now.indexes()) {
            boolean made = index.unique()
                    && !index.origin().equals("pk")
                    && before.indexes().stream().noneMatch(i -> same(i, index));
            if (made) {
                Optional<List<ColumnPlan>> columns = plain(plan, index);
                List<String> terms = columns.map(all ->
                                all.stream().map(c -> PgSql.name(c.target())).toList())
                        .orElse(List.of());
                boolean planned = plan.indexes().stream()
                        .anyMatch(i -> i.constraint() && i.terms().equals(terms));
                if (columns.isPresent() && follow && !planned) {
                    changes.add(change(plan, index, columns.get()));
                } else if (!planned) {
                    byHand.add(statement(plan, index, columns.isPresent() ? terms : List.of()));
                }
            }
        }
        return new UniqueEvolution(changes, byHand);
    }

    private static boolean same(SourceTable.Index one, SourceTable.Index other) {
        return one.unique() && one.terms().equals(other.terms()) && one.where().equals(other.where());
    }

    /** Its columns, where it demands of them what a unique constraint of PostgreSQL does. */
    private static Optional<List<ColumnPlan>> plain(TablePlan plan, SourceTable.Index index) {
        List<ColumnPlan> columns = index.terms().stream()
                .filter(t -> t.collation().equalsIgnoreCase("BINARY") && !t.descending())
                .flatMap(t -> t.column().stream())
                .flatMap(n -> plan.columns().stream().filter(c -> c.source().equals(n)))
                .toList();
        return columns.size() == index.terms().size() && index.where().isEmpty()
                ? Optional.of(columns)
                : Optional.empty();
    }

    private static ColumnChange change(TablePlan plan, SourceTable.Index index, List<ColumnPlan> columns) {
        return ColumnChange.unique(
                index.name(),
                name(plan, index, columns),
                columns.stream().map(ColumnPlan::source).toList());
    }

    /** As the planner names them: what SQLite calls a constraint means nothing to anybody. */
    private static String name(TablePlan plan, SourceTable.Index index, List<ColumnPlan> columns) {
        return index.sql().isPresent()
                ? index.name()
                : plan.target() + "_" + columns.stream().map(ColumnPlan::target).collect(Collectors.joining("_"))
                        + "_key";
    }

    private static String statement(TablePlan plan, SourceTable.Index index, List<String> terms) {
        return terms.isEmpty()
                ? "the source has a new unique index, which may mean something else in PostgreSQL: "
                        + index.sql().orElse(index.name()) + "; make there what you need of it"
                : "the source has a new unique index; if PostgreSQL has it not yet, run there: CREATE UNIQUE INDEX ON "
                        + PgSql.name(plan.target()) + " (" + String.join(", ", terms) + ")";
    }
}
