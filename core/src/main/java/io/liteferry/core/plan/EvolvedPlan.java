package io.liteferry.core.plan;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.ColumnChange.Kind;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.postgres.PgSql;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The plan as it is now: the migration file, and over it what has happened to the columns of its tables since. A table
 * that a person has edited in the file is as the file says.
 */
public final class EvolvedPlan {
    private EvolvedPlan() {}

    public static Plan of(Plan written, Map<String, TableEvolution> evolution) {
        List<TablePlan> tables = new ArrayList<>(written.tables());
        for (int i = 0; i < tables.size(); i++) {
            TablePlan table = tables.get(i);
            for (ColumnChange c : changes(table, evolution.get(table.source()))) {
                change(tables, i, c);
            }
            tables.set(i, stillMasked(table, tables.get(i)));
        }
        return written.withTables(tables);
    }

    /**
     * What must be done to the columns of a table to take it from one evolution to another: what only the first has is undone, from the last
     * on, then what only the second has is done. Nothing where both come to the same columns. A dropped column comes back
     * without the values it had.
     *
     * @param table as the migration file has it
     */
    public static List<ColumnChange> steps(
            TablePlan table, @Nullable TableEvolution from, @Nullable TableEvolution to) {
        List<ColumnChange> undone = ofColumns(table, from);
        List<ColumnChange> done = ofColumns(table, to);
        if (Set.copyOf(after(table, undone).columns())
                .equals(Set.copyOf(after(table, done).columns()))) {
            return List.of();
        }
        int same = 0;
        while (same < Math.min(undone.size(), done.size()) && undone.get(same).equals(done.get(same))) {
            same++;
        }
        List<ColumnChange> steps = new ArrayList<>();
        for (int i = undone.size() - 1; i >= same; i--) {
            steps.add(undo(after(table, undone.subList(0, i)), undone.get(i)));
        }
        steps.addAll(done.subList(same, done.size()));
        return steps;
    }

    private static List<ColumnChange> ofColumns(TablePlan table, @Nullable TableEvolution evolution) {
        return changes(table, evolution).stream()
                .filter(ColumnChange::ofColumns)
                .toList();
    }

    /** What was done to a table since the file was written; nothing where it was edited since. */
    public static List<ColumnChange> changes(TablePlan table, @Nullable TableEvolution evolution) {
        return evolution != null && evolution.grewFrom().equals(digest(table)) ? evolution.changes() : List.of();
    }

    /** A table, after these changes of its columns. */
    public static TablePlan after(TablePlan table, List<ColumnChange> changes) {
        List<TablePlan> one = new ArrayList<>(List.of(table));
        changes.forEach(c -> change(one, 0, c));
        return stillMasked(table, one.get(0));
    }

    /** A column that the application dropped and made again is masked as before. */
    private static TablePlan stillMasked(TablePlan written, TablePlan now) {
        if (written.columns().stream().allMatch(c -> c.mask().isEmpty())) {
            return now;
        }
        List<ColumnPlan> columns = now.columns().stream()
                .map(c -> c.mask().isPresent()
                        ? c
                        : c.masked(written.columns().stream()
                                .filter(w -> w.source().equals(c.source()))
                                .flatMap(w -> w.mask().stream())
                                .findFirst()))
                .toList();
        return with(now, now.key(), columns, now.indexes(), now.foreignKeys());
    }

    private static ColumnChange undo(TablePlan before, ColumnChange c) {
        Optional<ColumnPlan> was = before.columns().stream()
                .filter(p -> p.source().equals(c.column()))
                .findFirst();
        return switch (c.kind()) {
            case ADD -> ColumnChange.drop(c.column(), c.target());
            case RENAME ->
                ColumnChange.rename(
                        String.valueOf(c.to()),
                        c.column(),
                        was.map(ColumnPlan::target).orElse(c.column()));
            case DROP -> {
                ColumnPlan column = was.orElseThrow();
                yield new ColumnChange(
                        Kind.ADD,
                        column.source(),
                        null,
                        column.target(),
                        column.type().toString(),
                        column.encoding().yaml(),
                        true,
                        null);
            }
            case UNIQUE -> throw new IllegalArgumentException(c.text() + " changes no column");
        };
    }

