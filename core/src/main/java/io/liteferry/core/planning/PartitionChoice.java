package io.liteferry.core.planning;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.preflight.Finding;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hash partitions for large tables, only where no unique index and no inbound foreign key would be lost. */
final class PartitionChoice {
    private final Options options;
    private final Map<String, List<IndexPlan>> indexes;
    private final Map<String, List<ForeignKeyPlan>> foreignKeys;
    private final List<Finding> findings;

    PartitionChoice(
            Options options,
            Map<String, List<IndexPlan>> indexes,
            Map<String, List<ForeignKeyPlan>> foreignKeys,
            List<Finding> findings) {
        this.options = options;
        this.indexes = indexes;
        this.foreignKeys = foreignKeys;
        this.findings = findings;
    }

    Optional<PartitionPlan> of(TableDraft table) {
        long rows = table.profile().rows();
        if (!table.made()
                || table.key().isRowid()
                || rows < options.number(Options.PARTITION_HASH_MIN_ROWS)
                || indexes.getOrDefault(table.source(), List.of()).stream().anyMatch(IndexPlan::unique)
                || referenced(table)) {
            return Optional.empty();
        }
        int count = options.integer(Options.PARTITION_HASH_COUNT);
        findings.add(Finding.info(
                "PLAN-PARTITIONED",
                table.source(),
                ColumnProfile.number(rows) + " rows, no other unique index, no inbound foreign key: " + count
                        + " hash partitions by its key",
                "Remove partition: to keep one plain table"));
        return Optional.of(new PartitionPlan(table.key().columns(), count));
    }

    private boolean referenced(TableDraft table) {
        return foreignKeys.values().stream()
                .flatMap(Collection::stream)
                .anyMatch(f -> f.referencedTable().equals(table.target()));
    }
}
