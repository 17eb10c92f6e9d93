package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How far one table is, as of a batch.
 *
 * @param cursor canonical packed key of the last snapshot row, or null before the first; rows above it are not there yet
 * @param rows rows the snapshot has carried so far
 * @param expectedRows rows the table held when the snapshot began, for progress only
 * @param reason why a table is suspended, or gets on more slowly or not at all for now, and what to do; or null
 * @param since null for a table's first snapshot. For a later one where it began: what the target holds and no record from
 *     here on names is gone from the source, so it must be deleted when this snapshot is complete. No two snapshots of a
 *     table begin at the same record, and a later one never before an earlier one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TableProgress(
        @JsonProperty("state") State state,
        @JsonProperty("cursor") byte @Nullable [] cursor,
        @JsonProperty("rows") long rows,
        @JsonProperty("expected_rows") long expectedRows,
        @JsonProperty("reason") @Nullable String reason,
        @JsonProperty("since") @Nullable RecordTag since) {

    /** States of a table in the stream. */
    public enum State {
        PENDING,
        SNAPSHOT,
        STREAMING,
        SUSPENDED
    }

    public static TableProgress pending(long expectedRows) {
        return new TableProgress(State.PENDING, null, 0, expectedRows, null, null);
    }

    /**
     * A new snapshot of a table that the target may hold rows of already.
     *
     * @param next the first record that is read after whatever made it necessary
     */
    public TableProgress again(RecordTag next) {
        return new TableProgress(State.PENDING, null, 0, expectedRows, null, next);
    }

    public TableProgress snapshotAt(byte[] cursor, long moreRows) {
        return new TableProgress(State.SNAPSHOT, cursor, rows + moreRows, expectedRows, null, since);
    }

    public TableProgress streaming() {
        return new TableProgress(State.STREAMING, null, rows, expectedRows, null, since);
    }

    /** The same with why it gets on more slowly or not at all for now; a suspended table keeps its reason. */
    public TableProgress held(@Nullable String why) {
        return state == State.SUSPENDED ? this : new TableProgress(state, cursor, rows, expectedRows, why, since);
    }

    public TableProgress suspended(String why) {
        return new TableProgress(State.SUSPENDED, cursor, rows, expectedRows, why, since);
    }
}
