package io.liteferry.cutover;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a person signs off: what moved, what was checked, what was overridden, what the pauses were. Made from the
 * journal, the verdict and the validator's history alone, so that it says the same whenever it is asked for.
 *
 * @param writable which side the application writes to
 * @param verdict the latest; null where there is none
 * @param runs cutovers, rollbacks, backups and the completion, the oldest first
 * @param overrides what somebody has decided to go on without, in the words of who decided
 * @param found rows that ever differed, by what has become of them
 * @param suspended constraints that are off
 * @param checksums rows and checksums of both sides, table by table, with their positions: a manifest; null where none was
 *     taken
 */
public record MigrationReport(
        @JsonProperty("apiVersion") String apiVersion,
        @JsonProperty("kind") String kind,
        @JsonProperty("source") String source,
        @JsonProperty("file") String file,
        @JsonProperty("target") String target,
        @JsonProperty("made_at") String madeAt,
        @JsonProperty("writable") String writable,
        @JsonProperty("verdict") @Nullable VerdictDocument verdict,
        @JsonProperty("runs") List<Run> runs,
        @JsonProperty("overrides") List<String> overrides,
        @JsonProperty("differences") Map<String, Long> found,
        @JsonProperty("suspended_constraints") List<String> suspended,
        @JsonProperty("checksums") @Nullable Map<String, Object> checksums,
        @JsonProperty("next_steps") List<String> nextSteps) {

    /**
     * One run of the journal.
     *
     * @param state the last it has entered
     * @param detail of all its states, by state
     */
    public record Run(
            @JsonProperty("run") String run,
            @JsonProperty("kind") String kind,
            @JsonProperty("state") String state,
            @JsonProperty("by") String by,
            @JsonProperty("began") String began,
            @JsonProperty("ended") String ended,
            @JsonProperty("detail") Map<String, Map<String, Object>> detail) {

        /** Milliseconds that writers were held; empty where nobody was, or an interrupted run was finished. */
        public Optional<Double> pause() {
            Object pause = detail.getOrDefault("switched", Map.of()).get("pause_ms");
            return pause instanceof Number n && n.doubleValue() >= 0 ? Optional.of(n.doubleValue()) : Optional.empty();
        }
    }

    /** @param plan of one source, with every address set */
    public static MigrationReport of(Plan plan, Clock clock) {
        PgConnections connections = PgConnections.of(plan.options());
        List<Entry> entries;
        Map<String, Object> checksums;
        try (Journal journal = new Journal(connections, plan.source())) {
            entries = journal.all();
            checksums = journal.last(Journal.Kind.MANIFEST).map(Entry::detail).orElse(null);
        }
        Sides.Writable writable = Sides.of(plan, connections).writable();
        try (Connection c = connections.open("liteferry-report")) {
            VerdictDocument verdict = VerdictDocument.latest(c, plan.source()).orElse(null);
            return new MigrationReport(
                    "liteferry/v1",
                    "MigrationReport",
                    plan.source(),
                    plan.options().string(Options.DATABASE_FILE_PATH),
                    connections.shown(),
                    clock.instant().toString(),
                    writable.name(),
                    verdict,
                    runs(entries),
                    overrides(c, plan, verdict, entries),
                    differences(c, plan),
                    rows(
                            c,
                            "SELECT table_name || ' ' || name || ': ' || reason FROM liteferry.suspended_constraint"
                                    + " WHERE source = ? ORDER BY 1",
                            plan),
                    checksums,
                    List.of("liteferry manifest --verify FILE, to hold the checksums against later"));
        } catch (SQLException e) {
            throw PgConnections.failure("Reading what the report of " + plan.source() + " is made from", e);
        }
    }

    private static List<Run> runs(List<Entry> entries) {
        Map<String, List<Entry>> byRun = new LinkedHashMap<>();
        entries.stream()
                .filter(e -> !e.kind().equals(Journal.Kind.MANIFEST.label()))
                .forEach(e ->
                        byRun.computeIfAbsent(e.run(), r -> new ArrayList<>()).add(e));
        return byRun.values().stream()
                .map(of -> {
                    Entry first = of.get(0);
                    Entry last = of.get(of.size() - 1);
                    Map<String, Map<String, Object>> detail = new LinkedHashMap<>();
                    of.forEach(e -> detail.put(e.state(), e.detail()));
                    return new Run(first.run(), first.kind(), last.state(), first.by(), first.at(), last.at(), detail);
                })
                .toList();
    }

    private static List<String> overrides(
            Connection c, Plan plan, @Nullable VerdictDocument verdict, List<Entry> entries) throws SQLException {
        List<String> overrides = new ArrayList<>();
        entries.forEach(e -> {
            if (e.detail().get("overrides") instanceof Map<?, ?> named) {
                named.forEach((gate, why) -> overrides.add(
                        e.kind() + " of " + e.at() + " by " + e.by() + ": gate " + gate + ", because " + why));
            }
        });
        overrides.addAll(rows(
                c,
                "SELECT 'row ' || key_text || ' of ' || table_name || ' discarded from the quarantine by ' || discarded_by"
                        + " || ': ' || note FROM liteferry.quarantine_discard WHERE source = ? ORDER BY 1",
                plan));
        if (verdict != null) {
            overrides.addAll(Objects.requireNonNullElse(verdict.overrides(), List.of()));
        }
        return overrides;
    }

    private static Map<String, Long> differences(Connection c, Plan plan) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String row : rows(
                c,
                "SELECT CASE WHEN verified_at IS NULL THEN 'open' WHEN repair_at IS NULL THEN 'equal again' ELSE 'repaired' END"
                        + " || '=' || count(*) FROM liteferry.validation_mismatch WHERE source = ? GROUP BY"
                        + " CASE WHEN verified_at IS NULL THEN 'open' WHEN repair_at IS NULL THEN 'equal again' ELSE 'repaired' END",
                plan)) {
            int equals = row.indexOf('=');
            counts.put(row.substring(0, equals), Long.parseLong(row.substring(equals + 1)));
        }
        return counts;
    }

    private static List<String> rows(Connection c, String sql, Plan plan) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement ps = c.prepareStatement(sql)) {
            ps.setString(1, plan.source());
            try (ResultSet r = ps.executeQuery()) {
                while (r.next()) {
                    rows.add(r.getString(1));
                }
            }
        }
        return rows;
    }
}
