package io.liteferry.bench;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.plan.Plan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What capture costs the application: the rate of its writes and how long they take, without capture, with our triggers,
 * with triggers and a running capture, and with triggers that write JSON images and nobody who reads them. Alternated, on
 * a fresh file each time.
 */
record CaptureOverhead(int rounds, int milliseconds, Cores cores) {
    private static final int BATCH = 1_000;
    private static final int PACED_PER_SECOND = 500;
    private static final int WAL_CHANGES = 2_000;
    /** A 99th percentile of few transactions says nothing. */
    private static final int WRITERS_TIME = 5;

    private static final int WARM_UP_TIMES = 4;

    private static final List<String> SYNCHRONOUS = List.of("NORMAL", "FULL");

    private enum Variant {
        NONE,
        TRIGGERS,
        CAPTURE,
        JSON_IMAGES;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    BenchReport run(Consumer<String> progress) throws IOException, SQLException, InterruptedException {
        try (Servers servers = Servers.start(cores)) {
            cores.keepTheApplication();
            Map<String, Double> figures = new LinkedHashMap<>();
            Map<String, Double> ratios = new LinkedHashMap<>();
            List<Map<String, Double>> all = new ArrayList<>();
            for (int indexes : List.of(1, 4)) {
                Map<Variant, List<Map<String, Double>>> found = new EnumMap<>(Variant.class);
                for (int round = 0; round < rounds; round++) {
                    Map<String, Double> line = new LinkedHashMap<>();
                    for (int v = 0; v < Variant.values().length; v++) {
                        // Another one begins each round.
                        Variant variant = Variant.values()[(v + round) % Variant.values().length];
                        progress.accept(indexes + " unique indexes, round " + (round + 1) + ", " + variant.label());
                        Map<String, Double> m = new Run(servers, variant, indexes, round).measure();
                        found.computeIfAbsent(variant, k -> new ArrayList<>()).add(m);
                        m.forEach((k, value) ->
                                line.put(variant.label() + "_" + k + suffix(indexes), BenchReport.rounded(value)));
                    }
                    all.add(line);
                }
                summarize(indexes, found, figures, ratios);
            }
            return new BenchReport(
                    "capture-overhead",
                    figures,
                    ratios,
                    all,
                    List.of(WrittenTable.NAME
                            + ": 10 columns, integer primary key, 1 or 4 secondary unique indexes over texts, "
                            + WrittenTable.ROWS_BEFORE + " rows before"),
                    List.of(
                            "inserts and updates in turn; WAL, synchronous=NORMAL, one connection in this JVM; "
                                    + milliseconds + " ms a figure after " + WARM_UP_TIMES + " times as long a warm-up",
                            "single: one change a transaction, as fast as it goes; batch: " + BATCH
                                    + "; p50 and p99 of single transactions at " + PACED_PER_SECOND + " a second",
                            "eight_writers: " + EightWriters.WRITERS + " connections, each "
                                    + EightWriters.EACH_PER_SECOND + " transactions a second, for "
                                    + WRITERS_TIME * milliseconds
                                    + " ms; waiting for locks included; synchronous NORMAL and FULL, which waits for the disk",
                            "capture: our triggers and a running capture without sink, in a JVM of its own with nice 5, as the"
                                    + " launcher starts it, the broker in another;"
                                    + " json_images: triggers with json_object of OLD and NEW, no reader",
                            cores == Cores.APART
                                    ? "the writers have the first core, broker and capture the others, in all variants"
                                    : "writers, broker and capture share all cores",
                            "cpu_per_second: changes by a second of the writing thread's CPU time, which a busy machine"
                                    + " disturbs least",
                            "wal bytes a change: " + WAL_CHANGES + " changes without checkpoint"),
                    Machine.describe(servers));
        }
    }

    private static String suffix(int indexes) {
        return indexes == 1 ? "" : "_" + indexes + "_indexes";
    }

