package io.liteferry.capture.record;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Key and value of a record with their schemas; a tombstone has no value. */
public record Payload(
        Schema keySchema,
        Object key,
        @Nullable Schema valueSchema,
        @Nullable Object value) {
    public Payload tombstone() {
        return new Payload(keySchema, key, null, null);
    }
}
