package io.liteferry.bench;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.sink.schema.TargetGate;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** The sink's part of a first load, its records already in Kafka, beside one plain COPY of the same rows in binary form. */
record CopyLimit(long rows, int rounds, int partitions) {
    private static final String NAME = "copylimit";

    BenchReport run(Consumer<String> progress) throws IOException, SQLException, InterruptedException {
        try (Servers servers = Servers.start()) {
            Path source = servers.folder().resolve("source.db");
            progress.accept("making " + rows + " rows, and reading them into Kafka");
            WideTable.create(source, rows);
            Pipeline.makeArchive(servers, partitions);
            fillTopic(servers, source);
            List<Map<String, Double>> measured = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Map<String, Double> m = round(servers, source, round);
                progress.accept("round " + round + " of " + rounds + " " + m);
                measured.add(m);
            }
            return report(servers, measured);
        }
    }

    private Plan plan(Servers servers, Path source, String url) {
        return Pipeline.plan(NAME, source, url, servers, List.of(WideTable.plan(rows, partitions)));
    }

    private void fillTopic(Servers servers, Path source) throws IOException, SQLException, InterruptedException {
        Plan plan = plan(servers, source, servers.newDatabase(NAME));
        Pipeline.apply(plan);
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Pipeline capture = Pipeline.startCapture(plan, servers.folder(), Cores.SHARED)) {
            capture.awaitCaughtUp(c);
        }
        servers.dropDatabase(NAME);
    }

    private Map<String, Double> round(Servers servers, Path source, int round)
            throws IOException, SQLException, InterruptedException {
        Map<String, Double> m = new LinkedHashMap<>();
        String ours = NAME + "_sink_" + round;
        String plain = NAME + "_copy_" + round;
        Path file = servers.folder().resolve("rows.copy");
        Plan sinks = install(servers, source, ours);
        try (Pipeline sink = Pipeline.startSink(sinks, servers.folder())) {
            double started = sink.secondsUntilStarted();
            m.put("sink_start_seconds", BenchReport.rounded(started));
            m.put("sink_seconds", BenchReport.rounded(sink.secondsUntilConsistent() - started));
            m.put("sink_peak_resident_mib", sink.peakResidentMib());
        }
        copyOut(servers.url(ours), file);
        m.put("copy_seconds", BenchReport.rounded(copyIn(install(servers, source, plain), file)));
        demandEqual(servers.url(ours), servers.url(plain));
        m.put("vs_copy", BenchReport.rounded(BenchReport.at(m, "copy_seconds") / BenchReport.at(m, "sink_seconds")));
        servers.dropDatabase(ours);
        servers.dropDatabase(plain);
        Files.delete(file);
        return m;
    }

    /** The table with its key and partitions, in a database of its own. */
    private Plan install(Servers servers, Path source, String database) throws SQLException {
        Plan plan = plan(servers, source, servers.newDatabase(database));
        new TargetInstaller(plan).install();
        return plan;
    }

    private static void copyOut(String url, Path file) throws SQLException, IOException {
        try (Connection c = DriverManager.getConnection(url);
                OutputStream out = Files.newOutputStream(file)) {
            copies(c).copyOut("COPY (SELECT * FROM " + WideTable.NAME + ") TO STDOUT (FORMAT binary)", out);
        }
    }

    private static double copyIn(Plan plan, Path file) throws SQLException, IOException {
        try (Connection c = DriverManager.getConnection(plan.options().string(Options.CONNECTION_URL));
                Statement s = c.createStatement();
                InputStream in = Files.newInputStream(file)) {
            s.execute("CHECKPOINT");
            c.setAutoCommit(false);
            s.execute(TargetGate.pass("sink"));
            long from = System.nanoTime();
            copies(c).copyIn("COPY " + WideTable.NAME + " FROM STDIN (FORMAT binary)", in, 256 * 1024);
            c.commit();
            return (System.nanoTime() - from) / 1e9;
        }
    }

    private static CopyManager copies(Connection c) throws SQLException {
        return c.unwrap(PGConnection.class).getCopyAPI();
    }

    private void demandEqual(String ours, String plain) throws SQLException {
        String sink = sums(ours);
        if (!sink.equals(sums(plain)) || !sink.startsWith(rows + "|")) {
            throw new IllegalStateException("The sink loaded " + sink + ", COPY " + sums(plain));
        }
    }

    private static String sums(String url) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet rs =
                        s.executeQuery("SELECT concat_ws('|', " + WideTable.CHECK + ") FROM " + WideTable.NAME)) {
            rs.next();
            return rs.getString(1);
        }
    }

    private BenchReport report(Servers servers, List<Map<String, Double>> measured) throws SQLException {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String figure : List.of("sink_seconds", "copy_seconds", "sink_start_seconds", "sink_peak_resident_mib")) {
            figures.put(figure, BenchReport.median(measured, figure));
        }
        for (String side : List.of("sink", "copy")) {
            figures.put(
                    side + "_rows_per_second", (double) Math.round(rows / BenchReport.at(figures, side + "_seconds")));
        }
        return new BenchReport(
                "copy-limit",
                figures,
                Map.of("vs_copy", BenchReport.median(measured, "vs_copy")),
                measured,
                List.of(WideTable.NAME + ": " + rows + " rows, 10 columns, primary key id, no secondary index, "
                        + (partitions > 0 ? partitions + " hash partitions by id" : "not partitioned")
                        + "; the same for both"),
                List.of(
                        "sink: alone in a fresh JVM, -Xmx" + Pipeline.HEAP_ALONE
                                + ", compilers cold; all records are in Kafka"
                                + " before; from the service's start until the target is consistent",
                        "copy: one COPY FROM STDIN in binary form, from a file that COPY wrote, one transaction,"
                                + " its connection is open before the clock starts",
                        "sink_peak_resident_mib: the process's VmHWM after the load; run it with --rows 100000 and"
                                + " --rows 10000000 to compare",
                        "both tables hold the same rows by counts and sums, or there is no figure"),
                Machine.describe(servers));
    }
}
