package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * A request to capture on {@code <name>.signals}, in Debezium's signal format: the record's key is the migration's name,
 * its value {@code {"id":…, "type":…, "data":{…}}}.
 */
public record Signal(
        @JsonProperty("id") String id,
        @JsonProperty("type") String type,
        @JsonProperty("data") Data data) {
    /** Emit the named keys again, in order with live changes: how a repair is made. */
    public static final String EMIT_KEYS = "emit-keys";

    /**
     * @param table source name
     * @param keys canonical packed keys, base64 in JSON
     */
    public record Data(
            @JsonProperty("table") String table,
            @JsonProperty("keys") List<byte[]> keys) {
        public Data {
            Objects.requireNonNull(table, "table");
            keys = List.copyOf(keys);
        }
    }

    public static Signal emitKeys(String id, String table, List<byte[]> keys) {
        return new Signal(id, EMIT_KEYS, new Data(table, List.copyOf(keys)));
    }
}
