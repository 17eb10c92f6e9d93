package io.liteferry.core.plan;

import java.util.List;

/**
 * Hash partitions of a target table by its key.
 *
 * @param columns source names of the partition columns, a subset of the key
 * @param partitions number of partitions
 */
public record PartitionPlan(List<String> columns, int partitions) {
    public PartitionPlan {
        columns = List.copyOf(columns);
    }
}