    /** Of what the file says about a table's columns and key. */
    public static String digest(TablePlan table) {
        StringBuilder text = new StringBuilder(table.target()).append(table.key());
        for (ColumnPlan c : table.columns()) {
            text.append('\n')
                    .append(String.join(
                            "|",
                            c.source(),
                            c.target(),
                            c.type().sql(),
                            c.encoding().yaml()))
                    .append(c.zone());
            c.mask().ifPresent(m -> text.append('|').append(m.yaml()));
        }
        return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static void change(List<TablePlan> tables, int at, ColumnChange c) {
        TablePlan t = tables.get(at);
        Optional<ColumnPlan> present =
                t.columns().stream().filter(p -> p.source().equals(c.column())).findFirst();
        switch (c.kind()) {
            case ADD -> {
                if (present.isEmpty()) {
                    List<ColumnPlan> columns = new ArrayList<>(t.columns());
                    columns.add(added(c));
                    tables.set(at, with(t, t.key(), columns, t.indexes(), t.foreignKeys()));
                }
            }
            case RENAME -> present.ifPresent(p -> rename(tables, at, p, c));
            case DROP -> present.ifPresent(p -> tables.set(at, without(t, p)));
            case UNIQUE -> tables.set(at, with(t, t.key(), t.columns(), withUnique(t, c), t.foreignKeys()));
        }
    }

    private static List<IndexPlan> withUnique(TablePlan t, ColumnChange c) {
        List<String> terms = Objects.requireNonNull(c.indexed()).stream()
                .flatMap(name -> t.columns().stream().filter(p -> p.source().equals(name)))
                .map(p -> PgSql.name(p.target()))
                .toList();
        List<IndexPlan> indexes = new ArrayList<>(t.indexes());
        indexes.add(new IndexPlan(c.target(), true, true, terms, Optional.empty()));
        return indexes;
    }

    /** The column that a change adds. */
    public static ColumnPlan added(ColumnChange c) {
        return new ColumnPlan(
                c.column(),
                c.target(),
                TargetType.parse(String.valueOf(c.type())).orElseThrow(),
                Encoding.parse(String.valueOf(c.encoding())).orElseThrow(),
                c.nullable(),
                Optional.ofNullable(c.defaultSql()),
                Optional.empty(),
                false,
                false);
    }

    private static void rename(List<TablePlan> tables, int at, ColumnPlan before, ColumnChange c) {
        TablePlan t = tables.get(at);
        String to = String.valueOf(c.to());
        UnaryOperator<String> source = n -> n.equals(before.source()) ? to : n;
        UnaryOperator<String> target = n -> n.equals(before.target()) ? c.target() : n;
        List<ColumnPlan> columns = t.columns().stream()
                .map(p -> p.equals(before) ? p.named(to, c.target()) : p)
                .toList();
        List<IndexPlan> indexes = t.indexes().stream()
                .map(i -> new IndexPlan(
                        i.name(),
                        i.unique(),
                        i.constraint(),
                        i.terms().stream()
                                .map(e -> QuotedNames.renamed(e, target))
                                .toList(),
                        i.where().map(w -> QuotedNames.renamed(w, target))))
                .toList();
        KeyPlan key = new KeyPlan(
                t.key().kind(), t.key().columns().stream().map(source).toList());
        TablePlan now = new TablePlan(
                t.source(),
                t.target(),
                key,
                columns,
                t.partition().map(p -> p.renamed(source)),
                indexes,
                t.foreignKeys().stream()
                        .map(f -> new ForeignKeyPlan(
                                f.name(),
                                f.columns().stream().map(target).toList(),
                                f.referencedTable(),
                                f.referencedColumns(),
                                f.onDelete(),
                                f.onUpdate()))
                        .toList(),
                t.checks().stream()
                        .map(k -> new CheckPlan(k.name(), QuotedNames.renamed(k.expression(), target)))
                        .toList(),
                t.expectedRows(),
                t.made(),
                t.replace());
        tables.set(at, now);
        tables.replaceAll(other -> with(
                other,
                other.key(),
                other.columns(),
                other.indexes(),
                other.foreignKeys().stream()
                        .map(f -> !f.referencedTable().equals(t.target())
                                ? f
                                : new ForeignKeyPlan(
                                        f.name(),
                                        f.columns(),
                                        f.referencedTable(),
                                        f.referencedColumns().stream()
                                                .map(target)
                                                .toList(),
                                        f.onDelete(),
                                        f.onUpdate()))
                        .toList()));
    }

    /** What names the column goes with it, as in PostgreSQL. */
    private static TablePlan without(TablePlan t, ColumnPlan gone) {
        return with(
                t,
                t.key(),
                t.columns().stream().filter(c -> !c.equals(gone)).toList(),
                t.indexes().stream()
                        .filter(i -> i.terms().stream()
                                        .noneMatch(e -> QuotedNames.of(e).contains(gone.target()))
                                && i.where()
                                        .filter(w -> QuotedNames.of(w).contains(gone.target()))
                                        .isEmpty())
                        .toList(),
                t.foreignKeys().stream()
                        .filter(f -> !f.columns().contains(gone.target()))
                        .toList());
    }

    private static TablePlan with(
            TablePlan t, KeyPlan key, List<ColumnPlan> columns, List<IndexPlan> indexes, List<ForeignKeyPlan> keys) {
        List<String> names = columns.stream().map(ColumnPlan::target).toList();
        // What names a column that is gone goes with it, as in PostgreSQL.
        List<CheckPlan> checks = t.checks().stream()
                .filter(k -> names.containsAll(QuotedNames.of(k.expression())))
                .toList();
        return new TablePlan(
                t.source(),
                t.target(),
                key,
                columns,
                t.partition(),
                indexes,
                keys,
                checks,
                t.expectedRows(),
                t.made(),
                t.replace());
    }
}
