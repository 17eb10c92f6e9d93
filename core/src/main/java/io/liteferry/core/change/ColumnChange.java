package io.liteferry.core.change;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a table's columns, or a new unique index over some of them, as it is made at the target.
 *
 * @param column source name before the change; of an added column or an index, its name
 * @param to source name after a rename, else null
 * @param target name at the target after the change; of a dropped column, the one it had
 * @param type of an added column, as PostgreSQL writes it, else null
 * @param encoding of an added column, as the migration file writes it, else null
 * @param nullable of an added column
 * @param defaultSql of an added column, as a PostgreSQL expression, or null
 * @param indexed source columns of a unique index, in its order, else null
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
        @JsonProperty("default") @Nullable String defaultSql,
        @JsonProperty("indexed") @Nullable List<String> indexed) {

    /** What is done. */
    public enum Kind {
        ADD,
        RENAME,
        DROP,
        UNIQUE
    }

    /** Of a column. */
    public ColumnChange(
            Kind kind,
            String column,
            @Nullable String to,
            String target,
            @Nullable String type,
            @Nullable String encoding,
            boolean nullable,
            @Nullable String defaultSql) {
        this(kind, column, to, target, type, encoding, nullable, defaultSql, null);
    }

    public static ColumnChange rename(String column, String to, String target) {
        return new ColumnChange(Kind.RENAME, column, to, target, null, null, true, null);
    }

    public static ColumnChange drop(String column, String target) {
        return new ColumnChange(Kind.DROP, column, null, target, null, null, true, null);
    }

    public static ColumnChange unique(String index, String target, List<String> columns) {
        return new ColumnChange(Kind.UNIQUE, index, null, target, null, null, true, null, List.copyOf(columns));
    }

    /** Whether it changes columns, and not what is demanded of them. */
    public boolean ofColumns() {
        return kind != Kind.UNIQUE;
    }

    /** For people: {@code ADD COLUMN note text}. */
    public String text() {
        return switch (kind) {
            case ADD -> "ADD COLUMN " + column + " " + type + (defaultSql == null ? "" : " DEFAULT " + defaultSql);
            case RENAME -> "RENAME COLUMN " + column + " TO " + to;
            case DROP -> "DROP COLUMN " + column;
            case UNIQUE -> "UNIQUE INDEX " + column + " " + indexed;
        };
    }
}
