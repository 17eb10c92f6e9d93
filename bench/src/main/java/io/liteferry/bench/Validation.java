package io.liteferry.bench;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** A full pass of the validator beside a plain scan and hash of the same rows on each side, each alone. */
record Validation(long rows, int rounds) {
    private static final String NAME = "validated";
    private static final String HEAP = "256m";
    /** What PostgreSQL would have to compute if it were to hash an exact form of the row that another program can hash too. */
    private static final String CANONICAL_SHA256 = "('x' || encode(substr(sha256(int8send(id) || int8send(device)"
            + " || coalesce(int8send(amount), '') || coalesce(float8send(weight), '') || float8send(score)"
            + " || convert_to(label, 'UTF8') || convert_to(city, 'UTF8') || coalesce(convert_to(note, 'UTF8'), '')"
            + " || int8send(flags) || timestamp_send(seen_at)), 1, 8), 'hex'))::bit(64)::bigint";

    BenchReport run(Consumer<String> progress) throws IOException, SQLException, InterruptedException {
        try (Servers servers = Servers.start()) {
            Path source = servers.folder().resolve("source.db");
            progress.accept("making and loading " + rows + " rows");
            WideTable.create(source, rows);
            String url = servers.newDatabase(NAME);
            Plan plan = Pipeline.plan(NAME, source, url, servers, List.of(WideTable.plan(rows, 0)));
            Pipeline.apply(plan);
            try (Pipeline pipeline = Pipeline.start(plan, servers.folder())) {
                pipeline.secondsUntilStarted();
                pipeline.secondsUntilConsistent();
            }
            execute(url, "VACUUM (ANALYZE) " + WideTable.NAME);
            List<Map<String, Double>> measured = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Map<String, Double> m = round(servers, plan, source, url);
                progress.accept("round " + round + " of " + rounds + " " + m);
                measured.add(m);
            }
            return report(servers, measured);
        }
    }

    private Map<String, Double> round(Servers servers, Plan plan, Path source, String url)
            throws IOException, SQLException {
        Map<String, Double> m = new LinkedHashMap<>();
        m.put("sqlite_scan_rows_per_second", perSecond(sqliteScan(source)));
        m.put("postgresql_scan_rows_per_second", perSecond(postgresScan(url, "hashtextextended(t::text, 0)")));
        m.put("postgresql_sha256_rows_per_second", perSecond(postgresScan(url, CANONICAL_SHA256)));
        m.put("postgresql_copy_rows_per_second", perSecond(postgresCopy(url)));
        Path file = servers.folder().resolve("validation.yaml");
        PlanFile.write(plan, file);
        try (Child child = Child.start(
                List.of(),
                ValidationProcess.class,
                HEAP,
                servers.folder().resolve("validation.log"),
                Map.of("LITEFERRY_CONNECTION_URL", plan.options().string(Options.CONNECTION_URL)),
                List.of(file.toString(), Long.toString(rows)))) {
            Map<String, Double> told = told(child.running());
            m.put("cold_pass_rows_per_second", perSecond(BenchReport.at(told, "cold_seconds")));
            m.put("pass_rows_per_second", perSecond(BenchReport.at(told, "warm_seconds")));
            for (String figure : List.of("changed_row_microseconds", "found_seconds", "resident_mib")) {
                m.put(figure, BenchReport.at(told, figure));
            }
        } finally {
            execute(url, "UPDATE " + WideTable.NAME + " SET label = rtrim(label) WHERE id = " + rows * 9 / 10);
        }
        double slower = Math.min(
                BenchReport.at(m, "sqlite_scan_rows_per_second"), BenchReport.at(m, "postgresql_scan_rows_per_second"));
        m.put("pass_vs_slower_scan", BenchReport.rounded(BenchReport.at(m, "pass_rows_per_second") / slower));
        m.put("cold_pass_vs_slower_scan", BenchReport.rounded(BenchReport.at(m, "cold_pass_rows_per_second") / slower));
        return m;
    }

    private static Map<String, Double> told(String line) {
        Map<String, Double> told = new LinkedHashMap<>();
        for (String pair : line.split(" ", -1)) {
            String[] parts = pair.split("=", 2);
            told.put(parts[0], Double.valueOf(parts[1]));
        }
        return told;
    }

    private double perSecond(double seconds) {
        return Math.round(rows / seconds);
    }

    private static double sqliteScan(Path file) throws SQLException {
        long from = System.nanoTime();
        long sum = 0;
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT * FROM " + WideTable.NAME)) {
            Object[] row = new Object[rs.getMetaData().getColumnCount()];
            while (rs.next()) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = rs.getObject(i + 1);
                }
                sum += Arrays.hashCode(row);
            }
        }
        return demandSum(sum, from);
    }

    /** @param hash of a row {@code t}, a bigint, summed in PostgreSQL */
    private static double postgresScan(String url, String hash) throws SQLException {
        long from = System.nanoTime();
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.execute("SET max_parallel_workers_per_gather = 0");
            try (ResultSet rs = s.executeQuery("SELECT sum(" + hash + ") FROM " + WideTable.NAME + " t")) {
                rs.next();
                return demandSum(rs.getBigDecimal(1).longValue(), from);
            }
        }
    }

    private static double postgresCopy(String url) throws SQLException {
        long from = System.nanoTime();
        long bytes = 0;
        try (Connection c = DriverManager.getConnection(url)) {
            CopyOut out = c.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY " + WideTable.NAME + " TO STDOUT (FORMAT binary)");
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                bytes += row.length;
            }
        }
        return demandSum(bytes, from);
    }

    /** Nothing may find out that the sum is not needed. */
    private static double demandSum(long sum, long from) {
        if (sum == 0) {
            throw new IllegalStateException("a scan has hashed nothing");
        }
        return (System.nanoTime() - from) / 1e9;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.execute("SET liteferry.writer = 'by hand'");
            s.execute(sql);
        }
    }

    private BenchReport report(Servers servers, List<Map<String, Double>> measured) throws SQLException {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String figure : List.of(
                "sqlite_scan_rows_per_second",
                "postgresql_scan_rows_per_second",
                "postgresql_sha256_rows_per_second",
                "postgresql_copy_rows_per_second",
                "pass_rows_per_second",
                "cold_pass_rows_per_second",
                "changed_row_microseconds",
                "found_seconds",
                "resident_mib")) {
            figures.put(figure, BenchReport.median(measured, figure));
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String ratio : List.of("pass_vs_slower_scan", "cold_pass_vs_slower_scan")) {
            ratios.put(ratio, BenchReport.median(measured, ratio));
        }
        return new BenchReport(
                "validation",
                figures,
                ratios,
                measured,
                List.of(WideTable.NAME + ": " + rows + " rows, 10 columns, primary key id, not partitioned"),
                List.of(
                        "ours: a fresh JVM of -Xmx" + HEAP
                                + ", one thread a side, and one backend of PostgreSQL; the first"
                                + " pass is cold, the second warm; every row must be equal, or there is no figure",
                        "SQLite's scan: every value by getObject and a hash of the row, one thread, in the benchmark's JVM",
                        "PostgreSQL's scan: hashtextextended of the row as text, summed there, one backend, nothing is sent",
                        "PostgreSQL's sha256: the same with the hash that a comparison by digests would need, of the columns'"
                                + " binary forms; its copy: COPY in binary, read and thrown away",
                        "changed rows: looked at by their keys at random, 500 in a pair of snapshots; one thread",
                        "found: from the beginning of a pass until the one wrong row, at nine tenths of the table, is told"),
                Machine.describe(servers));
    }
}
