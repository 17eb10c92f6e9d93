package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.liteferry.cli.demo.Writes;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.validation.Consistency;
import io.liteferry.core.validation.VerdictDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documents that commands print with {@code -o json}; every one has {@code apiVersion}, {@code kind} and next steps. */
public final class Reports {
    public static final String API_VERSION = "liteferry/v1";

    /** The validator renews its verdict each second; clocks of two hosts may differ a little. */
    private static final Duration STALE = Duration.ofSeconds(30);

    private Reports() {}

    /** What every document about a migration's state holds. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record State(
            @JsonProperty("verdict") String verdict,
            @JsonProperty("reasons") List<String> reasons,
            @JsonProperty("overrides") List<String> overrides,

            @JsonProperty("tables") @JsonIgnoreProperties({"in_flight_rows", "reason"})
            List<VerdictDocument.Table> tables,

            @JsonProperty("lag_seconds") VerdictDocument.Lag lagSeconds) {
        private static final VerdictDocument.Lag NO_LAG = new VerdictDocument.Lag(null, null);

        public static State of(VerdictDocument d) {
            VerdictDocument.Lag measured = d.lagSeconds();
            List<String> overrides = d.overrides();
            return new State(
                    d.verdict(),
                    d.reasons(),
                    overrides == null ? List.of() : overrides,
                    d.tables(),
                    measured == null ? NO_LAG : measured);
        }

        /** A verdict holds only while the services that stand behind it run and renew it. */
        public static State of(Optional<VerdictDocument> verdict, List<String> down, Instant now) {
            List<String> reasons = new ArrayList<>(down);
            if (verdict.isEmpty()) {
                reasons.add("the validator has given no verdict yet");
                return notReady(reasons);
            }
            State state = of(verdict.get());
            Duration age = Duration.between(Instant.parse(verdict.get().at()), now);
            if (age.compareTo(STALE) > 0) {
                reasons.add("the verdict is " + age.toSeconds() + " s old: the validator does not renew it");
            }
            if (reasons.isEmpty()) {
                return state;
            }
            reasons.addAll(state.reasons());
            return new State(VerdictDocument.NOT_READY, reasons, state.overrides(), state.tables(), state.lagSeconds());
        }

        /** Over all tables, as the last pass over each counted them. */
        @JsonProperty("consistency")
        public Consistency consistency() {
            return Consistency.of(tables);
        }

