package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

    /** Snapshot the named tables again, while they go on streaming. */
    public static final String EXECUTE_SNAPSHOT = "execute-snapshot";

    public static final String STOP_SNAPSHOT = "stop-snapshot";
    public static final String PAUSE_SNAPSHOT = "pause-snapshot";
    public static final String RESUME_SNAPSHOT = "resume-snapshot";

    /** Read nothing at all from the source; the lag grows. */
    public static final String PAUSE = "pause";

    public static final String RESUME = "resume";

    /** Limit the rows of snapshots that are read in a second. */
    public static final String THROTTLE = "throttle";

    public Signal {
        data = Objects.requireNonNullElse(data, new Data("", List.of(), List.of(), null));
    }

    /**
     * What is left out is empty.
     *
     * @param table source name
     * @param keys canonical packed keys, base64 in JSON
     * @param collections source names of tables
     * @param rowsPerSecond with {@link #THROTTLE}: 0 for no limit
     */
    public record Data(
            @JsonProperty("table") String table,
            @JsonProperty("keys") List<byte[]> keys,
            @JsonProperty("data-collections") List<String> collections,

            @JsonProperty("rows-per-second") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long rowsPerSecond) {
        public Data {
            table = Objects.requireNonNullElse(table, "");
            keys = List.copyOf(Objects.requireNonNullElse(keys, List.of()));
            collections = List.copyOf(Objects.requireNonNullElse(collections, List.of()));
        }

        public Data(String table, List<byte[]> keys) {
            this(table, keys, List.of(), null);
        }
    }

    /** A signal without data, or with tables. */
    public static Signal of(String id, String type, List<String> tables) {
        return new Signal(id, type, new Data("", List.of(), tables, null));
    }

    public static Signal throttle(String id, long rowsPerSecond) {
        return new Signal(id, THROTTLE, new Data("", List.of(), List.of(), rowsPerSecond));
    }

    public static Signal emitKeys(String id, String table, List<byte[]> keys) {
        return new Signal(id, EMIT_KEYS, new Data(table, List.copyOf(keys)));
    }
}
