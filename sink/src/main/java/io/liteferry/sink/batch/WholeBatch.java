package io.liteferry.sink.batch;

import io.liteferry.core.change.BatchEnd;
import java.util.List;

/**
 * One or more consecutive batches, all of whose records are here; the source as of {@link #last()} is what the target is
 * once they are applied.
 *
 * @param ends in source order
 * @param records by table topic; of two records of a key the later one wins
 * @param spooled where the batch was too large for memory: its other records stand in the stage tables
 * @param endOffset offset of the last END
 */
public record WholeBatch(List<BatchEnd> ends, List<List<ChangeRecord>> records, boolean spooled, long endOffset) {
    public BatchEnd first() {
        return ends.get(0);
    }

    public BatchEnd last() {
        return ends.get(ends.size() - 1);
    }

    public long size() {
        return ends.stream().mapToLong(BatchEnd::records).sum();
    }
}