        /** Not ready, and nothing measured. */
        public static State notReady(List<String> reasons) {
            return new State(VerdictDocument.NOT_READY, reasons, List.of(), List.of(), NO_LAG);
        }
    }

    /** The answer of {@code check}. */
    public record CheckReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("findings") List<Finding> findings,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public CheckReport(List<Finding> findings, List<String> nextSteps) {
            this(API_VERSION, "CheckReport", findings, nextSteps);
        }
    }

    /** The answer of {@code signal}. */
    public record SignalReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("id") String id,
            @JsonProperty("type") String type,
            @JsonProperty("source") String source,
            @JsonProperty("what") List<String> what,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public SignalReport(String id, String type, String source, List<String> what, List<String> nextSteps) {
            this(API_VERSION, "SignalReport", id, type, source, what, nextSteps);
        }
    }

    /**
     * The answer of {@code schema-window}.
     *
     * @param action {@code open} or {@code close}
     * @param failed why it failed, by source
     */
    public record SchemaWindowReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("action") String action,
            @JsonProperty("tables") List<WindowLine> tables,
            @JsonProperty("failed") Map<String, String> failed,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public SchemaWindowReport(
                String action, List<WindowLine> tables, Map<String, String> failed, List<String> nextSteps) {
            this(API_VERSION, "SchemaWindowReport", action, tables, failed, nextSteps);
        }
    }

    /**
     * A table in {@code schema-window}.
     *
     * @param state {@code opened}, {@code open_already}, {@code closed}, {@code not_open} or {@code not_captured}
     * @param since when its window was opened, UTC
     * @param obstacle why its triggers could not be made again; capture makes them or says in {@code status} what to do
     */
    public record WindowLine(
            @JsonProperty("source") String source,
            @JsonProperty("table") String table,
            @JsonProperty("state") String state,
            @JsonProperty("since") @Nullable String since,
            @JsonProperty("obstacle") @Nullable String obstacle) {}

    /**
     * What {@code liteferry backup} has made.
     *
     * @param failed why it failed, by source
     */
    public record BackupReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("backups") List<BackupLine> backups,
            @JsonProperty("failed") Map<String, String> failed,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public BackupReport(List<BackupLine> backups, Map<String, String> failed, List<String> nextSteps) {
            this(API_VERSION, "BackupReport", backups, failed, nextSteps);
        }
    }

    /**
     * A verified copy of a source.
     *
     * @param rows by table
     * @param foreignKeyViolations that the source had; null where SQLite cannot check them
     * @param takenAt UTC
     * @param seq the end of the change log in it; null where it has none
     */
    public record BackupLine(
            @JsonProperty("source") String source,
            @JsonProperty("file") String file,
            @JsonProperty("bytes") long bytes,
            @JsonProperty("sha256") String sha256,
            @JsonProperty("rows") Map<String, Long> rows,

            @JsonProperty("foreign_key_violations") @Nullable
            Long foreignKeyViolations,

            @JsonProperty("taken_at") String takenAt,
            @JsonProperty("seq") @Nullable Long seq) {}

    /** The end of {@code run}. */
    public record RunReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonUnwrapped State state,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public RunReport(State state, double seconds, List<String> nextSteps) {
            this(API_VERSION, "RunReport", state, seconds, nextSteps);
        }
    }

    /**
     * The answer of {@code status}.
     *
     * @param sources one by one, the worst first
     * @param services {@code up} with what is to be known, {@code not ready: …} or {@code down: …} by service
     * @param tableNotes why tables are suspended and what to do, and how columns have changed
     */
    public record Status(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonUnwrapped State state,
            @JsonProperty("sources") List<SourceState> sources,
            @JsonProperty("checks") List<VerdictDocument.Check> checks,
            @JsonProperty("services") Map<String, String> services,
            @JsonProperty("mismatches") List<String> mismatches,
            @JsonProperty("suspended_constraints") List<String> suspendedConstraints,
            @JsonProperty("table_notes") List<String> tableNotes,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    /**
     * The answer of {@code validate}.
     *
     * @param sources one by one, the worst first
     * @param checks of the only source; empty where there are several
     * @param passes the last ones, newest first; only where they were asked for
     */
    public record Validation(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonUnwrapped State state,
            @JsonProperty("sources") List<SourceState> sources,
            @JsonProperty("checks") List<VerdictDocument.Check> checks,
            @JsonProperty("passes") List<Pass> passes,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    /**
     * One pass over one table.
     *
     * @param different rows of all kinds of difference
     * @param seq applied position of its last pair of snapshots
     * @param reason why the table, or what was left of it, could not be compared; null where it could
     */
    public record Pass(
            @JsonProperty("source") String source,
            @JsonProperty("table") String table,
            @JsonProperty("pass") long pass,
            @JsonProperty("started_at") String started,
            @JsonProperty("ended_at") String ended,
            @JsonProperty("equal") long equal,
            @JsonProperty("in_flight") long inFlight,
            @JsonProperty("different") long different,
            @JsonProperty("quarantined") long quarantined,
            @JsonProperty("unknown") long unknown,
            @JsonProperty("seq") long seq,
            @JsonProperty("reason") @Nullable String reason) {}

    /**
     * The end of {@code demo}.
     *
     * @param writes what the sample application did
     * @param planted rows changed by hand in PostgreSQL, {@code table key}
     * @param found of those, the ones the validator named
     * @param repaired of those, the ones seen equal again afterwards
     */
    public record DemoReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonUnwrapped State state,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("seconds_to_ready") double secondsToReady,
            @JsonProperty("writes") Writes writes,
            @JsonProperty("planted") List<String> planted,
            @JsonProperty("found") List<String> found,
            @JsonProperty("repaired") List<String> repaired,
            @JsonProperty("moves") List<Move> moves,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    /**
     * The answer of {@code drill}.
     *
     * @param steps seconds that each took, in order
     */
    public record DrillReport(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("steps_seconds") Map<String, Double> steps,
            @JsonProperty("moves") List<Move> moves,
            @JsonProperty("rows") long rows,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public DrillReport(Map<String, Double> steps, List<Move> moves, long rows, List<String> nextSteps) {
            this(API_VERSION, "DrillReport", steps, moves, rows, nextSteps);
        }
    }

    /**
     * One cutover or rollback of the demo or of a drill.
     *
     * @param pauseMillis from the hold to the call of the hook
     * @param longestMillis the longest that a write of the application took
     */
    public record Move(
            @JsonProperty("to") String to,
            @JsonProperty("pause_ms") double pauseMillis,
            @JsonProperty("longest_write_ms") double longestMillis,
            @JsonProperty("refused") long refused) {}
}
