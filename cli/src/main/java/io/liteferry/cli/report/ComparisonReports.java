package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.validation.Consistency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document that {@code compare} prints with {@code -o json}. */
public final class ComparisonReports {
    private ComparisonReports() {}

    /**
     * @param equal whether all of the file was compared and nothing differs
     * @param rows the first that differ
     * @param notCompared what of the file has no counterpart that it could be compared with, and why
     * @param notes how what was compared was read
     * @param onlyInTarget tables of the schema that the file has none for
     */
    public record Comparison(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("equal") boolean equal,
            @JsonProperty("consistency") Consistency consistency,
            @JsonProperty("tables") List<Table> tables,
            @JsonProperty("rows") List<Row> rows,
            @JsonProperty("not_compared") List<String> notCompared,
            @JsonProperty("notes") List<String> notes,
            @JsonProperty("only_in_target") List<String> onlyInTarget,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    /**
     * One table.
     *
     * @param sourceMoved whether the file was written to while it was compared
     * @param reason why it, or the rest of it, could not be compared; null where it was
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Table(
            @JsonProperty("name") String name,
            @JsonProperty("target") String target,
            @JsonProperty("source_rows") long sourceRows,
            @JsonProperty("target_rows") long targetRows,
            @JsonProperty("equal") long equal,
            @JsonProperty("row_diff") long rowDiff,
            @JsonProperty("missing_target") long missingTarget,
            @JsonProperty("missing_source") long missingSource,
            @JsonProperty("source_moved") boolean sourceMoved,
            @JsonProperty("reason") @Nullable String reason) {}

    /** One row that differs. */
    public record Row(
            @JsonProperty("table") String table,
            @JsonProperty("key") String key,
            @JsonProperty("kind") String kind,
            @JsonProperty("columns") List<String> columns) {}
}
