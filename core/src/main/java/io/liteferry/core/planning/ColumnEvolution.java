package io.liteferry.core.planning;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.ColumnChange.Kind;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetNames;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of the columns of a table whose names are other ones than before, told from the names alone: SQLite keeps no
 * record of what was done.
 *
 * @param changes for the target, in order
 * @param exact the changes say what happened to every value too, if they were made by one statement
 */
public record ColumnEvolution(List<ColumnChange> changes, boolean exact) {
    public ColumnEvolution {
        changes = List.copyOf(changes);
    }

    /**
     * A name at the same place as one that is gone is that column renamed, if its declaration can stand for the planned
     * type; any other is added or dropped. A column of the key is taken for renamed whatever its type: without it the
     * table could not be carried.
     *
     * @param plan of the table as it was; columns that it leaves out stay left out
     * @param before all columns of the table as it was, in order
     * @param oneStatement one statement can rename a column, and cannot put another one in its place
     */
    public static ColumnEvolution of(TablePlan plan, List<String> before, SourceTable now, boolean oneStatement) {
        List<String> after =
                now.columns().stream().map(SourceTable.Column::name).toList();
        Map<String, String> renamed = renamed(before, after);
        renamed.entrySet().removeIf(e -> !oneStatement && !canStandFor(plan, e.getKey(), e.getValue(), now));
        TargetNames taken = new TargetNames();
        plan.columns().forEach(c -> taken.reserve(c.target()));
        List<ColumnChange> changes = new ArrayList<>();
        List<ColumnChange> dropped = new ArrayList<>();
        boolean exact = true;
        for (ColumnPlan c : plan.columns()) {
            String to = renamed.get(c.source());
            if (to != null) {
                boolean sameName = c.target().equals(c.source());
                changes.add(ColumnChange.rename(c.source(), to, sameName ? taken.column(to) : c.target()));
            } else if (!after.contains(c.source())) {
                dropped.add(ColumnChange.drop(c.source(), c.target()));
            }
        }
        for (SourceTable.Column c : now.columns()) {
            boolean planned = plan.columns().stream().anyMatch(p -> p.source().equals(c.name()));
            if (!before.contains(c.name()) && !renamed.containsValue(c.name()) && !planned) {
                Added added = added(c, now.strict(), taken);
                changes.add(added.change());
                exact &= added.exact();
            }
        }
        // Last, because no table is without a column in between.
        changes.addAll(dropped);
        boolean sameOrder = after.stream()
                .filter(before::contains)
                .toList()
                .equals(before.stream().filter(after::contains).toList());
        return new ColumnEvolution(changes, exact && sameOrder && changes.size() <= 1);
    }

    private static Map<String, String> renamed(List<String> before, List<String> after) {
        Map<String, String> renamed = new HashMap<>();
        if (before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                if (!after.contains(before.get(i)) && !before.contains(after.get(i))) {
                    renamed.put(before.get(i), after.get(i));
                }
            }
        }
        return renamed;
    }

    private static boolean canStandFor(TablePlan plan, String before, String after, SourceTable now) {
        if (plan.key().columns().contains(before)) {
            return true;
        }
        List<Meaning> meant = DeclaredType.of(now.column(after).orElseThrow().declaredType(), now.strict())
                .meant();
        return meant.isEmpty()
                || plan.columns().stream()
                        .filter(c -> c.source().equals(before))
                        .allMatch(c -> meant.stream().anyMatch(m -> m.type().equals(c.type())));
    }

    private record Added(ColumnChange change, boolean exact) {}

    /** As the planner chooses for a column without values. */
    private static Added added(SourceTable.Column column, boolean strict, TargetNames taken) {
        Meaning meaning = meaning(column, strict);
        boolean none = DefaultTranslation.nothing(column.defaultSql());
        Optional<String> value = none || column.generated()
                ? Optional.empty()
                : DefaultTranslation.of(column.defaultSql().orElse(""), meaning);
        boolean constant = !value.orElse("").contains("now()");
        return new Added(
                new ColumnChange(
                        Kind.ADD,
                        column.name(),
                        null,
                        taken.column(column.name()),
                        meaning.type().sql(),
                        meaning.encoding().yaml(),
                        !(column.notNull() && value.isPresent() && constant),
                        value.orElse(null)),
                !column.generated() && constant && (none || value.isPresent()));
    }

    private static Meaning meaning(SourceTable.Column column, boolean strict) {
        return DeclaredType.of(column.declaredType(), strict).candidates().get(0);
    }

    /** The type that a column declared so would get in a new plan, where its values do not speak against it. */
    public static String typeOf(SourceTable.Column column, boolean strict) {
        return meaning(column, strict).type().sql();
    }
}
