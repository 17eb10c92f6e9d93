package io.liteferry.cli.command;

import io.liteferry.cli.demo.Planted;
import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.demo.ShopFront;
import io.liteferry.cli.demo.ShopLoad;
import io.liteferry.cli.demo.Side;
import io.liteferry.cli.demo.Writes;
import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.ReadinessWatch;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.planning.PlanProposal;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.RepairRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The demo's story, step by step. */
final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long SEED = 42;
    private static final int DESKS = 4;
    private static final String STABLE = "5s";

    private final Path folder;
    private final long rows;
    private final int rate;
    private final int seconds;
    private final PrintWriter err;
    private final Clock clock;
    private final Stopping stopping;

    Demo(Path folder, long rows, int rate, int seconds, PrintWriter err, Clock clock, Stopping stopping) {
        this.folder = folder;
        this.rows = rows;
        this.rate = rate;
        this.seconds = seconds;
        this.err = err;
        this.clock = clock;
        this.stopping = stopping;
    }

    Reports.DemoReport run(boolean keep) throws InterruptedException {
        Instant started = clock.instant();
        Path source = folder.resolve("shop.db");
        Path config = folder.resolve("migration.yaml");
        Map<String, Long> made = ShopDatabase.create(source, rows, SEED);
        say("made a shop in SQLite: " + made.size() + " tables, "
                + Output.count(made.values().stream().mapToLong(Long::longValue).sum()) + " rows");
        try (ShopLoad load = new ShopLoad(source, rate, SEED)) {
            load.start();
            say("an application writes to it now, about " + rate + " transactions a second");
            Plan plan = plan(source, config);
            try (LocalServers servers = LocalServers.startMissing(plan, StateFolder.beside(config), err)) {
                ApplyCommand.apply(servers.plan());
                say("applied: tables in PostgreSQL, topics in Kafka, change log and triggers in SQLite");
                try (Pipeline pipeline = Pipeline.start(servers.plan(), clock, EnumSet.allOf(Pipeline.Part.class));
                        MigrationState state = new MigrationState(servers.plan())) {
                    return story(servers.plan(), config, pipeline, state, load, started, keep);
                }
            }
        }
    }

    boolean succeeded(Reports.DemoReport report) {
        return report.state().verdict().equals(VerdictDocument.READY)
                && report.found().equals(report.planted())
                && report.repaired().equals(report.planted())
                && report.moves().size() == Rehearsal.MOVES;
    }

    private Plan plan(Path source, Path config) {
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH, source.toString(),
                Options.VALIDATION_READY_STABLE_MS, STABLE,
                Options.VALIDATION_READY_CLEAN_PASSES, "1",
                Options.CAPTURE_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.SINK_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.REVERSE_ADMIN_ADDRESS, "127.0.0.1:0"));
        PlanProposal proposal = new Planner(new SqliteFile(source), options).plan();
        Plan plan = proposal.plan();
        write(config, proposal.yaml());
        say("planned: every value of " + plan.tables().size() + " tables looked at, types chosen, " + config);
        say("READY will need a stable time of " + STABLE
                + " and one clean pass; a real migration asks for 60s and two");
        return plan;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED, "Writing " + file + ": " + e + ". Check the temporary folder.", e);
        }
    }

    private Reports.DemoReport story(
            Plan plan,
            Path config,
            Pipeline pipeline,
            MigrationState state,
            ShopLoad load,
            Instant started,
            boolean keep)
            throws InterruptedException {
        Rehearsal rehearsal = new Rehearsal(plan, config, pipeline, clock, stopping, err, PATIENCE);
        rehearsal.watch(load::failure);
        ReadinessWatch watch = new ReadinessWatch(state, err, clock, started);
        rehearsal.until("READY", () -> watch.lookAgain().isPresent());
        double secondsToReady = since(started);
        say("READY after " + Output.seconds(secondsToReady) + "; written meanwhile: " + text(load.writes()));

        stayClean(rehearsal, state);

        TreeSet<String> planted = new TreeSet<>();
        new Planted(plan, PgConnections.of(plan.options()))
                .plant()
                .forEach(p -> planted.add(p.table() + " " + p.key()));
        say("changed " + planted.size() + " rows in PostgreSQL by hand: " + String.join("; ", planted));
        TreeSet<String> found = new TreeSet<>();
        rehearsal.until("the planted rows are found", () -> {
            found.clear();
            state.openMismatches(1_000).forEach(m -> found.add(m.substring(0, m.lastIndexOf(' '))));
            return found.containsAll(planted);
        });
        say("the validator found: " + String.join("; ", state.openMismatches(1_000)));

        long asked = RepairRequest.request(plan, Optional.empty());
        say("asked capture to send these " + asked + " keys again, in order with live changes");
        rehearsal.until(
                "the repaired rows are verified", () -> state.openMismatches(1).isEmpty());
        TreeSet<String> repaired = new TreeSet<>(state.verifiedAgain());
        repaired.retainAll(planted);
        say("repaired and seen equal again: " + String.join("; ", repaired));
        rehearsal.until("READY again", () -> watch.lookAgain().isPresent());
        load.stop();
        say("this application has stopped; written: " + text(load.writes()));
        List<Reports.Move> moves = moves(plan, rehearsal);
        Instant stopped = clock.instant();
        ReadinessWatch last = new ReadinessWatch(state, err, clock, stopped.plus(Duration.ofSeconds(1)));
        rehearsal.until("the last verdict", () -> last.lookAgain().isPresent());

        List<String> next = new ArrayList<>();
        if (keep) {
            next.add("liteferry run all --config " + config);
        }
        next.add("liteferry check FILE");
        next.add("liteferry plan FILE > migration.yaml");
        return new Reports.DemoReport(
                Reports.API_VERSION,
                "DemoReport",
                last.state(),
                since(started),
                secondsToReady,
                load.writes(),
                List.copyOf(planted),
                List.copyOf(found),
                List.copyOf(repaired),
                moves,
                next);
    }

    /** Another application, one that obeys the hook, moves to PostgreSQL, back, and there again. */
    private List<Reports.Move> moves(Plan plan, Rehearsal rehearsal) throws InterruptedException {
        Side sqlite = Side.sqlite(plan.options().path(Options.DATABASE_FILE_PATH));
        try (ShopFront desk = new ShopFront(sqlite, Side.postgres(plan), DESKS, rate, SEED)) {
            desk.load().start();
            say("an order desk writes now, about " + rate + " transactions a second; it obeys the hook of the cutover");
            List<Reports.Move> moves = rehearsal.play(desk.load());
            audit(desk);
            return moves;
        }
    }

    private void audit(ShopFront desk) {
        try {
            List<String> differences = desk.audit();
            if (!differences.isEmpty()) {
                throw new LiteferryException(
                        ErrorCode.NOT_READY,
                        "Holding the order desk's ledger against the database: "
                                + String.join("; ", differences.subList(0, Math.min(10, differences.size())))
                                + ". This is an error of Liteferry; please report it.");
            }
        } catch (SQLException e) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED, "Reading the order desk's orders: " + e.getMessage(), e);
        }
        say("the order desk has stopped: all " + Output.count(desk.load().acknowledged())
                + " transactions that it saw acknowledged are there, and nothing else");
    }

    /** The application goes on writing; nothing may be reported that was only in flight. */
    private void stayClean(Rehearsal rehearsal, MigrationState state) throws InterruptedException {
        say("going on for " + seconds + " s; nothing may be reported that is only in flight");
        Instant end = clock.instant().plusSeconds(seconds);
        while (clock.instant().isBefore(end)) {
            rehearsal.pause();
            List<String> reported = state.openMismatches(10);
            if (!reported.isEmpty()) {
                throw new LiteferryException(
                        ErrorCode.NOT_READY,
                        "Validating the untouched target: " + String.join("; ", reported)
                                + ". Nothing was changed by hand yet, so this is an error of Liteferry; please report it.");
            }
        }
    }

    /** What the application did, in one line. */
    static String text(Writes writes) {
        return Output.count(writes.committed()) + " transactions, " + Output.count(writes.rolledBack())
                + " rolled back, " + Output.count(writes.busy()) + " refused; statements "
                + new TreeMap<>(writes.statements());
    }

    private double since(Instant from) {
        return Duration.between(from, clock.instant()).toMillis() / 1000.0;
    }

    private void say(String text) {
        err.println(text);
    }
}
