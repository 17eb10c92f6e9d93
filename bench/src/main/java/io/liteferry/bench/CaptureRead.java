package io.liteferry.bench;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * How fast capture reads: rows of a snapshot, and changes from the log, each until the broker has them, beside a plain
 * JDBC scan of the same rows that sends nothing.
 */
record CaptureRead(long rows, int rounds) {
    private static final int LIMIT_SECONDS = 600;
    /** To ask the broker more often would take a tenth of a core from what is measured. */
    private static final int LOOK_EVERY_MILLIS = 50;

    BenchReport run(Consumer<String> progress)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        try (Servers servers = Servers.start()) {
            Path source = servers.folder().resolve("source.db");
            progress.accept("making " + rows + " rows");
            WideTable.create(source, rows);
            scanNanos(source);
            List<Map<String, Double>> measured = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Map<String, Double> m = new LinkedHashMap<>();
                long before = scanNanos(source);
                capture(servers, source, round, m);
                m.put("scan_rows_per_second", perSecond(2 * rows, before + scanNanos(source)));
                for (String ours : List.of("snapshot_rows", "changes")) {
                    m.put(
                            ours + "_vs_scan",
                            BenchReport.rounded(BenchReport.at(m, ours + "_per_second")
                                    / BenchReport.at(m, "scan_rows_per_second")));
                }
                progress.accept("round " + round + " of " + rounds + " " + m);
                measured.add(m);
            }
            return report(servers, measured);
        }
    }

    /** The time it takes to read every value of every row. */
    private long scanNanos(Path file) throws SQLException {
        long from = System.nanoTime();
        long read = 0;
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT * FROM " + WideTable.NAME)) {
            int columns = rs.getMetaData().getColumnCount();
            long values = 0;
            while (rs.next()) {
                for (int i = 1; i <= columns; i++) {
                    values += rs.getObject(i) == null ? 0 : 1;
                }
                read++;
            }
            if (read != rows || values < rows) {
                throw new IllegalStateException("The scan read " + read + " rows, " + values + " values");
            }
        }
        return System.nanoTime() - from;
    }

    private void capture(Servers servers, Path source, int round, Map<String, Double> m)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        String name = "read" + round;
        Path copy = Files.copy(source, servers.folder().resolve(name + ".db"));
        String url = servers.newDatabase(name);
        Plan plan = Pipeline.plan(name, copy, url, servers, List.of(WideTable.plan(rows, 0)));
        Pipeline.apply(plan);
        try (Admin admin = KafkaClients.of(plan.options()).admin("bench");
                Pipeline capture = Pipeline.startCapture(plan, servers.folder(), Cores.SHARED)) {
            Topic topic = Topic.of(admin, TopicNames.of(plan).table(WideTable.NAME));
            capture.secondsUntilStarted();
            long warm = rows / 4;
            long reached = topic.await(warm);
            long warmNanos = System.nanoTime();
            topic.await(rows);
            m.put("snapshot_rows_per_second", perSecond(rows - reached, System.nanoTime() - warmNanos));
            topic.demand(rows);
            long committed = updateAll(copy);
            topic.await(2 * rows);
            m.put("changes_per_second", perSecond(rows, System.nanoTime() - committed));
            topic.demand(2 * rows);
        }
        servers.dropDatabase(name);
        Files.delete(copy);
    }

    /** One change a row, in one transaction. Returns the moment it was committed. */
    private static long updateAll(Path file) throws SQLException {
        try (Connection c =
                        DriverManager.getConnection("jdbc:sqlite:" + file + "?synchronous=NORMAL&busy_timeout=5000");
                Statement s = c.createStatement()) {
            s.execute("UPDATE " + WideTable.NAME + " SET flags = flags + 1");
            return System.nanoTime();
        }
    }

    /** What the broker has acknowledged of a topic. */
    private record Topic(Admin admin, String name, Map<TopicPartition, OffsetSpec> latest) {
        static Topic of(Admin admin, String name) throws ExecutionException, InterruptedException {
            Map<TopicPartition, OffsetSpec> latest =
                    admin.describeTopics(List.of(name)).allTopicNames().get().values().stream()
                            .flatMap(t -> t.partitions().stream())
                            .collect(Collectors.toMap(
                                    p -> new TopicPartition(name, p.partition()), p -> OffsetSpec.latest()));
            return new Topic(admin, name, latest);
        }

        long records() throws ExecutionException, InterruptedException {
            return admin.listOffsets(latest).all().get().values().stream()
                    .mapToLong(o -> o.offset())
                    .sum();
        }

        long await(long wanted) throws ExecutionException, InterruptedException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            long now = records();
            while (now < wanted) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException(
                            name + " has " + now + " of " + wanted + " records after " + LIMIT_SECONDS + " s");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
                now = records();
            }
            return now;
        }

        /** Rows that came twice would not have been so many rows. */
        void demand(long wanted) throws ExecutionException, InterruptedException {
            long now = records();
            if (now != wanted) {
                throw new IllegalStateException(name + " has " + now + " records and not " + wanted);
            }
        }
    }

    private BenchReport report(Servers servers, List<Map<String, Double>> measured) throws SQLException {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String figure : List.of("scan_rows_per_second", "snapshot_rows_per_second", "changes_per_second")) {
            figures.put(figure, BenchReport.median(measured, figure));
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String ratio : List.of("snapshot_rows_vs_scan", "changes_vs_scan")) {
            ratios.put(ratio, BenchReport.median(measured, ratio));
        }
        return new BenchReport(
                "capture-read",
                figures,
                ratios,
                measured,
                List.of(WideTable.NAME + ": " + rows + " rows, 10 columns, primary key id"),
                List.of(
                        "ours: capture without sink in a fresh JVM, -Xmx" + Pipeline.HEAP_ALONE
                                + "; the broker in another, one replica, acks=all",
                        "snapshot: from the first quarter in the topic, which warms capture up, until the last row is",
                        "changes: every row updated in one transaction, from its commit until the last one is in the topic",
                        "scan: every value by getObject, one connection, in the benchmark's JVM, before and after"
                                + " each of ours, warm; nothing is sent",
                        "the topic holds exactly one record a row and one a change, or there is no figure"),
                Machine.describe(servers));
    }

    private static double perSecond(long count, long nanos) {
        return Math.round(count / (nanos / 1e9));
    }
}
