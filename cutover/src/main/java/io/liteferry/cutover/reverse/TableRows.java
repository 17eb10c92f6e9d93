package io.liteferry.cutover.reverse;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One table of SQLite: finds rows by the key that PostgreSQL prints, turns PostgreSQL's values into SQLite's, writes rows.
 * Nothing here decides what becomes of a row that does not fit.
 */
final class TableRows {
    private static final int SAMPLE = 100;

    private final Statements statements;
    private final TablePlan plan;
    private final String table;
    private final Optional<String> rowid;
    private final List<String> writable;
    private final List<String> handle;
    private final boolean alias;

    /** The partition column where the sink has written -infinity for NULL, or nothing. */
    private final String nullsAsMinusInfinity;

    private final Map<String, Column> byTarget = new LinkedHashMap<>();

    /** A carried column. */
    private record Column(String source, boolean written, ColumnForm form) {}

    TableRows(Statements statements, TablePlan plan, SourceTable now) throws SQLException {
        this.statements = statements;
        this.plan = plan;
        this.table = Sql.name(now.name());
        this.rowid = now.rowidName();
        this.alias = now.rowidAlias().isPresent();
        this.writable = now.columns().stream()
                .filter(c -> !c.generated())
                .map(SourceTable.Column::name)
                .toList();
        this.handle = rowid.map(List::of)
                .orElseGet(() -> plan.key().columns().stream().map(Sql::name).toList());
        this.nullsAsMinusInfinity = plan.partition().isPresent()
                        && plan.partition().get() instanceof PartitionPlan.ByRange r
                        && r.nulls() == PartitionPlan.Nulls.MINUS_INFINITY
                ? plan.partitionColumns().get(0)
                : "";
        if (plan.key().isRowid()) {
            byTarget.put(KeyPlan.ROWID_COLUMN, new Column(rowid.orElseThrow(), true, NumberForms.INTEGER));
        }
        for (ColumnPlan c : plan.columns()) {
            SourceTable.Column column = now.column(c.source()).orElseThrow();
            Affinity affinity = Affinity.of(column.declaredType(), now.strict());
            byTarget.put(
                    c.target(),
                    new Column(column.name(), !column.generated(), ColumnForm.of(c, affinity, newest(column))));
        }
    }

    /** The values that were written last say how the column writes. */
    private List<SqliteValue> newest(SourceTable.Column column) throws SQLException {
        String name = Sql.name(column.name());
        String sql = "SELECT " + name + " FROM (SELECT " + name + " FROM " + table
                + rowid.map(r -> " ORDER BY " + r + " DESC").orElse("") + " LIMIT " + SAMPLE + ") WHERE " + name
                + " IS NOT NULL";
        return statements.rows(sql, List.of(), 1).stream().map(r -> r.get(0)).toList();
    }

    /** The row with a key as PostgreSQL prints it; empty where SQLite has none. */
    Optional<SourceRow> find(Map<String, @Nullable String> key) throws SQLException, Unfit {
        List<List<SqliteValue>> spellings = new ArrayList<>();
        for (String target : plan.targetKey()) {
            String text = key.get(target);
            if (text == null) {
                throw new Unfit("a key of NULL");
            }
            ColumnForm form = column(target).form();
            spellings.add(form.spellings(form.ofTarget(text)));
        }
        Optional<SourceRow> row =
                find(spellings.stream().map(s -> s.subList(0, 1)).toList());
        boolean several = spellings.stream().anyMatch(s -> s.size() > 1);
        return row.isPresent() || !several ? row : find(spellings);
    }

    private Optional<SourceRow> find(List<List<SqliteValue>> spellings) throws SQLException {
        List<String> terms = new ArrayList<>();
        List<SqliteValue> bound = new ArrayList<>();
        for (int i = 0; i < spellings.size(); i++) {
            String name = Sql.name(column(plan.targetKey().get(i)).source());
            String in = " IN ("
                    + spellings.get(i).stream().map(Statements::parameter).collect(Collectors.joining(", ")) + ")";
            terms.add(name + in);
            bound.addAll(spellings.get(i));
            if (spellings.get(i).get(0).storageClass() == StorageClass.TEXT) {
                // The first term uses the index, in its collation; this one tells what it holds for equal.
                terms.add(name + " COLLATE BINARY" + in);
                bound.addAll(spellings.get(i));
            }
        }
        List<String> selected = new ArrayList<>(handle);
        writable.forEach(c -> selected.add(Sql.name(c)));
        List<List<SqliteValue>> rows = statements.rows(
                "SELECT " + String.join(", ", selected) + " FROM " + table + " WHERE " + String.join(" AND ", terms)
                        + " LIMIT 1",
                bound,
                selected.size());
        return rows.stream().findFirst().map(this::row);
    }

