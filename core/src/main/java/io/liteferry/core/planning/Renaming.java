package io.liteferry.core.planning;

import io.liteferry.core.plan.CheckPlan;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.QuotedNames;
import io.liteferry.core.plan.TablePlan;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A plan under other target names, in everything that names a table or a column of the target. */
final class Renaming {
    private final Map<String, String> tables = new HashMap<>();
    /** By target table, then by target column. */
    private final Map<String, Map<String, String>> columns = new HashMap<>();

    private Renaming() {}

    static Plan of(Plan plan, Function<TablePlan, String> table, BiFunction<TablePlan, ColumnPlan, String> column) {
        Renaming renaming = new Renaming();
        for (TablePlan t : plan.tables()) {
            Map<String, String> names = new HashMap<>();
            t.columns().forEach(c -> names.put(c.target(), column.apply(t, c)));
            renaming.tables.put(t.target(), table.apply(t));
            renaming.columns.put(t.target(), names);
        }
        return plan.withTables(plan.tables().stream().map(renaming::table).toList());
    }

    private TablePlan table(TablePlan t) {
        return new TablePlan(
                t.source(),
                named(t.target()),
                t.key(),
                t.columns().stream()
                        .map(c -> c.named(c.source(), named(t.target(), c.target())))
                        .toList(),
                t.partition(),
                t.indexes().stream().map(i -> index(t.target(), i)).toList(),
                t.foreignKeys().stream().map(f -> foreignKey(t.target(), f)).toList(),
                t.checks().stream()
                        .map(k -> new CheckPlan(k.name(), renamed(t.target(), k.expression())))
                        .toList(),
                t.expectedRows(),
                t.made(),
                t.replace());
    }

    private IndexPlan index(String table, IndexPlan i) {
        return new IndexPlan(
                i.name(),
                i.unique(),
                i.constraint(),
                i.terms().stream().map(e -> renamed(table, e)).toList(),
                i.where().map(w -> renamed(table, w)));
    }

    private ForeignKeyPlan foreignKey(String table, ForeignKeyPlan f) {
        return new ForeignKeyPlan(
                f.name(),
                f.columns().stream().map(c -> named(table, c)).toList(),
                named(f.referencedTable()),
                f.referencedColumns().stream()
                        .map(c -> named(f.referencedTable(), c))
                        .toList(),
                f.onDelete(),
                f.onUpdate());
    }

    private String renamed(String table, String sql) {
        return QuotedNames.renamed(sql, c -> named(table, c));
    }

    private String named(String table) {
        return tables.getOrDefault(table, table);
    }

    private String named(String table, String column) {
        return columns.getOrDefault(table, Map.of()).getOrDefault(column, column);
    }
}
