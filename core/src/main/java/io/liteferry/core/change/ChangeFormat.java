package io.liteferry.core.change;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;

/**
 * The value of a change record in the topics: a version byte, the operation's letter, varints epoch, batch, ordinal and
 * ts_ms, the number of columns (0 for a delete), then the row's values in plan order, in the packed form. The record's
 * key is the canonical {@link io.liteferry.core.row.RowKey}. A table carried by rowid has the rowid in its key only.
 *
 * <p>{@code ordinal} runs from 0 over the whole batch, across topics: the sink counts distinct ordinals, so a record
 * that Kafka holds twice counts once.
 */
public final class ChangeFormat {
    public static final int VERSION = 1;

    private ChangeFormat() {}

    /** Writes everything before the values; the caller appends exactly {@code columns} of them. */
    public static PackedWriter writeHeader(
            PackedWriter w, Operation op, BatchId batch, long ordinal, long tsMillis, int columns) {
        return w.putByte(VERSION)
                .putByte(op.code())
                .putVarint(batch.epoch())
                .putVarint(batch.batch())
                .putVarint(ordinal)
                .putVarint(tsMillis)
                .putVarint(columns);
    }

    /** Reads a header and leaves the reader at the first value. */
    public static Header readHeader(PackedReader r) {
        int version = r.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException("format version " + version + ", this program reads " + VERSION);
        }
        Operation op = Operation.ofCode(r.readByte());
        BatchId batch = new BatchId(r.readVarint(), r.readVarint());
        return new Header(op, batch, r.readVarint(), r.readVarint(), Math.toIntExact(r.readVarint()));
    }

    /**
     * The tag of a record.
     *
     * @param ordinal position in the batch, from 0
     * @param tsMillis when capture read the row, milliseconds since 1970
     * @param columns number of values that follow; 0 for a delete
     */
    public record Header(Operation op, BatchId batch, long ordinal, long tsMillis, int columns) {}
}