    private static void summarize(
            int indexes,
            Map<Variant, List<Map<String, Double>>> found,
            Map<String, Double> figures,
            Map<String, Double> ratios) {
        String end = suffix(indexes);
        found.forEach((variant, rounds) -> {
            Map<String, Double> m = new LinkedHashMap<>();
            for (String figure : rounds.get(0).keySet()) {
                m.put(
                        figure,
                        Samples.of(rounds.stream()
                                        .mapToDouble(r -> r.getOrDefault(figure, Double.NaN))
                                        .toArray())
                                .median());
            }
            m.forEach((k, v) -> figures.put(variant.label() + "_" + k + end, BenchReport.rounded(v)));
        });
        for (String rate :
                List.of("single_per_second", "batch_per_second", "single_cpu_per_second", "batch_cpu_per_second")) {
            for (Variant ours : List.of(Variant.TRIGGERS, Variant.CAPTURE)) {
                for (Variant other : List.of(Variant.NONE, Variant.JSON_IMAGES)) {
                    ratios.put(
                            ours.label() + "_vs_" + other.label() + "_" + rate.replace("_per_second", "") + end,
                            ratio(of(found, ours), of(found, other), rate));
                }
            }
        }
        for (String p99 : List.of("p99", writers("NORMAL") + "_p99", writers("FULL") + "_p99")) {
            ratios.put(
                    p99 + "_none_vs_capture" + end,
                    ratio(of(found, Variant.NONE), of(found, Variant.CAPTURE), p99 + "_ms"));
        }
    }

    private static List<Map<String, Double>> of(Map<Variant, List<Map<String, Double>>> found, Variant variant) {
        return found.getOrDefault(variant, List.of());
    }

