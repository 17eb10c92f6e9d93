package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the validator last wrote to {@code liteferry.verdict}.
 *
 * @param lagSeconds null before the first measurement
 * @param at when, ISO 8601
 */
public record VerdictDocument(
        @JsonProperty("verdict") String verdict,
        @JsonProperty("reasons") List<String> reasons,
        @JsonProperty("checks") List<Check> checks,
        @JsonProperty("tables") List<TableReport> tables,
        @JsonProperty("lag_seconds") @Nullable Lag lagSeconds,
        @JsonProperty("passes") long passes,
        @JsonProperty("at") String at) {
    public static final String READY = "READY";
    public static final String NOT_READY = "NOT_READY";

    /** One gate of the verdict. */
    public record Check(
            @JsonProperty("check") String check,
            @JsonProperty("ok") boolean ok,
            @JsonProperty("value") String value,
            @JsonProperty("limit") String limit,
            @JsonProperty("since") String since,
            @JsonProperty("help") String help) {}

    /** One table as of its last full pass. */
    public record TableReport(
            @JsonProperty("name") String name,
            @JsonProperty("target") String target,
            @JsonProperty("state") String state,
            @JsonProperty("source_rows") long sourceRows,
            @JsonProperty("target_rows") long targetRows,
            @JsonProperty("verified_rows") long verifiedRows,
            @JsonProperty("mismatched_rows") long mismatchedRows,
            @JsonProperty("quarantined_rows") long quarantinedRows) {
        TableReport named(String other) {
            return new TableReport(
                    other, target, state, sourceRows, targetRows, verifiedRows, mismatchedRows, quarantinedRows);
        }
    }

    /** End-to-end lag in seconds; null where nothing was measured yet. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Lag(
            @JsonProperty("p50") @Nullable Double p50,
            @JsonProperty("p99") @Nullable Double p99) {}

    public boolean ready() {
        return verdict.equals(READY);
    }
}
