package io.liteferry.core.plan;

import io.liteferry.core.plan.Mask.Way;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where a mask must not stand. Not in a key: rows are found by it on both sides, and a masked value cannot be looked up
 * in the source. Not where a foreign key would lose its parent or a unique index its uniqueness.
 */
final class MaskChecks {
    private final Collection<TablePlan> tables;

    MaskChecks(Collection<TablePlan> tables) {
        this.tables = tables;
    }

    void check(TablePlan t, YamlMap yaml) {
        for (ColumnPlan c : t.columns()) {
            c.mask()
                    .flatMap(m -> obstacle(t, c, m))
                    .ifPresent(p -> yaml.problemAt(List.of("columns", c.source(), "mask"), ": " + p));
        }
    }

    private Optional<String> obstacle(TablePlan t, ColumnPlan c, Mask mask) {
        if (t.key().columns().contains(c.source())) {
            return Optional.of("a column of the key cannot be masked: rows are found by it on both sides");
        }
        if (t.partitionColumns().contains(c.target())) {
            return Optional.of("the partition column cannot be masked: its values say in which partition a row stands");
        }
        boolean parent = tables.stream()
                .flatMap(o -> o.foreignKeys().stream())
                .anyMatch(f -> f.referencedTable().equals(t.target())
                        && f.referencedColumns().contains(c.target()));
        boolean child = t.foreignKeys().stream().anyMatch(f -> f.columns().contains(c.target()));
        if (parent || child && mask.way() != Way.NULL) {
            return Optional.of("a foreign key would lose its parent row; remove the foreign key"
                    + (parent ? "" : ", or mask: null"));
        }
        boolean unique = t.indexes().stream()
                .filter(IndexPlan::unique)
                .flatMap(i -> i.terms().stream())
                .anyMatch(term -> QuotedNames.of(term).contains(c.target()));
        if (unique && (mask.way() == Way.FIXED || mask.way() == Way.PARTIAL)) {
            return Optional.of("a unique index would lose its uniqueness; hash keeps it");
        }
        boolean checked =
                t.checks().stream().anyMatch(k -> QuotedNames.of(k.expression()).contains(c.target()));
        if (checked && mask.way() != Way.NULL) {
            return Optional.of("a CHECK may refuse the mask; remove it from checks");
        }
        return mask.obstacle(c);
    }
}
