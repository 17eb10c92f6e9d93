package io.liteferry.core.planning;

import io.liteferry.core.plan.CheckPlan;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TablePlan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A table whose key and columns are chosen; what joins it to other tables is not yet.
 *
 * @param reasons why each column is as it is, by source name
 */
record TableDraft(
        TableProfile profile,
        String target,
        KeyPlan key,
        List<ColumnPlan> columns,
        Map<String, String> reasons,
        boolean made) {

    String source() {
        return profile.table().name();
    }

    Optional<ColumnPlan> column(String sourceName) {
        String wanted = sourceName.toLowerCase(Locale.ROOT);
        return columns.stream()
                .filter(c -> c.source().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst();
    }

    TablePlan plan(
            Optional<PartitionPlan> partition,
            List<IndexPlan> indexes,
            List<ForeignKeyPlan> foreignKeys,
            List<CheckPlan> checks) {
        return new TablePlan(
                source(), target, key, columns, partition, indexes, foreignKeys, checks, profile.rows(), made, false);
    }
}
