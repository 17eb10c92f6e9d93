package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The documents that {@code diff} and {@code repair} print with {@code -o json}. */
public final class MismatchReports {
    private MismatchReports() {}

    /**
     * A row that differs, or did.
     *
     * @param repair when capture was last asked to send it again, or null
     * @param verified when it was seen equal again; null while it differs
     * @param values both sides' values of now; null where nobody asked for them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Line(
            @JsonProperty("source") String source,
            @JsonProperty("table") String table,
            @JsonProperty("key") String key,
            @JsonProperty("kind") String kind,
            @JsonProperty("columns") List<String> columns,
            @JsonProperty("since") String since,
            @JsonProperty("last_seen_at") String seen,
            @JsonProperty("repair_asked_at") @Nullable String repair,
            @JsonProperty("verified_at") @Nullable String verified,
            @JsonProperty("values") @Nullable List<Value> values) {}

    /**
     * One column on both sides.
     *
     * @param source a SQL literal; null where SQLite has no such row
     * @param target PostgreSQL's text form, one for each copy of the row; empty where it has none
     */
    public record Value(
            @JsonProperty("column") String column,
            @JsonProperty("source") @Nullable String source,
            @JsonProperty("target") List<String> target) {}

    /** @param open rows that are known to differ, listed or not */
    public record Diff(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("table") String table,
            @JsonProperty("open") long open,
            @JsonProperty("rows") List<Line> rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Diff(String table, long open, List<Line> rows, List<String> nextSteps) {
            this(Reports.API_VERSION, "DiffReport", table, open, rows, nextSteps);
        }
    }

    /**
     * The answer of {@code repair}.
     *
     * @param asked false where nothing was sent, because it was only to be said what would be
     * @param keys that capture was, or would be, asked for
     * @param rows the first of them, where nothing was sent
     */
    public record Repair(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("asked") boolean asked,
            @JsonProperty("keys") long keys,
            @JsonProperty("rows") List<Line> rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Repair(boolean asked, long keys, List<Line> rows, List<String> nextSteps) {
            this(Reports.API_VERSION, "RepairReport", asked, keys, rows, nextSteps);
        }
    }
}
