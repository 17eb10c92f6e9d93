package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One record of {@code <name>.reverse}: what the application has written to PostgreSQL after the switch. A transaction is
 * {@code begin}, its changes, {@code end}, in the order of the commits; one that begins while another has not ended replaces
 * it, because the reader of the log was started again. A transaction may stand twice; its {@code lsn} says so.
 *
 * <p>All values are text as PostgreSQL prints them (with {@code DateStyle ISO}, zone UTC, {@code bytea_output hex}), so that
 * {@code '…'::text::type} gives the value back.
 *
 * @param lsn of an END: where the transaction ends in PostgreSQL's log; grows from END to END. Of every record: what
 *     PostgreSQL may be told to forget once Kafka has it
 * @param millis when the transaction was committed, by PostgreSQL's clock
 * @param table name in the source; empty where the record is of no table
 * @param key after the change: values by target name, in key order. Of a delete: the key that is gone
 * @param before the key before the change; only where an update has changed it
 * @param after values by target name; without those that are unavailable. Empty of a delete
 * @param unavailable target names of columns that the change has not touched and whose values PostgreSQL keeps apart (TOAST)
 * @param mark what was given to {@code pg_logical_emit_message(true, 'liteferry', mark)}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ReverseRecord(
        @JsonProperty("kind") Kind kind,
        @JsonProperty("transaction") long transaction,
        @JsonProperty("lsn") long lsn,
        @JsonProperty("ts_ms") long millis,
        @JsonProperty("table") String table,
        @Nullable @JsonProperty("op") Operation op,
        @JsonProperty("key") Map<String, @Nullable String> key,
        @JsonProperty("before") Map<String, @Nullable String> before,
        @JsonProperty("after") Map<String, @Nullable String> after,
        @JsonProperty("unavailable") List<String> unavailable,
        @JsonProperty("mark") String mark) {

    /** The prefix of PostgreSQL's logical messages that become marks. */
    public static final String MARK_PREFIX = "liteferry";

    /** Marks that begin so are the validator's, and nobody else's to wait for. */
    public static final String CHECK_MARK = "check ";

    /** What a record is. */
    public enum Kind {
        @JsonProperty("begin")
        BEGIN,
        @JsonProperty("change")
        CHANGE,
        @JsonProperty("truncate")
        TRUNCATE,
        @JsonProperty("mark")
        MARK,
        @JsonProperty("end")
        END,
        /** Of no transaction: the log was read up to {@link ReverseRecord#lsn}. */
        @JsonProperty("heartbeat")
        HEARTBEAT
    }

    /** What a change did to the row, with Debezium's letters. */
    public enum Operation {
        @JsonProperty("c")
        CREATE,
        @JsonProperty("u")
        UPDATE,
        @JsonProperty("d")
        DELETE
    }

    public ReverseRecord {
        table = Objects.requireNonNullElse(table, "");
        key = ordered(key);
        before = ordered(before);
        after = ordered(after);
        unavailable = unavailable == null ? List.of() : List.copyOf(unavailable);
        mark = Objects.requireNonNullElse(mark, "");
    }

    private static Map<String, @Nullable String> ordered(@Nullable Map<String, @Nullable String> values) {
        return values == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public static ReverseRecord begin(long transaction, long lsn, long millis) {
        return bare(Kind.BEGIN, transaction, lsn, millis, "", "");
    }

    public static ReverseRecord end(long transaction, long lsn, long millis) {
        return bare(Kind.END, transaction, lsn, millis, "", "");
    }

    public static ReverseRecord heartbeat(long lsn, long millis) {
        return bare(Kind.HEARTBEAT, 0, lsn, millis, "", "");
    }

    public static ReverseRecord truncate(long transaction, long lsn, long millis, String table) {
        return bare(Kind.TRUNCATE, transaction, lsn, millis, table, "");
    }

    public static ReverseRecord mark(long transaction, long lsn, long millis, String mark) {
        return bare(Kind.MARK, transaction, lsn, millis, "", mark);
    }

    private static ReverseRecord bare(Kind kind, long transaction, long lsn, long millis, String table, String mark) {
        return new ReverseRecord(
                kind, transaction, lsn, millis, table, null, Map.of(), Map.of(), Map.of(), List.of(), mark);
    }
}
