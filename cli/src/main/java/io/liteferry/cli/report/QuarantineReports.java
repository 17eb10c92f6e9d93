package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents that {@code quarantine} prints with {@code -o json}. */
public final class QuarantineReports {
    private QuarantineReports() {}

    /**
     * A row that the target cannot hold.
     *
     * @param discarded when somebody decided to go on without it, or null
     */
    public record Line(
            @JsonProperty("source") String source,
            @JsonProperty("table") String table,
            @JsonProperty("key") String key,
            @JsonProperty("column") @Nullable String column,
            @JsonProperty("sqlstate") String sqlstate,
            @JsonProperty("reason") String reason,
            @JsonProperty("since") String since,
            @JsonProperty("discarded_at") @Nullable String discarded) {}

    /** The answer of {@code quarantine list}. */
    public record Listed(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("waiting") long waiting,
            @JsonProperty("discarded") long discarded,
            @JsonProperty("rows") List<Line> rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Listed(long waiting, long discarded, List<Line> rows, List<String> nextSteps) {
            this(Reports.API_VERSION, "QuarantineList", waiting, discarded, rows, nextSteps);
        }
    }

    /** The answer of {@code quarantine show}. */
    public record Shown(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("rows") List<Row> rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        /** A row with its values as they stood in Kafka, as SQL literals by column. */
        public record Row(
                @JsonUnwrapped Line line,
                @JsonProperty("topic") String topic,
                @JsonProperty("offset") long offset,
                @JsonProperty("values") Map<String, String> values) {}

        public Shown(List<Row> rows, List<String> nextSteps) {
            this(Reports.API_VERSION, "QuarantineRows", rows, nextSteps);
        }
    }

    /**
     * The answer of {@code quarantine replay} and {@code quarantine discard}.
     *
     * @param rows that capture was asked for, or that were discarded
     */
    public record Done(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("action") String action,
            @JsonProperty("rows") long rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Done(String action, long rows, List<String> nextSteps) {
            this(Reports.API_VERSION, "QuarantineReport", action, rows, nextSteps);
        }
    }
}
