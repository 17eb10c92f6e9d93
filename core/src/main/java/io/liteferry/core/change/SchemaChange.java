package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What capture saw happen to the schema of a table, published on {@code <name>.schema-changes}. Every change stands there
 * once or more, before the END of the batch that carries it.
 *
 * @param table source name
 * @param what for people: what happened and what is done about it
 * @param before columns of the source before, in order; empty where they are not known
 * @param after columns of the source now; empty where the table is gone
 * @param changes what the sink does to the target table, in this order
 * @param snapshotAgain the table is read again whole
 */
public record SchemaChange(
        @JsonProperty("table") String table,
        @JsonProperty("kind") Kind kind,
        @JsonProperty("what") String what,
        @JsonProperty("before") List<String> before,
        @JsonProperty("after") List<String> after,
        @JsonProperty("changes") List<ColumnChange> changes,
        @JsonProperty("snapshot_again") boolean snapshotAgain) {

    /** What kind of change. */
    public enum Kind {
        /** The target follows. */
        EVOLVED,
        /** What the log holds may not be all that happened to the table. */
        SNAPSHOT_AGAIN,
        /** Capture waits, for itself or for a person; {@code what} says for what. */
        SUSPENDED,
        /** A table that the migration file does not know. */
        NEW_TABLE
    }

    public SchemaChange {
        before = List.copyOf(before);
        after = List.copyOf(after);
        changes = List.copyOf(changes);
    }
}