    private SourceRow row(List<SqliteValue> selected) {
        Map<String, SqliteValue> values = new LinkedHashMap<>();
        for (int i = 0; i < writable.size(); i++) {
            values.put(writable.get(i), selected.get(handle.size() + i));
        }
        return new SourceRow(List.copyOf(selected.subList(0, handle.size())), values);
    }

    private Column column(String target) {
        Column column = byTarget.get(target);
        if (column == null) {
            throw new IllegalStateException("no column " + target + " in " + plan.source());
        }
        return column;
    }

    /**
     * What must be written for a row to mean what PostgreSQL has. A value that means it already stays as it is, byte by byte.
     *
     * @param before the row as SQLite has it; empty where it has none
     */
    Map<String, SqliteValue> written(Map<String, @Nullable String> after, Optional<SourceRow> before) throws Unfit {
        Map<String, SqliteValue> values = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable String> e : after.entrySet()) {
            Column c = column(e.getKey());
            if (!c.written()) {
                continue;
            }
            SqliteValue present = present(c, before);
            String text =
                    e.getKey().equals(nullsAsMinusInfinity) && "-infinity".equals(e.getValue()) ? null : e.getValue();
            try {
                if (text == null) {
                    if (before.isEmpty() || present.storageClass() != StorageClass.NULL) {
                        values.put(c.source(), SqliteValue.NULL);
                    }
                    continue;
                }
                Object meaning = c.form().ofTarget(text);
                boolean same = present.storageClass() != StorageClass.NULL
                        && c.form().ofSource(present).filter(meaning::equals).isPresent();
                if (!same) {
                    values.put(c.source(), c.form().written(meaning));
                }
            } catch (Unfit u) {
                throw new Unfit("column " + c.source() + ": " + u.why());
            }
        }
        return values;
    }

    private SqliteValue present(Column c, Optional<SourceRow> before) {
        return before.map(row -> whole(row).getOrDefault(c.source(), SqliteValue.NULL))
                .orElse(SqliteValue.NULL);
    }

    void insert(Map<String, SqliteValue> values) throws SQLException {
        List<SqliteValue> all = List.copyOf(values.values());
        // ABORT: a conflict clause of the table would take another row away without a word.
        statements.update(
                "INSERT OR ABORT INTO " + table + "("
                        + values.keySet().stream().map(Sql::name).collect(Collectors.joining(", ")) + ") VALUES ("
                        + all.stream().map(Statements::parameter).collect(Collectors.joining(", ")) + ")",
                all);
    }

    void update(SourceRow row, Map<String, SqliteValue> values) throws SQLException {
        if (values.isEmpty()) {
            return;
        }
        List<SqliteValue> bound = new ArrayList<>(values.values());
        bound.addAll(row.handle());
        statements.update(
                "UPDATE OR ABORT " + table + " SET "
                        + values.entrySet().stream()
                                .map(e -> Sql.name(e.getKey()) + " = " + Statements.parameter(e.getValue()))
                                .collect(Collectors.joining(", "))
                        + where(row),
                bound);
    }

    void delete(SourceRow row) throws SQLException {
        statements.update("DELETE FROM " + table + where(row), row.handle());
    }

    void deleteAll() throws SQLException {
        statements.update("DELETE FROM " + table, List.of());
    }

    private String where(SourceRow row) {
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < handle.size(); i++) {
            terms.add(handle.get(i) + " = " + Statements.parameter(row.handle().get(i)));
        }
        return " WHERE " + String.join(" AND ", terms);
    }

    /** Everything a row has in SQLite, so that it can be inserted again after it was deleted: its rowid too. */
    Map<String, SqliteValue> whole(SourceRow row) {
        Map<String, SqliteValue> values = new LinkedHashMap<>(row.values());
        if (!alias) {
            rowid.filter(r -> !row.handle().isEmpty())
                    .ifPresent(r -> values.put(r, row.handle().get(0)));
        }
        return values;
    }

    /** SQLite converts by a column's affinity: what it stores must be read as what PostgreSQL has. */
    void demandStored(Map<String, @Nullable String> key, Map<String, @Nullable String> after)
            throws SQLException, Unfit {
        Optional<SourceRow> stored = find(key);
        if (stored.isEmpty()) {
            throw new Unfit("the key is not stored as it was written");
        }
        Optional<String> other = written(after, stored).keySet().stream().findFirst();
        if (other.isPresent()) {
            throw new Unfit("column " + other.get() + ": SQLite stores another value than was written");
        }
    }
}
