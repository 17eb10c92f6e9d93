package io.liteferry.core.validation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.change.Json;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verdict as the validator writes it, to {@code liteferry.verdict} and {@code <name>.validation}.
 *
 * @param overrides what a person has decided to go on without; null in documents of before there were any
 * @param lagSeconds null before the first measurement, and in reverse
 * @param position the applied one; null before the first batch
 * @param at when, ISO 8601
 * @param direction null in documents of before there was more than one
 */
public record VerdictDocument(
        @JsonProperty("verdict") String verdict,
        @JsonProperty("reasons") List<String> reasons,
        @JsonProperty("overrides") @Nullable List<String> overrides,
        @JsonProperty("checks") List<Check> checks,
        @JsonProperty("tables") List<Table> tables,
        @JsonProperty("lag_seconds") @Nullable Lag lagSeconds,
        @JsonProperty("position") @Nullable AppliedAt position,
        @JsonProperty("passes") long passes,
        @JsonProperty("at") String at,
        @JsonProperty("direction") @Nullable String direction) {
    /** SQLite is written, PostgreSQL follows. */
    public static final String FORWARD = "forward";

    /** PostgreSQL is written, SQLite follows. */
    public static final String REVERSE = "reverse";

    public static final String READY = "READY";
    public static final String NOT_READY = "NOT_READY";

    /**
     * One gate of the verdict.
     *
     * @param since when it became ok, or not ok
     */
    public record Check(
            @JsonProperty("check") String check,
            @JsonProperty("ok") boolean ok,
            @JsonProperty("value") String value,
            @JsonProperty("limit") String limit,
            @JsonProperty("since") String since,
            @JsonProperty("help") String help) {}

    /**
     * One table, counted by the last pass over it.
     *
     * @param knownRows rows that stand on either side
     * @param reason why it could not be compared, or null
     * @param validation null in documents of before there was any
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Table(
            @JsonProperty("name") String name,
            @JsonProperty("target") String target,
            @JsonProperty("state") String state,
            @JsonProperty("source_rows") long sourceRows,
            @JsonProperty("target_rows") long targetRows,
            @JsonProperty("verified_rows") long verifiedRows,
            @JsonProperty("known_rows") long knownRows,
            @JsonProperty("in_flight_rows") long inFlightRows,
            @JsonProperty("mismatched_rows") long mismatchedRows,
            @JsonProperty("quarantined_rows") long quarantinedRows,
            @JsonProperty("reason") @Nullable String reason,
            @JsonProperty("validation") @Nullable Validation validation) {
        public Table named(String other) {
            return new Table(
                    other,
                    target,
                    state,
                    sourceRows,
                    targetRows,
                    verifiedRows,
                    knownRows,
                    inFlightRows,
                    mismatchedRows,
                    quarantinedRows,
                    reason,
                    validation);
        }
    }

    /**
     * What the validator says of a table.
     *
     * @param state {@code pending}, {@code running}, {@code in_sync}, {@code mismatched}, {@code incomplete} or
     *     {@code suspended}
     * @param since when that state began
     * @param comparedRows rows of the pass that runs over it; null while none does
     * @param expectedRows of that pass, as far as is known; null while none runs
     * @param etaSeconds of that pass; null while none runs or before it can be told
     * @param validatedAt when the last full pass over the table ended; null before any has
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Validation(
            @JsonProperty("state") String state,
            @JsonProperty("since") String since,
            @JsonProperty("compared_rows") @Nullable Long comparedRows,
            @JsonProperty("expected_rows") @Nullable Long expectedRows,
            @JsonProperty("eta_seconds") @Nullable Long etaSeconds,
            @JsonProperty("validated_at") @Nullable String validatedAt) {
        /** As one cell: {@code in sync since …}, {@code running: comparing 40 %, ETA 12 s}. */
        public String text() {
            Long compared = comparedRows;
            if (compared == null) {
                return state.replace('_', ' ') + " since " + since;
            }
            long rows = expectedRows == null ? 0 : expectedRows;
            String share = rows == 0 ? "" : " " + Math.min(100, 100 * compared / rows) + " %";
            String eta = etaSeconds == null ? "" : ", ETA " + etaSeconds + " s";
            String walking = "comparing" + share + eta;
            return state.equals("running")
                    ? "running: " + walking
                    : state.replace('_', ' ') + " since " + since + "; " + walking;
        }
    }

    /** End-to-end lag in seconds; null where nothing was measured yet. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Lag(
            @JsonProperty("p50") @Nullable Double p50,
            @JsonProperty("p99") @Nullable Double p99) {}

    /** The applied position and its batch. */
    public record AppliedAt(
            @JsonProperty("log_identity") String logIdentity,
            @JsonProperty("epoch") long epoch,
            @JsonProperty("batch") long batch,
            @JsonProperty("seq") long seq,
            @JsonProperty("fingerprint") long fingerprint) {}

    public boolean ready() {
        return verdict.equals(READY);
    }

    /** The latest of a source; empty where there is none. */
    public static Optional<VerdictDocument> latest(Connection connection, String source) throws SQLException {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT document::text FROM liteferry.verdict WHERE source = ?")) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next()
                        ? Optional.of(Json.read(
                                rs.getString(1).getBytes(StandardCharsets.UTF_8),
                                VerdictDocument.class,
                                "liteferry.verdict"))
                        : Optional.empty();
            }
        }
    }
}
