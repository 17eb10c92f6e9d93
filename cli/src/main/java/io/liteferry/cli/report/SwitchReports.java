package io.liteferry.cli.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the commands of cutover and rollback print. */
public final class SwitchReports {
    private SwitchReports() {}

    /**
     * The gates before a switch.
     *
     * @param open whether every gate is, or overridden
     */
    public record Gates(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("open") boolean open,
            @JsonProperty("gates") List<Check> gates,
            @JsonProperty("notes") List<String> notes,
            @JsonProperty("overrides") Map<String, String> overrides,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Gates(
                String kind,
                boolean open,
                List<Check> gates,
                List<String> notes,
                Map<String, String> overrides,
                List<String> nextSteps) {
            this(Reports.API_VERSION, kind, open, gates, notes, overrides, nextSteps);
        }
    }

    public static void gates(PrintWriter out, Gates report, boolean json) {
        if (json) {
            Output.json(out, report);
            return;
        }
        Output.table(
                out,
                List.of("GATE", "OPEN", "FOUND", "MUST BE", "SINCE"),
                report.gates().stream()
                        .map(g -> List.of(
                                g.check(),
                                g.ok() ? "yes" : report.overrides().containsKey(g.check()) ? "overridden" : "NO",
                                g.value(),
                                g.limit(),
                                g.since()))
                        .toList());
        out.println();
        report.notes().forEach(n -> out.println("note: " + n));
        report.overrides().forEach((gate, why) -> out.println("override: " + gate + ", because " + why));
        out.println(
                report.open()
                        ? "Every gate is open."
                        : "Closed: "
                                + String.join(
                                        ", ",
                                        report.gates().stream()
                                                .filter(g -> !g.ok()
                                                        && !report.overrides().containsKey(g.check()))
                                                .map(Check::check)
                                                .toList()));
        Output.nextSteps(out, report.nextSteps());
    }

    /** A switch that has come about. */
    public record Done(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("run") String run,
            @JsonProperty("pause_ms") double pauseMillis,
            @JsonProperty("steps_ms") Map<String, Double> steps,
            @JsonProperty("stragglers") List<String> stragglers,
            @JsonProperty("hook") Map<String, Object> hook,
            @JsonProperty("next_steps") List<String> nextSteps) {
        public Done(String kind, Outcome outcome, List<String> nextSteps) {
            this(
                    Reports.API_VERSION,
                    kind,
                    outcome.run(),
                    outcome.pause().toNanos() / 1e6,
                    outcome.steps(),
                    outcome.stragglers(),
                    outcome.hook(),
                    nextSteps);
        }
    }

    public static void done(PrintWriter out, Done report, boolean json) {
        if (json) {
            Output.json(out, report);
            return;
        }
        boolean back = report.kind().equals("RollbackDone");
        out.println("The application writes to " + (back ? "SQLite" : "PostgreSQL") + " now.");
        if (report.pauseMillis() >= 0) {
            out.printf(
                    Locale.ROOT,
                    "Writers were held for %.0f ms: %s%n",
                    report.pauseMillis(),
                    String.join(
                            ", ",
                            report.steps().entrySet().stream()
                                    .map(e -> String.format(Locale.ROOT, "%s %.1f ms", e.getKey(), e.getValue()))
                                    .toList()));
        }
        report.stragglers().forEach(s -> out.println("still has the SQLite file open: " + s));
        out.println("run " + report.run());
        Output.nextSteps(out, report.nextSteps());
    }

    /** Which side is written and how it came about. */
    public record Status(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("source") String source,
            @JsonProperty("writable") String writable,
            @JsonProperty("journal") List<Entry> journal,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    public static void status(PrintWriter out, Plan plan, boolean json) {
        PgConnections connections = PgConnections.of(plan.options());
        List<Entry> entries;
        try (Journal journal = new Journal(connections, plan.source())) {
            entries = journal.all();
        }
        Sides.Writable writable = Sides.of(plan, connections).writable();
        Status status = new Status(
                Reports.API_VERSION,
                "CutoverStatus",
                plan.source(),
                writable.name(),
                entries,
                switch (writable) {
                    case SQLITE -> List.of("liteferry cutover check");
                    case POSTGRESQL -> List.of("liteferry rollback check", "liteferry complete");
                    case NEITHER ->
                        List.of(
                                "liteferry cutover start, which finishes the switch",
                                "liteferry cutover cancel, which lifts the fence");
                });
        if (json) {
            Output.json(out, status);
            return;
        }
        if (!entries.isEmpty()) {
            Output.table(
                    out,
                    List.of("AT", "KIND", "STATE", "DETAIL", "RUN", "BY"),
                    entries.stream()
                            .map(e -> List.of(
                                    e.at(),
                                    e.kind(),
                                    e.state(),
                                    e.kind().equals(Journal.Kind.MANIFEST.label())
                                            ? "see liteferry report"
                                            : new TreeMap<>(e.detail()).toString(),
                                    e.run().substring(0, 8),
                                    e.by()))
                            .toList());
            out.println();
        }
        out.println("The application writes to "
                + switch (writable) {
                    case SQLITE -> "SQLite.";
                    case POSTGRESQL -> "PostgreSQL.";
                    case NEITHER -> "neither side: a switch was interrupted between its two commits.";
                });
        Output.nextSteps(out, status.nextSteps());
    }
}
