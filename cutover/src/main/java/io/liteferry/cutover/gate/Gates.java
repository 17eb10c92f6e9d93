package io.liteferry.cutover.gate;

import io.liteferry.capture.read.FenceWatch;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.reverse.ReplicationSlot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The gates of a cutover and of a rollback: the verdict's own checks, and what only the switch asks for. */
public final class Gates {
    /** The validator renews its verdict each second; clocks of two hosts may differ a little. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final Plan plan;
    private final PgConnections connections;
    private final Journal journal;
    private final Clock clock;
    private final String config;

    /** @param config path of the migration file, for the commands that help */
    public Gates(Plan plan, PgConnections connections, Journal journal, Clock clock, String config) {
        this.plan = plan;
        this.connections = connections;
        this.journal = journal;
        this.clock = clock;
        this.config = config;
    }

    /** Gates of a cutover; each stands for itself. */
    public List<Check> cutover(boolean reverse) {
        List<Check> gates = new ArrayList<>();
        gates.add(written(Sides.Writable.SQLITE));
        gates.addAll(verdict(VerdictDocument.FORWARD));
        gates.add(unmasked());
        gates.add(backup());
        gates.addAll(new TargetGates(plan, connections, clock).look(reverse));
        return List.copyOf(gates);
    }

    /** Gates of a rollback. */
    public List<Check> rollback() {
        List<Check> gates = new ArrayList<>();
        gates.add(written(Sides.Writable.POSTGRESQL));
        gates.add(fence());
        gates.addAll(verdict(VerdictDocument.REVERSE));
        return List.copyOf(gates);
    }

    private Check written(Sides.Writable wanted) {
        Sides.Writable now = Sides.of(plan, connections).writable();
        return check(
                "side_written",
                now == wanted,
                "the application writes to " + text(now),
                text(wanted),
                now == Sides.Writable.NEITHER ? "liteferry cutover start" : "liteferry cutover status");
    }

    /** What a fence cannot stop shows in the schema, or between two looks of the reverse feed, which goes on watching. */
    private Check fence() {
        List<String> passed;
        try (FenceWatch watch = new FenceWatch(new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH)))) {
            passed = watch.look();
        }
        return check(
                "fence_intact",
                passed.isEmpty(),
                passed.isEmpty() ? "nothing has passed it" : String.join(" ", passed),
                "nothing has passed it",
                "liteferry cutover status");
    }

    private static String text(Sides.Writable side) {
        return switch (side) {
            case SQLITE -> "SQLite";
            case POSTGRESQL -> "PostgreSQL";
            case NEITHER -> "neither: a switch was interrupted";
        };
    }

    private List<Check> verdict(String direction) {
        Optional<VerdictDocument> document = read();
        String age = document.map(d -> Duration.between(Instant.parse(d.at()), clock.instant()))
                .map(d -> "renewed " + Math.max(0, d.toSeconds()) + " s ago")
                .orElse("there is none yet");
        boolean fresh = document.filter(d ->
                        Duration.between(Instant.parse(d.at()), clock.instant()).compareTo(FRESH) < 0)
                .isPresent();
        List<Check> checks = new ArrayList<>();
        checks.add(check("verdict_fresh", fresh, age, "at most " + FRESH.toSeconds() + " s ago", "liteferry run all"));
        document.ifPresent(d -> {
            checks.add(check(
                    "verdict_direction",
                    direction.equals(Objects.requireNonNullElse(d.direction(), VerdictDocument.FORWARD)),
                    "the validator looks " + Objects.requireNonNullElse(d.direction(), VerdictDocument.FORWARD),
                    direction,
                    "liteferry status"));
            checks.addAll(d.checks());
        });
        return checks;
    }

    private Optional<VerdictDocument> read() {
        try (Connection c = connections.open("liteferry-cutover")) {
            return VerdictDocument.latest(c, plan.source());
        } catch (SQLException e) {
            throw PgConnections.failure("Reading the verdict of " + plan.source(), e);
        }
    }

    /** What is masked is not the application's data. */
    private Check unmasked() {
        List<String> masked = plan.tables().stream()
                .flatMap(t ->
                        t.columns().stream().filter(c -> c.mask().isPresent()).map(c -> t.source() + "." + c.source()))
                .toList();
        return check(
                "nothing_masked",
                masked.isEmpty(),
                masked.isEmpty() ? "no column is masked" : "masked: " + String.join(", ", masked),
                "no mask: a target with masks is for tests only",
                "liteferry plan");
    }

    private Check backup() {
        Optional<Entry> last = journal.last(Journal.Kind.BACKUP);
        return new Check(
                "backup_verified",
                last.isPresent(),
                last.map(e -> e.detail().get("path") + ", " + e.at()).orElse("no verified backup of the source"),
                "a backup made and verified by liteferry backup",
                last.map(Entry::at).orElseGet(() -> clock.instant().toString()),
                command("liteferry backup"));
    }

    private Check check(String name, boolean ok, String value, String limit, String help) {
        String command = help.startsWith("liteferry ") ? command(help) : help;
        return new Check(name, ok, value, limit, clock.instant().toString(), command);
    }

    /** What is no gate, and a person should know: what the plan renames, how the application is moved. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        slotLeft().ifPresent(notes::add);
        if (plan.options().optional(Options.CUTOVER_HOOK).isEmpty()) {
            notes.add("no hook is named (cutover.hook): the application must move by itself when it meets the fence");
        }
        plan.tables().forEach(t -> {
            List<String> renamed = t.columns().stream()
                    .filter(c -> !c.source().equals(c.target()))
                    .map(c -> c.source() + " is " + c.target())
                    .toList();
            if (!t.source().equals(t.target()) || !renamed.isEmpty()) {
                notes.add("table " + t.source() + " is " + t.target() + " in PostgreSQL"
                        + (renamed.isEmpty() ? "" : ", " + String.join(", ", renamed))
                        + ": the application must know both names, for a rollback too");
            }
        });
        notes.add("writers that wait less than the pause, and transactions that read before they write, get SQLITE_BUSY"
                + " while the source is held, as from any other writer; see docs/operate/fence.md");
        return notes;
    }

    private Optional<String> slotLeft() {
        ReplicationSlot slot = new ReplicationSlot(plan);
        try (Connection c = connections.open("liteferry-cutover")) {
            ReplicationSlot.Health health = slot.health(c);
            return health.exists() && !health.active()
                    ? Optional.of("replication slot " + slot.name() + " is there already and keeps "
                            + health.retainedBytes()
                            + " bytes of PostgreSQL's log: a cutover is under way, or was killed."
                            + " The next start uses it, " + command("liteferry cutover cancel") + " takes it away")
                    : Optional.empty();
        } catch (SQLException e) {
            throw PgConnections.failure("Looking for a replication slot of " + plan.source(), e);
        }
    }

    private String command(String words) {
        return words + plan.arguments(config);
    }

    /** The gates that are closed and not overridden. */
    public static List<Check> closed(List<Check> gates, Map<String, String> overrides) {
        return gates.stream()
                .filter(g -> !g.ok() && !overrides.containsKey(g.check()))
                .toList();
    }
}
