package io.liteferry.cli.command;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.cli.demo.MovingLoad;
import io.liteferry.cli.demo.Side;
import io.liteferry.cli.demo.Touches;
import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.cli.report.ReadinessWatch;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SqliteCopy;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The drill's story, step by step, each with the time it took. */
final class Drill {
    private static final Duration PATIENCE = Duration.ofHours(12);
    private static final String STABLE = "10s";
    private static final int WRITERS = 4;
    private static final List<String> ELSEWHERE = List.of(
            Options.BOOTSTRAP_SERVERS,
            Options.CONNECTION_URL,
            Options.CONNECTION_USERNAME,
            Options.CONNECTION_PASSWORD,
            Options.CUTOVER_HOOK);

    private final Plan plan;
    private final Path folder;
    private final int rate;
    private final PrintWriter err;
    private final Clock clock;
    private final Stopping stopping;
    private final Map<String, Double> steps = new LinkedHashMap<>();
    private Instant began;

    /** @param folder where everything goes */
    Drill(Plan plan, Path folder, int rate, PrintWriter err, Clock clock, Stopping stopping) {
        this.plan = plan;
        this.folder = folder;
        this.rate = rate;
        this.err = err;
        this.clock = clock;
        this.stopping = stopping;
        this.began = clock.instant();
    }

    /** @param config the migration file, for the next step */
    Reports.DrillReport run(Path config) throws InterruptedException {
        Plan here = copied();
        took("copy the source");
        Path own = folder.resolve("migration.yaml");
        try (LocalServers servers = LocalServers.startMissing(here, StateFolder.beside(own), err)) {
            took("start the servers");
            ApplyCommand.apply(servers.plan());
            took("apply");
            Side sqlite = Side.sqlite(servers.plan().options().path(Options.DATABASE_FILE_PATH));
            List<Touches> draws = draws(servers.plan());
            try (Pipeline pipeline = Pipeline.start(servers.plan(), clock, EnumSet.allOf(Pipeline.Part.class));
                    MigrationState state = new MigrationState(servers.plan());
                    MovingLoad load = new MovingLoad(sqlite, Side.postgres(servers.plan()), rate, draws)) {
                load.start();
                Rehearsal rehearsal = new Rehearsal(servers.plan(), own, pipeline, clock, stopping, err, PATIENCE);
                rehearsal.watch(load::failure);
                ReadinessWatch watch = new ReadinessWatch(state, err, clock, began);
                rehearsal.until("READY", () -> watch.lookAgain().isPresent());
                took("load, stream, validate to READY");
                List<Reports.Move> moves = rehearsal.play(load);
                took("cutover, rollback, cutover, each with its proof");
                long rows = plan.tables().stream()
                        .mapToLong(TablePlan::expectedRows)
                        .sum();
                return new Reports.DrillReport(
                        steps, moves, rows, List.of("liteferry cutover check --config " + config));
            }
        }
    }

    /** The plan of a copy of the source: one source of its own, so that nothing leads back to the original. */
    Plan copied() {
        Path source = plan.options().path(Options.DATABASE_FILE_PATH);
        Path copy = folder.resolve("copy.db");
        SqliteFile file = new SqliteFile(source);
        try (Connection c = file.openReader();
                Statement s = c.createStatement()) {
            s.execute("BEGIN");
            s.executeQuery("SELECT count(*) FROM sqlite_master").close();
            SqliteCopy.make(c, copy, (copied, pages) -> {});
        } catch (SQLException e) {
            throw new LiteferryException(
                    ErrorCode.BACKUP_FAILED,
                    "Copying " + source + " to " + copy + ": " + e.getMessage()
                            + ". Nothing was changed. Make room there, or name another folder with --folder.",
                    e);
        }
        Map<String, String> given = new HashMap<>(plan.options().given());
        ELSEWHERE.forEach(given::remove);
        given.keySet().removeIf(k -> k.endsWith(".admin.address") || k.startsWith("kafka."));
        given.put(Options.DATABASE_FILE_PATH, copy.toString());
        given.put(Options.VALIDATION_READY_STABLE_MS, STABLE);
        given.put(Options.VALIDATION_READY_CLEAN_PASSES, "1");
        for (String service : List.of(
                Options.CAPTURE_ADMIN_ADDRESS,
                Options.SINK_ADMIN_ADDRESS,
                Options.VALIDATOR_ADMIN_ADDRESS,
                Options.REVERSE_ADMIN_ADDRESS)) {
            given.put(service, "127.0.0.1:0");
        }
        Plan here = new Plan(plan.source(), Options.of(given), plan.tables());
        released(here);
        return here;
    }

    /** The copy may have a change log of the migration that it was taken from. */
    private static void released(Plan here) {
        SourceInstaller installer = new SourceInstaller(here);
        if (installer.installed()) {
            installer.uninstall();
        }
    }

    private List<Touches> draws(Plan here) {
        Touches first = new Touches(here, 0);
        if (!first.possible()) {
            err.println("no table has a column that the generated load could write: nothing is written meanwhile");
            return List.of();
        }
        return IntStream.rangeClosed(1, WRITERS)
                .mapToObj(i -> new Touches(here, i))
                .toList();
    }

    private void took(String step) {
        Instant now = clock.instant();
        double seconds = Duration.between(began, now).toMillis() / 1000.0;
        steps.put(step, seconds);
        err.println(step + ": " + seconds + " s");
        began = now;
    }
}
