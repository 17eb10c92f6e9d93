package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One change of a table's columns, as it is made at the target.
 *
 * @param column source name before the change; of an added column, its name
 * @param to source name after a rename, else null
 * @param target name at the target after the change; of a dropped column, the one it had
 * @param type of an added column, as PostgreSQL writes it, else null
 * @param encoding of an added column, as the migration file writes it, else null
 * @param nullable of an added column
 * @param defaultSql of an added column, as a PostgreSQL expression, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ColumnChange(
        @JsonProperty("kind") Kind kind,
        @JsonProperty("column") String column,
        @JsonProperty("to") @Nullable String to,
        @JsonProperty("target") String target,
        @JsonProperty("type") @Nullable String type,
        @JsonProperty("encoding") @Nullable String encoding,
        @JsonProperty("nullable") boolean nullable,
        @JsonProperty("default") @Nullable String defaultSql) {

    /** What is done. */
    public enum Kind {
        ADD,
        RENAME,
        DROP
    }

    public static ColumnChange rename(String column, String to, String target) {
        return new ColumnChange(Kind.RENAME, column, to, target, null, null, true, null);
    }

    public static ColumnChange drop(String column, String target) {
        return new ColumnChange(Kind.DROP, column, null, target, null, null, true, null);
    }

    /** For people: {@code ADD COLUMN note text}. */
    public String text() {
        return switch (kind) {
            case ADD -> "ADD COLUMN " + column + " " + type + (defaultSql == null ? "" : " DEFAULT " + defaultSql);
            case RENAME -> "RENAME COLUMN " + column + " TO " + to;
            case DROP -> "DROP COLUMN " + column;
        };
    }
}
