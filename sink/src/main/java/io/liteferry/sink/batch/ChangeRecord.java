package io.liteferry.sink.batch;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;

/**
 * One change as it stood in Kafka. The row is decoded when it is written, and only if it is the last of its key.
 *
 * @param values where the row's values begin in {@code record}
 */
public record ChangeRecord(
        BatchId batch,
        long ordinal,
        Operation operation,
        byte[] key,
        byte[] record,
        int values,
        int columns,
        long offset) {
    /** What a record weighs beside its bytes: two arrays and this object. */
    private static final long OBJECT_BYTES = 112;

    /** @throws IllegalArgumentException where the value is not of this format */
    public static ChangeRecord of(PackedReader reader, byte[] key, byte[] record, long offset) {
        ChangeFormat.Header h = ChangeFormat.readHeader(reader.reset(record));
        return new ChangeRecord(h.batch(), h.ordinal(), h.op(), key, record, reader.position(), h.columns(), offset);
    }

    public boolean isDelete() {
        return operation == Operation.DELETE;
    }

    /** The same, as the word that the target is to have no row of this key. */
    public ChangeRecord asDelete() {
        return new ChangeRecord(batch, ordinal, Operation.DELETE, key, record, values, columns, offset);
    }

    public RecordTag tag() {
        return new RecordTag(batch.epoch(), batch.batch(), ordinal);
    }

    public RowKey rowKey() {
        return new RowKey(key);
    }

    /** True where this record says more of its key than {@code other}: a later batch, or later in the same. */
    public boolean isLaterThan(ChangeRecord other) {
        int byBatch = batch.compareTo(other.batch);
        return byBatch > 0 || byBatch == 0 && ordinal > other.ordinal;
    }

    public long bytes() {
        return OBJECT_BYTES + key.length + record.length;
    }
}