    /** The median of the rounds' own ratios: only what ran side by side is compared. */
    private static double ratio(List<Map<String, Double>> ours, List<Map<String, Double>> others, String figure) {
        double[] ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] =
                    ours.get(i).getOrDefault(figure, Double.NaN) / others.get(i).getOrDefault(figure, Double.NaN);
        }
        return BenchReport.rounded(Samples.of(ratios).median());
    }

    private static String writers(String synchronous) {
        return "eight_writers_" + synchronous.toLowerCase(Locale.ROOT);
    }

    private interface Settling {
        void await() throws SQLException, InterruptedException;
    }

    /** One variant in one round. */
    private final class Run {
        private final Servers servers;
        private final Variant variant;
        private final int indexes;
        private final String name;

        Run(Servers servers, Variant variant, int indexes, int round) {
            this.servers = servers;
            this.variant = variant;
            this.indexes = indexes;
            this.name = "overhead" + indexes + variant.label().replace("_", "") + round;
        }

        Map<String, Double> measure() throws IOException, SQLException, InterruptedException {
            Path file = servers.folder().resolve(name + ".db");
            try (Connection c = open(file)) {
                try (Statement s = c.createStatement()) {
                    s.execute("PRAGMA journal_mode = WAL");
                }
                WrittenTable.create(c, indexes);
            }
            String url = variant == Variant.CAPTURE ? servers.newDatabase(name) : "";
            Plan plan = Pipeline.plan(name, file, url, servers, List.of(WrittenTable.plan()));
            switch (variant) {
                case NONE -> {}
                case TRIGGERS -> new SourceInstaller(plan).install();
                case CAPTURE -> Pipeline.apply(plan);
                case JSON_IMAGES -> {
                    try (Connection c = open(file);
                            Statement s = c.createStatement()) {
                        for (String trigger : WrittenTable.imageTriggers()) {
                            s.execute(trigger);
                        }
                    }
                }
            }
            try (Connection c = open(file);
                    WrittenTable table = new WrittenTable(c)) {
                double wal = walBytes(c, file, table);
                if (variant != Variant.CAPTURE) {
                    return write(file, c, table, wal, () -> {});
                }
                try (Pipeline capture = Pipeline.startCapture(plan, servers.folder(), cores)) {
                    capture.secondsUntilStarted();
                    return write(file, c, table, wal, () -> capture.awaitCaughtUp(c));
                }
            }
        }

        /** @param settle a steady rate is measured without the work that the full rate has left */
        private Map<String, Double> write(Path file, Connection c, WrittenTable table, double wal, Settling settle)
                throws SQLException, InterruptedException {
            // What a JVM compiles in its first seconds is no cost of a service that runs for weeks.
            for (int i = 0; i < WARM_UP_TIMES; i++) {
                single(table);
            }
            Map<String, Double> m = new LinkedHashMap<>();
            long before = cpuNanos();
            Rate single = single(table);
            long between = cpuNanos();
            Rate batch = batches(c, table);
            m.put("single_per_second", single.perSecond());
            m.put("batch_per_second", batch.perSecond());
            m.put("single_cpu_per_second", single.changes() / ((between - before) / 1e9));
            m.put("batch_cpu_per_second", batch.changes() / ((cpuNanos() - between) / 1e9));
            settle.await();
            Samples paced = paced(table);
            m.put("p50_ms", paced.percentile(50));
            m.put("p99_ms", paced.percentile(99));
            for (String synchronous : SYNCHRONOUS) {
                EightWriters.Seen eight = new EightWriters(file, synchronous, WRITERS_TIME * milliseconds).run();
                String writers = writers(synchronous);
                m.put(writers + "_p50_ms", eight.took().percentile(50));
                m.put(writers + "_p99_ms", eight.took().percentile(99));
                m.put(writers + "_refused", (double) eight.refused());
            }
            m.put("wal_bytes_per_change", wal);
            return m;
        }
    }

    private static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file + "?synchronous=NORMAL&busy_timeout=5000");
    }

    private static double walBytes(Connection c, Path file, WrittenTable table) throws IOException, SQLException {
        Path wal = Path.of(file + "-wal");
        try (Statement s = c.createStatement()) {
            s.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            s.execute("PRAGMA wal_autocheckpoint = 0");
            for (int i = 0; i < WAL_CHANGES; i++) {
                table.change();
            }
            double bytes = Files.size(wal);
            s.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            s.execute("PRAGMA wal_autocheckpoint = 1000");
            return bytes / WAL_CHANGES;
        }
    }

    /** CPU time of this thread, which is the writer: what others on the machine do changes it least. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private record Rate(int changes, double seconds) {
        double perSecond() {
            return changes / seconds;
        }
    }

    private Rate single(WrittenTable table) throws SQLException {
        long from = System.nanoTime();
        long until = from + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        int changes = 0;
        while (System.nanoTime() - until < 0) {
            table.change();
            changes++;
        }
        return new Rate(changes, (System.nanoTime() - from) / 1e9);
    }

    private Rate batches(Connection c, WrittenTable table) throws SQLException {
        long from = System.nanoTime();
        long until = from + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        int changes = 0;
        c.setAutoCommit(false);
        while (System.nanoTime() - until < 0) {
            for (int i = 0; i < BATCH; i++) {
                table.change();
            }
            c.commit();
            changes += BATCH;
        }
        c.setAutoCommit(true);
        return new Rate(changes, (System.nanoTime() - from) / 1e9);
    }

    /** Milliseconds of each transaction at a steady rate. */
    private Samples paced(WrittenTable table) throws SQLException, InterruptedException {
        double[] took = new double[PACED_PER_SECOND * milliseconds / 1_000];
        long due = System.nanoTime();
        for (int i = 0; i < took.length; i++) {
            long from = System.nanoTime();
            table.change();
            long to = System.nanoTime();
            took[i] = (to - from) / 1e6;
            due += TimeUnit.SECONDS.toNanos(1) / PACED_PER_SECOND;
            if (due - to > 0) {
                TimeUnit.NANOSECONDS.sleep(due - to);
            }
        }
        return Samples.of(took);
    }
}
