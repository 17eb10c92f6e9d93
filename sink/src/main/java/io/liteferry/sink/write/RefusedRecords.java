package io.liteferry.sink.write;

import io.liteferry.core.change.BatchId;
import io.liteferry.sink.batch.ChangeRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Records of spooled batches that PostgreSQL refused only when their batch was merged. The stage holds no record as it
 * stood in Kafka, which the quarantine keeps; so the batch is read again, and they are put aside as they come past.
 * Outlives the run that found them.
 */
public final class RefusedRecords {
    private final Map<Place, String> states = new HashMap<>();
    private final Set<BatchId> readAgain = new HashSet<>();

    private record Place(String table, BatchId batch, long ordinal) {}

    void add(TargetTable table, BatchId batch, long ordinal, String sqlState) {
        states.put(new Place(table.source(), batch, ordinal), sqlState);
    }

    /** The SQLSTATE with which the record was refused. */
    Optional<String> state(TargetTable table, ChangeRecord r) {
        return states.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(states.get(new Place(table.source(), r.batch(), r.ordinal())));
    }

    /** Whether the batch may be read again because its rows have lost a partition; once only. */
    boolean readAgain(BatchId batch) {
        return readAgain.add(batch);
    }

    int size() {
        return states.size();
    }

    /** The batch is applied. */
    void forget(BatchId applied) {
        readAgain.removeIf(b -> b.compareTo(applied) <= 0);
        states.keySet().removeIf(p -> p.batch.compareTo(applied) <= 0);
    }
}
