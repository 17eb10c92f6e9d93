package io.liteferry.core.plan;

import io.liteferry.core.sqlite.SourceTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One table. The order of {@code columns} is the order of values in its change records.
 *
 * @param source name in SQLite
 * @param target name in PostgreSQL, without the schema
 * @param expectedRows rows counted by the plan, for progress only
 * @param made true where {@code apply} makes the target table; false where the application's own migrations have made it
 * @param replace true where {@code apply} deletes the rows that the application's own migrations have put there
 */
public record TablePlan(
        String source,
        String target,
        KeyPlan key,
        List<ColumnPlan> columns,
        Optional<PartitionPlan> partition,
        List<IndexPlan> indexes,
        List<ForeignKeyPlan> foreignKeys,
        List<CheckPlan> checks,
        long expectedRows,
        boolean made,
        boolean replace) {

    public TablePlan {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
        foreignKeys = List.copyOf(foreignKeys);
        checks = List.copyOf(checks);
        Set<String> names = new HashSet<>();
        for (ColumnPlan c : columns) {
            names.add(c.source());
        }
        if (names.size() != columns.size() || columns.isEmpty()) {
            throw new IllegalArgumentException("columns of " + source + " are empty or named twice");
        }
        if (!names.containsAll(key.columns())) {
            throw new IllegalArgumentException("key of " + source + " names unknown columns: " + key.columns());
        }
        if (made && replace) {
            throw new IllegalArgumentException("the rows of " + source + " cannot be replaced in a table that is made");
        }
    }

    /** A table without CHECK constraints whose target is empty. */
    public TablePlan(
            String source,
            String target,
            KeyPlan key,
            List<ColumnPlan> columns,
            Optional<PartitionPlan> partition,
            List<IndexPlan> indexes,
            List<ForeignKeyPlan> foreignKeys,
            long expectedRows,
            boolean made) {
        this(source, target, key, columns, partition, indexes, foreignKeys, List.of(), expectedRows, made, false);
    }

    /** A table of the same name on both sides, made by {@code apply}, with no secondary indexes. */
    public static TablePlan simple(String name, KeyPlan key, List<ColumnPlan> columns) {
        return new TablePlan(name, name, key, columns, Optional.empty(), List.of(), List.of(), 0, true);
    }

    /** What a source's copy of this table lacks for it to be carried; empty where nothing. */
    public Optional<String> lackedBy(Optional<SourceTable> copy) {
        if (copy.isEmpty()) {
            return Optional.of("there is no such table");
        }
        List<String> lacking = columns.stream()
                .map(ColumnPlan::source)
                .filter(c -> copy.get().column(c).isEmpty())
                .toList();
        if (!lacking.isEmpty()) {
            return Optional.of("it has no column " + String.join(", ", lacking));
        }
        boolean otherKey = key.kind() == KeyPlan.Kind.PRIMARY_KEY
                && !Set.copyOf(copy.get().primaryKey().stream()
                                .map(c -> c.name().toLowerCase(Locale.ROOT))
                                .toList())
                        .equals(Set.copyOf(key.columns().stream()
                                .map(c -> c.toLowerCase(Locale.ROOT))
                                .toList()));
        return otherKey ? Optional.of("it has another primary key") : Optional.empty();
    }

    /** Positions of the key columns in {@link #columns}; empty for a table carried by rowid. */
    public List<Integer> keyPositions() {
        List<Integer> positions = new ArrayList<>();
        for (String k : key.columns()) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).source().equals(k)) {
                    positions.add(i);
                }
            }
        }
        return positions;
    }

    /** Target names of the key columns, in key order; {@link KeyPlan#ROWID_COLUMN} for a table carried by rowid. */
    public List<String> targetKey() {
        if (key.isRowid()) {
            return List.of(KeyPlan.ROWID_COLUMN);
        }
        return keyPositions().stream().map(i -> columns.get(i).target()).toList();
    }

    /** Target names of the columns that say in which partition a row stands; empty where the table has none. */
    public List<String> partitionColumns() {
        if (partition.isEmpty()) {
            return List.of();
        }
        if (partition.get() instanceof PartitionPlan.ByHash hash) {
            return key.isRowid() || hash.columns().isEmpty()
                    ? targetKey()
                    : keyColumns().stream()
                            .filter(c -> hash.columns().contains(c.source()))
                            .map(ColumnPlan::target)
                            .toList();
        }
        return partitionColumn().stream().map(ColumnPlan::target).toList();
    }

    /** The column whose values cut the table into partitions; empty where it has none, or has them by the hash of its key. */
    public Optional<ColumnPlan> partitionColumn() {
        return partition
                .flatMap(PartitionPlan::byColumn)
                .flatMap(name ->
                        columns.stream().filter(c -> c.source().equals(name)).findFirst());
    }

    /** Whether a row stays one row only if its old version is deleted first: its partition can change while its key does not. */
    public boolean movesRows() {
        return partitionColumn()
                .filter(c -> !key.columns().contains(c.source()))
                .isPresent();
    }

    /** Target names of the columns that the target's key has: the key's, then the partition column where it is no part of it. */
    public List<String> uniqueKey() {
        List<String> names = new ArrayList<>(targetKey());
        if (movesRows()) {
            names.addAll(partitionColumns());
        }
        return names;
    }

    /** The key columns, in key order; empty for a table carried by rowid. */
    public List<ColumnPlan> keyColumns() {
        return keyPositions().stream().map(columns::get).toList();
    }
}
