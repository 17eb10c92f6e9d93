package io.liteferry.capture.read;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What one read transaction gave: records of one batch, and the batch's END where it reached the end of the log.
 *
 * @param end to be sent when all records of the batch, from this and the earlier slices, are acknowledged
 * @param logRows rows of the change log
 */
public record Slice(BatchId batch, List<ChangeRecord> records, Optional<BatchEnd> end, long logRows) {
    public Slice {
        records = Collections.unmodifiableList(records);
    }
}
