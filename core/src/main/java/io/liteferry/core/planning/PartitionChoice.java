package io.liteferry.core.planning;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.preflight.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hash partitions for large tables, only where no unique index and no inbound foreign key would be lost; else it names what would be. */
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
        if (!table.made() || rows < options.number(Options.PARTITION_HASH_MIN_ROWS)) {
            return Optional.empty();
        }
        int count = options.integer(Options.PARTITION_HASH_COUNT);
        List<String> lost = lost(table);
        if (table.key().isRowid() || !lost.isEmpty()) {
            findings.add(Finding.info(
                    "PLAN-NOT-PARTITIONED",
                    table.source(),
                    ColumnProfile.number(rows)
                            + " rows stay in one table; partitions by the hash of its key would lose "
                            + (lost.isEmpty() ? "nothing, but the key is the rowid" : String.join(", ", lost)),
                    "To have them nevertheless, remove what would be lost and write partition: { hash: [key], count: "
                            + count + " }" + byTime(table)));
            return Optional.empty();
        }
        findings.add(Finding.info(
                "PLAN-PARTITIONED",
                table.source(),
                ColumnProfile.number(rows) + " rows, no other unique index, no inbound foreign key: " + count
                        + " hash partitions by its key",
                "Remove partition: to keep one plain table" + byTime(table)));
        return Optional.of(new PartitionPlan.ByHash(table.key().columns(), count));
    }

    /** Of a target that is partitioned by anything but these columns nothing may be unique, and nothing may point to it. */
    private List<String> lost(TableDraft table) {
        List<String> lost = new ArrayList<>();
        indexes.getOrDefault(table.source(), List.of()).stream()
                .filter(IndexPlan::unique)
                .forEach(i -> lost.add("unique index " + i.name()));
        foreignKeys.values().stream()
                .flatMap(Collection::stream)
                .filter(f -> f.referencedTable().equals(table.target()))
                .forEach(f -> lost.add("foreign key " + f.name()));
        return lost;
    }

    private static String byTime(TableDraft table) {
        return table.columns().stream()
                .filter(c -> switch (c.type().kind()) {
                    case DATE, TIMESTAMP, TIMESTAMPTZ -> !c.nullable();
                    default -> false;
                })
                .findFirst()
                .map(c -> "; by time it would be partition: { range: " + c.source() + ", every: month }")
                .orElse("");
    }
}
