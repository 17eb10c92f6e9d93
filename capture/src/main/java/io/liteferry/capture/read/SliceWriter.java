package io.liteferry.capture.read;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.RowReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the records of one slice, each with its tag. Writers are used again from row to row. */
final class SliceWriter {
    /** Above this a slice ends: what is read but not yet sent must fit a small heap. */
    static final long MAX_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SliceWriter.class);

    private final OpenBatch batch;
    private final long tsMillis;
    private final PackedWriter value;
    private final List<ChangeRecord> records = new ArrayList<>();
    private long bytes;

    /** A batch that is being read: its name, when it began, what it has so far. */
    static final class OpenBatch {
        final BatchId id;
        final long sinceMillis;
        final List<String> tables;
        final long[] counts;
        private long ordinal;

        /** @param tables names of the tables, by their numbers */
        OpenBatch(BatchId id, long sinceMillis, List<String> tables) {
            this.id = id;
            this.sinceMillis = sinceMillis;
            this.tables = tables;
            this.counts = new long[tables.size()];
        }
    }

    SliceWriter(OpenBatch batch, long tsMillis, PackedWriter scratch) {
        this.batch = batch;
        this.tsMillis = tsMillis;
        this.value = scratch;
    }

    /** The row that {@code reader} stands on; its values are {@code columns} columns from {@code first} on. */
    void row(int table, Operation op, byte[] key, RowReader reader, int first, int columns) throws SQLException {
        ChangeFormat.writeHeader(value.reset(), op, batch.id, batch.ordinal, tsMillis, columns);
        reader.values(value, first, columns);
        add(table, op, key);
    }

    void delete(int table, byte[] key) {
        ChangeFormat.writeHeader(value.reset(), Operation.DELETE, batch.id, batch.ordinal, tsMillis, 0);
        if (!KafkaClients.fits(key.length, value.length())) {
            LOG.warn(
                    "A row is gone whose key no record can hold, so none was ever sent table={} bytes={}",
                    batch.tables.get(table),
                    key.length);
            return;
        }
        add(table, Operation.DELETE, key);
    }

    private void add(int table, Operation op, byte[] key) {
        if (!KafkaClients.fits(key.length, value.length())) {
            throw Breaks.rowTooLarge(batch.tables.get(table), new RowKey(key), key.length + value.length());
        }
        records.add(new ChangeRecord(table, op, key, value.toBytes()));
        batch.ordinal++;
        batch.counts[table]++;
        bytes += key.length + value.length();
    }

    /** The tag of the record that is written next. */
    RecordTag next() {
        return new RecordTag(batch.id.epoch(), batch.id.batch(), batch.ordinal);
    }

    boolean full() {
        return bytes >= MAX_BYTES;
    }

    int rows() {
        return records.size();
    }

    List<ChangeRecord> records() {
        return records;
    }
}
