package io.liteferry.capture.connector;

import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The records of one poll as one. Debezium's engine gives every record to a pool of threads and waits for its future, which
 * for one row costs more than to read it; so the capture service's engine carries a bundle a poll.
 */
public final class Bundle extends SourceRecord {
    private static final long serialVersionUID = 1;

    private final transient List<SourceRecord> records;

    /** @param records of one source, at least one */
    Bundle(List<SourceRecord> records) {
        super(records.get(0).sourcePartition(), records.get(0).sourceOffset(), "", null, null, null);
        this.records = records;
    }

    /** What is to be sent, in order. */
    public List<SourceRecord> records() {
        return records;
    }
}
