package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What stands in a schema, as words: table by table, part by part ({@code column price}, {@code key}), so that two can be
 * held against each other wherever they come from. Columns by their source names, everything else by target names.
 */
final class SchemaOutline {
    /** Of a part that is there or is not: an index. */
    static final String THERE = "there";

    private static final int FINEST_TIME = 6;

    private final Map<String, Map<String, String>> tables = new LinkedHashMap<>();

    /** Everything that a migration file says. */
    static SchemaOutline of(Plan plan) {
        return of(plan, true);
    }

    /** Only what can be read from a PostgreSQL schema: no encodings, no zones. */
    static SchemaOutline bare(Plan plan) {
        return of(plan, false);
    }

    private static SchemaOutline of(Plan plan, boolean all) {
        SchemaOutline outline = new SchemaOutline();
        for (TablePlan t : plan.tables()) {
            String table = t.source();
            outline.table(table);
            outline.key(table, t.targetKey());
            t.columns().forEach(c -> outline.column(table, c.source(), all ? text(c) : bare(c)));
            for (IndexPlan i : t.indexes()) {
                outline.index(table, i.unique(), i.terms(), i.where().orElse(""));
            }
            for (ForeignKeyPlan f : t.foreignKeys()) {
                outline.foreignKey(table, f.columns(), f.referencedTable(), f.referencedColumns(), f.onDelete());
            }
            if (all) {
                t.checks().forEach(k -> outline.part(table, "check " + plain(k.expression()), THERE));
                t.partition().ifPresent(p -> outline.part(table, "partition", THERE));
            }
        }
        return outline;
    }

    private static String bare(ColumnPlan c) {
        return column(c.type(), c.nullable(), c.identity(), c.defaultSql().isPresent());
    }

    private static String text(ColumnPlan c) {
        return column(c.type(), c.nullable(), c.identity(), false)
                + c.defaultSql().map(d -> " DEFAULT " + d).orElse("")
                + (c.encoding() == Encoding.usual(c.type().kind())
                        ? ""
                        : ", encoding " + c.encoding().yaml())
                + c.zone().map(z -> ", zone " + z).orElse("")
                + (c.collateC() ? ", collation C" : "");
    }

    static String column(TargetType type, boolean nullable, boolean identity, boolean withDefault) {
        boolean time = type.kind() == Kind.TIME || type.kind() == Kind.TIMESTAMP || type.kind() == Kind.TIMESTAMPTZ;
        TargetType shown = time && type.precision() == FINEST_TIME ? TargetType.of(type.kind()) : type;
        return column(shown.toString(), nullable, identity, withDefault);
    }

    static String column(String type, boolean nullable, boolean identity, boolean withDefault) {
        return type
                + (nullable ? "" : " NOT NULL")
                + (identity ? " identity" : "")
                + (withDefault && !identity ? " with a default" : "");
    }

    void table(String table) {
        tables.computeIfAbsent(table, t -> new LinkedHashMap<>());
    }

    void key(String table, List<String> columns) {
        part(table, "key", String.join(", ", columns));
    }

    void column(String table, String column, String text) {
        part(table, "column " + column, text);
    }

    void index(String table, boolean unique, List<String> terms, String where) {
        String shown =
                String.join(", ", terms.stream().map(SchemaOutline::plain).toList());
        part(table, (unique ? "unique " : "index ") + shown + (where.isEmpty() ? "" : " where " + plain(where)), THERE);
    }

    void foreignKey(
            String table, List<String> columns, String referenced, List<String> referencedColumns, String onDelete) {
        boolean acts = !onDelete.equals("NO ACTION") && !onDelete.equals("RESTRICT");
        part(
                table,
                "foreign key " + String.join(", ", columns),
                referenced + " (" + String.join(", ", referencedColumns) + ")"
                        + (acts ? " on delete " + onDelete.toLowerCase(Locale.ROOT) : ""));
    }

    /** Without quotes and casts, which PostgreSQL adds and takes away as it likes. */
    private static String plain(String sql) {
        String bare =
                sql.replaceAll("::[a-z ]+(\\(\\d+\\))?", "").replace("\"", "").trim();
        return bare.startsWith("(") && bare.indexOf(')') == bare.length() - 1
                ? bare.substring(1, bare.length() - 1)
                : bare;
    }

    private void part(String table, String part, String text) {
        tables.computeIfAbsent(table, t -> new LinkedHashMap<>()).put(part, text);
    }

    Map<String, Map<String, String>> tables() {
        return tables;
    }
}
