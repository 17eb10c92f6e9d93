package io.liteferry.validator.compare;

import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.PartitionPlan.Nulls;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PartitionRecord;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.SourceForm;
import io.liteferry.validator.canonical.SourceKeys;
import io.liteferry.validator.canonical.TargetForm;
import io.liteferry.validator.canonical.TargetLiterals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table as they are compared: which columns in which order, which of them are the key. A table carried by
 * its rowid has it as a first column of its own.
 */
final class TableLayout {
    private final TablePlan plan;
    private final List<ColumnPlan> columns;
    private final int[] key;
    private final String target;
    private final Optional<TableEvolution> evolution;
    private final String maskSecret;
    private final SourceForm keyForm;
    private final SourceKeys sourceKeys;

    /**
     * @param schema of the target
     * @param evolution that has led from the migration file to {@code plan}
     * @param maskSecret key of the hashes in masked columns
     */
    TableLayout(String schema, TablePlan plan, Optional<TableEvolution> evolution, String maskSecret) {
        this(schema, plan, evolution, maskSecret, true);
    }

    /** Without the rowid: of a target that does not hold it, so that nothing names a row there. */
    static TableLayout keyless(String schema, TablePlan plan, String maskSecret) {
        return new TableLayout(schema, plan, Optional.empty(), maskSecret, false);
    }

    private TableLayout(
            String schema, TablePlan plan, Optional<TableEvolution> evolution, String maskSecret, boolean keyed) {
        this.maskSecret = maskSecret;
        this.evolution = evolution;
        this.plan = plan;
        this.columns = new ArrayList<>();
        if (keyed && plan.key().isRowid()) {
            columns.add(rowid());
            key = new int[] {0};
        } else {
            key = keyed ? plan.keyPositions().stream().mapToInt(i -> i).toArray() : new int[0];
        }
        columns.addAll(plan.columns());
        this.target = PgSql.name(schema, plan.target());
        this.keyForm = new SourceForm(
                keyColumns(), IntStream.range(0, key.length).boxed().collect(Collectors.toSet()), maskSecret);
        this.sourceKeys = new SourceKeys(keyColumns());
    }

    private static ColumnPlan rowid() {
        ColumnPlan c = ColumnPlan.plain(KeyPlan.ROWID_COLUMN, TargetType.of(TargetType.Kind.BIGINT));
        return c.notNull();
    }

    String name() {
        return plan.source();
    }

    Optional<TableEvolution> evolution() {
        return evolution;
    }

    TablePlan plan() {
        return plan;
    }

    boolean carriedByRowid() {
        return plan.key().isRowid();
    }

    List<ColumnPlan> columns() {
        return columns;
    }

    /** Positions of the key columns in {@link #columns()}. */
    int[] key() {
        return key;
    }

    List<ColumnPlan> keyColumns() {
        return IntStream.of(key).mapToObj(columns::get).toList();
    }

    /** Position of the column whose values cut the target into partitions; -1 where none does. */
    private int partitionPosition() {
        return plan.partitionColumn().map(columns::indexOf).orElse(-1);
    }

    /** That column's value in canonical form; null where there is none such. */
    byte @Nullable [] place(CanonicalRow row) {
        int position = partitionPosition();
        return position < 0 ? null : row.columns(new int[] {position});
    }

    /** The value of {@link #place} as PostgreSQL reads it. */
    String placeLiteral(byte[] place) {
        return new TargetLiterals(List.of(columns.get(partitionPosition())))
                .of(place)
                .get(0);
    }

    /** What is known of the target's partitions; empty where no column's values cut it. */
    Optional<PartitionRecord> partitions(String source) {
        return plan.partitionColumn().map(c -> new PartitionRecord(source, name(), target, c.target()));
    }

    /** Source names of some columns; the rowid has none of its own. */
    List<String> names(List<Integer> positions) {
        return positions.stream().map(i -> columns.get(i).source()).toList();
    }

    /** Schema and name, quoted. */
    String target() {
        return target;
    }

    String targetColumns(String alias) {
        return columns.stream().map(c -> alias + PgSql.name(c.target())).collect(Collectors.joining(", "));
    }

    CanonicalRow newRow() {
        return new CanonicalRow(columns.size());
    }

    SourceForm sourceForm() {
        Set<Integer> positions = new HashSet<>();
        for (int k : key) {
            positions.add(k);
        }
        return new SourceForm(columns, positions, maskSecret);
    }

    /** For keys alone: of the change log, of the quarantine. */
    SourceForm keyForm() {
        return keyForm;
    }

    TargetForm targetForm() {
        boolean infinite = plan.partition()
                .filter(p -> p instanceof PartitionPlan.ByRange r && r.nulls() == Nulls.MINUS_INFINITY)
                .isPresent();
        return new TargetForm(columns, infinite ? partitionPosition() : -1);
    }

    TargetLiterals literals() {
        return new TargetLiterals(keyColumns());
    }

    SourceKeys sourceKeys() {
        return sourceKeys;
    }
}
