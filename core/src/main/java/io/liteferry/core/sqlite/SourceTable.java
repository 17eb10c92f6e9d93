package io.liteferry.core.sqlite;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A table as SQLite's catalogue describes it.
 *
 * @param sql the CREATE statement
 * @param deletedHalfWay whether a REPLACE can delete a row and end there, without the new one: a foreign key's action
 *     deletes or changes children, and FAIL somewhere in the database may end the statement and keep what it did
 */
public record SourceTable(
        String name,
        String sql,
        boolean withoutRowid,
        boolean strict,
        List<Column> columns,
        List<Index> indexes,
        List<ForeignKey> foreignKeys,
        boolean deletedHalfWay) {

    /**
     * A column.
     *
     * @param declaredType as written, possibly empty
     * @param primaryKeyOrdinal from 1; 0 outside the primary key
     * @param hidden 0 ordinary, 2 virtual generated, 3 stored generated
     */
    public record Column(
            String name,
            String declaredType,
            boolean notNull,
            Optional<String> defaultSql,
            int primaryKeyOrdinal,
            int hidden) {
        public boolean generated() {
            return hidden == 2 || hidden == 3;
        }
    }

    /**
     * An index.
     *
     * @param origin {@code c} CREATE INDEX, {@code u} UNIQUE constraint, {@code pk} PRIMARY KEY
     * @param where predicate of a partial index, as written
     * @param sql the CREATE INDEX statement, empty for constraints
     */
    public record Index(
            String name,
            boolean unique,
            String origin,
            List<Term> terms,
            Optional<String> where,
            Optional<String> sql) {
        /** True where every term is a column. */
        public boolean plainColumns() {
            return terms.stream().allMatch(t -> t.column().isPresent());
        }
    }

    /**
     * A term of an index.
     *
     * @param column name, empty for an expression
     * @param expression as written, empty for a column
     */
    public record Term(Optional<String> column, Optional<String> expression, String collation, boolean descending) {}

    /**
     * A foreign key.
     *
     * @param referencedColumns empty where the definition leaves them out: the referenced table's primary key
     */
    public record ForeignKey(
            String referencedTable,
            List<String> columns,
            List<String> referencedColumns,
            String onUpdate,
            String onDelete) {}

    public SourceTable {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
        foreignKeys = List.copyOf(foreignKeys);
    }

    /** Columns of the declared primary key, in key order. */
    public List<Column> primaryKey() {
        return columns.stream()
                .filter(c -> c.primaryKeyOrdinal() > 0)
                .sorted(Comparator.comparingInt(Column::primaryKeyOrdinal))
                .toList();
    }

    /** The INTEGER PRIMARY KEY that is the rowid itself. */
    public Optional<Column> rowidAlias() {
        List<Column> pk = primaryKey();
        boolean alias = !withoutRowid
                && pk.size() == 1
                && pk.get(0).declaredType().equalsIgnoreCase("INTEGER")
                // A primary key that is not the rowid has an index of its own.
                && indexes.stream().noneMatch(i -> i.origin().equals("pk"));
        return alias ? Optional.of(pk.get(0)) : Optional.empty();
    }

    /** A name by which the rowid can be read; empty where the table has none or columns shadow all three names. */
    public Optional<String> rowidName() {
        if (withoutRowid) {
            return Optional.empty();
        }
        return List.of("rowid", "_rowid_", "oid").stream()
                .filter(n -> column(n).isEmpty())
                .findFirst();
    }

    /**
     * A CHECK constraint.
     *
     * @param name empty where it has none
     * @param expression as written, without its outer parentheses
     */
    public record Check(Optional<String> name, String expression) {}

    /** Whether a column compares text by its bytes; false where it is declared with a collation. */
    public boolean comparesBytes(String column) {
        return !CollationText.columns(sql).contains(column.toLowerCase(Locale.ROOT));
    }

    /** Its CHECK constraints. */
    public List<Check> checks() {
        return CheckText.of(sql);
    }

    /** A column by name; SQLite does not distinguish case (of ASCII letters). */
    public Optional<Column> column(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return columns.stream()
                .filter(c -> c.name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst();
    }
}
