package io.liteferry.capture.record;

import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.SchemaChangeEvent;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Schema;

/** The bytes as they were read; ENDs are JSON. Nothing is decoded on the way. */
final class PackedRecords implements RecordFormat {
    private final byte[] endKey;

    PackedRecords(String source) {
        this.endKey = source.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Payload change(ChangeRecord change) {
        return bytes(change.key(), change.value());
    }

    @Override
    public Payload end(BatchEnd end) {
        return bytes(endKey, Json.bytes(end));
    }

    @Override
    public Payload schemaChange(SchemaChangeEvent event) {
        return bytes(endKey, Json.bytes(event));
    }

    @Override
    public boolean tombstones() {
        return false;
    }

    private static Payload bytes(byte[] key, byte[] value) {
        return new Payload(Schema.BYTES_SCHEMA, key, Schema.BYTES_SCHEMA, value);
    }
}
