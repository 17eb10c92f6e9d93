package io.liteferry.validator.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verdict as others read it: in {@code liteferry.verdict} and on {@code <name>.validation}. */
record VerdictDocument(
        @JsonProperty("verdict") String verdict,
        @JsonProperty("reasons") List<String> reasons,
        @JsonProperty("checks") List<CheckLine> checks,
        @JsonProperty("tables") List<TableLine> tables,
        @JsonProperty("lag_seconds") @Nullable LagLine lag,
        @JsonProperty("position") @Nullable PositionLine position,
        @JsonProperty("passes") long passes,
        @JsonProperty("at") String at) {
    static final String READY = "READY";
    static final String NOT_READY = "NOT_READY";

    /** @param since when it became ok, or not ok */
    record CheckLine(
            @JsonProperty("check") String check,
            @JsonProperty("ok") boolean ok,
            @JsonProperty("value") String value,
            @JsonProperty("limit") String limit,
            @JsonProperty("since") String since,
            @JsonProperty("help") String help) {}

    /**
     * One table, counted by the last pass over it.
     *
     * @param reason why it could not be compared, or null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TableLine(
            @JsonProperty("name") String name,
            @JsonProperty("target") String target,
            @JsonProperty("state") String state,
            @JsonProperty("source_rows") long sourceRows,
            @JsonProperty("target_rows") long targetRows,
            @JsonProperty("verified_rows") long verifiedRows,
            @JsonProperty("in_flight_rows") long inFlightRows,
            @JsonProperty("mismatched_rows") long mismatchedRows,
            @JsonProperty("quarantined_rows") long quarantinedRows,
            @JsonProperty("reason") @Nullable String reason) {}

    /** Seconds. */
    record LagLine(
            @JsonProperty("p50") double p50,
            @JsonProperty("p99") double p99) {}

    /** The applied position. */
    record PositionLine(
            @JsonProperty("log_identity") String logIdentity,
            @JsonProperty("epoch") long epoch,
            @JsonProperty("batch") long batch,
            @JsonProperty("seq") long seq,
            @JsonProperty("fingerprint") long fingerprint) {}
}
