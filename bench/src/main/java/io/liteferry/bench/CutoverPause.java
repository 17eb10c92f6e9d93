package io.liteferry.bench;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.Rollback;
import io.liteferry.cutover.gate.Gates;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How long a cutover holds the writers, from the hold to the call of the hook, at a steady rate of transactions, and the
 * longest that a write took until it was acknowledged or refused by the fence. After each cutover a rollback, so that the next one is
 * possible; the services stand in a JVM of their own, the conductor in this one.
 */
record CutoverPause(long rows, int rate, int rounds) {
    private static final String TABLE = "ticks";
    private static final int WRITERS = 4;
    private static final long LIMIT_SECONDS = 600;
    private static final double GOAL_MILLIS = 500;

    BenchReport run(Consumer<String> progress) throws IOException, SQLException, InterruptedException {
        try (Servers servers = Servers.start()) {
            Path file = servers.folder().resolve("source.db");
            fill(file);
            Plan plan = plan(file, servers);
            Pipeline.apply(plan);
            Path config = servers.folder().resolve("pause.yaml");
            List<Map<String, Double>> measured = new ArrayList<>();
            try (Pipeline services = Pipeline.startAll(plan, servers.folder())) {
                services.secondsUntilStarted();
                services.secondsUntilConsistent();
                Cutover cutover = new Cutover(plan, config, Clock.systemUTC(), state -> {});
                Rollback rollback = new Rollback(plan, config, Clock.systemUTC(), state -> {});
                Request request = request(plan);
                for (int round = 0; round <= rounds; round++) {
                    try (SteadyWriters writers = SteadyWriters.start(file, TABLE, rows, WRITERS, rate)) {
                        open("cutover", () -> cutover.check(true), request);
                        Outcome outcome = cutover.start(request);
                        Map<String, Double> figures = figures(outcome, writers);
                        progress.accept((round == 0 ? "warm-up " : "round " + round + " ") + figures);
                        if (round > 0) {
                            measured.add(figures);
                        }
                    }
                    open("rollback", rollback::check, request);
                    rollback.start(request);
                }
            }
            return report(servers, measured);
        }
    }

    private void fill(Path file) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE ticks(id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, label TEXT NOT NULL)");
            s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                    + ") INSERT INTO ticks SELECT i, i * 7 % 1000, 'row ' || i FROM n");
        }
    }

    private static Plan plan(Path file, Servers servers) throws SQLException {
        TablePlan ticks = TablePlan.simple(
                TABLE,
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("amount", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("label", TargetType.of(Kind.TEXT)).notNull()));
        Plan plan = Pipeline.plan("pause", file, servers.newDatabase("pause"), servers, List.of(ticks));
        return plan.withOptions(plan.options()
                .with(Options.VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:0")
                .with(Options.REVERSE_ADMIN_ADDRESS, "127.0.0.1:0")
                .with(Options.VALIDATION_READY_STABLE_MS, "2s")
                .with(Options.VALIDATION_READY_CLEAN_PASSES, "1"));
    }

    private static Request request(Plan plan) {
        Request asked = Request.of(plan.options());
        return new Request(
                asked.maxLag(),
                asked.timeout(),
                asked.patience(),
                true,
                Map.of("backup_verified", "a benchmark", "statistics_there", "a benchmark"),
                asked.by());
    }

    private static void open(String what, Supplier<List<Check>> gates, Request request) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        List<Check> closed = Gates.closed(gates.get(), request.overrides());
        while (!closed.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The gates of the " + what + " did not open: " + closed);
            }
            TimeUnit.MILLISECONDS.sleep(200);
            closed = Gates.closed(gates.get(), request.overrides());
        }
    }

    private static Map<String, Double> figures(Outcome outcome, SteadyWriters writers) throws InterruptedException {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("pause_ms", millis(outcome.pause()));
        outcome.steps().forEach((step, took) -> figures.put(step + "_ms", BenchReport.rounded(took)));
        writers.stop();
        figures.put("longest_wait_ms", millis(writers.longest()));
        figures.put("transactions_per_s", BenchReport.rounded(writers.perSecond()));
        return figures;
    }

    private static double millis(Duration d) {
        return BenchReport.rounded(d.toNanos() / 1e6);
    }

    private BenchReport report(Servers servers, List<Map<String, Double>> measured) throws SQLException {
        double[] pauses = measured.stream()
                .mapToDouble(r -> BenchReport.at(r, "pause_ms"))
                .toArray();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("pause_p50_ms", BenchReport.rounded(Samples.of(pauses).median()));
        figures.put("pause_p99_ms", BenchReport.rounded(Samples.of(pauses).percentile(99)));
        figures.put(
                "longest_wait_ms",
                BenchReport.rounded(Samples.of(measured.stream()
                                .mapToDouble(r -> BenchReport.at(r, "longest_wait_ms"))
                                .toArray())
                        .percentile(100)));
        for (String step : List.of("hold_ms", "drain_ms", "prove_ms", "slot_ms", "open_ms", "fence_ms", "switch_ms")) {
            figures.put(step, BenchReport.median(measured, step));
        }
        figures.put("transactions_per_s", BenchReport.median(measured, "transactions_per_s"));
        return new BenchReport(
                "cutover-pause",
                figures,
                Map.of(
                        "limit_of_500_ms_to_pause_p99",
                        BenchReport.rounded(GOAL_MILLIS / Samples.of(pauses).percentile(99))),
                measured,
                List.of(TABLE + ": " + rows + " rows, integer primary key"),
                List.of(
                        measured.size() + " cutovers after one to warm up, a rollback after each",
                        "asked for " + rate + " single-row transactions a second of " + WRITERS
                                + " writers, busy_timeout 5 s, WAL, synchronous NORMAL",
                        "from the hold to the call of the hook; PostgreSQL durable"),
                Machine.describe(servers));
    }
}
