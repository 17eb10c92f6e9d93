package io.liteferry.bench;

import io.liteferry.core.plan.Plan;
import java.io.IOException;
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

/** A first load of one table, beside pgloader with the same file and the same server, in turns. */
record FirstLoad(long rows, int rounds, int partitions) {
    BenchReport run(Consumer<String> progress) throws IOException, SQLException, InterruptedException {
        PgLoader pgloader = PgLoader.find();
        try (Servers servers = Servers.start()) {
            Path source = servers.folder().resolve("source.db");
            progress.accept("making " + rows + " rows");
            WideTable.create(source, rows);
            Pipeline.makeArchive(servers, partitions);
            List<Map<String, Double>> measured = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Map<String, Double> m = new LinkedHashMap<>();
                // Who goes first changes, so that neither always finds the caches warm.
                if (round % 2 == 1) {
                    peer(servers, pgloader, source, round, m);
                    ours(servers, source, round, m);
                } else {
                    ours(servers, source, round, m);
                    peer(servers, pgloader, source, round, m);
                }
                m.put(
                        "vs_pgloader",
                        BenchReport.rounded(
                                BenchReport.at(m, "pgloader_seconds") / BenchReport.at(m, "liteferry_seconds")));
                progress.accept("round " + round + " of " + rounds + " " + m);
                measured.add(m);
            }
            return report(servers, pgloader, measured);
        }
    }

    private void peer(Servers servers, PgLoader pgloader, Path source, int round, Map<String, Double> m)
            throws IOException, SQLException, InterruptedException {
        String database = "pgloader_" + round;
        String url = servers.newDatabase(database);
        m.put("pgloader_seconds", BenchReport.rounded(pgloader.load(source, url, servers.folder())));
        verify(source, url);
        servers.dropDatabase(database);
    }

    private void ours(Servers servers, Path source, int round, Map<String, Double> m)
            throws IOException, SQLException, InterruptedException {
        String database = "liteferry_" + round;
        String url = servers.newDatabase(database);
        Path copy = Files.copy(source, servers.folder().resolve("source-" + round + ".db"));
        Plan plan = Pipeline.plan("load" + round, copy, url, servers, List.of(WideTable.plan(rows, partitions)));
        Pipeline.apply(plan);
        try (Pipeline pipeline = Pipeline.start(plan, servers.folder())) {
            m.put("liteferry_start_seconds", BenchReport.rounded(pipeline.secondsUntilStarted()));
            m.put("liteferry_seconds", BenchReport.rounded(pipeline.secondsUntilConsistent()));
            m.put("liteferry_peak_resident_mib", pipeline.peakResidentMib());
        }
        verify(copy, url);
        servers.dropDatabase(database);
        Files.delete(copy);
    }

    /** Counts and sums of both sides; a load that lost or changed rows has no time. */
    private static void verify(Path sqlite, String jdbcUrl) throws SQLException {
        String there = check(jdbcUrl);
        String here = check("jdbc:sqlite:" + sqlite.toAbsolutePath());
        if (!here.equals(there)) {
            throw new IllegalStateException("The load is not equal to its source: " + here + " against " + there);
        }
    }

    private static String check(String url) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT " + WideTable.CHECK + " FROM " + WideTable.NAME)) {
            rs.next();
            StringBuilder sums = new StringBuilder();
            for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                sums.append(i == 1 ? "" : ",").append(rs.getString(i));
            }
            return sums.toString();
        }
    }

    private BenchReport report(Servers servers, PgLoader pgloader, List<Map<String, Double>> measured)
            throws SQLException {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String side : List.of("liteferry", "pgloader")) {
            double seconds = BenchReport.median(measured, side + "_seconds");
            figures.put(side + "_seconds", seconds);
            figures.put(side + "_rows_per_second", (double) Math.round(rows / seconds));
        }
        for (String figure : List.of("liteferry_start_seconds", "liteferry_peak_resident_mib")) {
            figures.put(figure, BenchReport.median(measured, figure));
        }
        Map<String, String> machine = new LinkedHashMap<>(Machine.describe(servers));
        machine.put("pgloader", pgloader.version());
        return new BenchReport(
                "first-load",
                figures,
                Map.of("vs_pgloader", BenchReport.median(measured, "vs_pgloader")),
                measured,
                List.of(
                        WideTable.NAME + ": " + rows + " rows, 10 columns, primary key id (on during our load), no"
                                + " secondary index, "
                                + (partitions > 0 ? partitions + " hash partitions by id" : "not partitioned"),
                        WideTable.NAME + " of pgloader: primary key id, built after its load, not partitioned"),
                List.of(
                        "ours: capture and sink in one fresh JVM, -Xmx" + Pipeline.HEAP
                                + ", from the start of its process until the target is consistent (all rows committed);"
                                + " tables, triggers and topics are made before",
                        "ours: with an archive of classes, which the launcher makes at the first run (1,000 rows here)",
                        "the broker runs in a JVM of its own, warm after the first round; one replica, acks=all",
                        "pgloader: from the start of its process to its end, its own defaults",
                        "counts and sums of both targets are compared with the source after each load"),
                machine);
    }
}
