package io.liteferry.bench;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.PackedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * From a commit in SQLite to its record in the topic and to its row in PostgreSQL, at a steady rate of single-row
 * transactions. Writer, a reader of the topic and a reader of the target stand in this process and share one clock; the
 * services' own metrics are not asked.
 */
record Latency(int rate, int seconds) {
    /** Transactions of this long warm the services' code up and are not counted. */
    private static final int WARM_UP_SECONDS = 10;

    private static final String TABLE = "ticks";
    private static final int DRAIN_SECONDS = 30;

    BenchReport run(Consumer<String> progress)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        try (Servers servers = Servers.start()) {
            Path file = servers.folder().resolve("source.db");
            try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement s = c.createStatement()) {
                s.execute("PRAGMA journal_mode = WAL");
                s.execute("CREATE TABLE ticks(id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, label TEXT NOT NULL)");
            }
            String url = servers.newDatabase("latency");
            TablePlan ticks = TablePlan.simple(
                    TABLE,
                    KeyPlan.primaryKey("id"),
                    List.of(
                            ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                            ColumnPlan.plain("amount", TargetType.of(Kind.BIGINT))
                                    .notNull(),
                            ColumnPlan.plain("label", TargetType.of(Kind.TEXT)).notNull()));
            Plan plan = Pipeline.plan("latency", file, url, servers, List.of(ticks));
            Pipeline.apply(plan);
            try (Pipeline pipeline = Pipeline.start(plan, servers.folder())) {
                pipeline.secondsUntilStarted();
                pipeline.secondsUntilConsistent();
                progress.accept(rate + " transactions/s for " + WARM_UP_SECONDS + " s to warm up and " + seconds
                        + " s to measure");
                return report(servers, measure(plan, file, url));
            }
        }
    }

    /** Nanoseconds by transaction, counted from 1; 0 where it has not happened. */
    private record Moments(AtomicLongArray committed, AtomicLongArray inTopic, AtomicLongArray visible) {
        Moments(int transactions) {
            this(
                    new AtomicLongArray(transactions + 1),
                    new AtomicLongArray(transactions + 1),
                    new AtomicLongArray(transactions + 1));
        }
    }

    private Moments measure(Plan plan, Path file, String url)
            throws SQLException, InterruptedException, ExecutionException {
        int transactions = rate * (WARM_UP_SECONDS + seconds);
        Moments moments = new Moments(transactions);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> done = List.of(
                    readers.submit(() -> {
                        followTarget(url, transactions, moments.visible);
                        return null;
                    }),
                    readers.submit(() -> followTopic(plan, transactions, moments.inTopic)));
            write(file, transactions, moments.committed);
            for (Future<?> d : done) {
                d.get(DRAIN_SECONDS, TimeUnit.SECONDS);
            }
            return moments;
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "Not all transactions had arrived " + DRAIN_SECONDS + " s after the last one was committed", e);
        } finally {
            readers.shutdownNow();
        }
    }

    private void write(Path file, int transactions, AtomicLongArray committed)
            throws SQLException, InterruptedException {
        try (Connection c =
                        DriverManager.getConnection("jdbc:sqlite:" + file + "?synchronous=NORMAL&busy_timeout=5000");
                PreparedStatement p = c.prepareStatement("INSERT INTO ticks(id, amount, label) VALUES (?, ?, ?)")) {
            long interval = TimeUnit.SECONDS.toNanos(1) / rate;
            long due = System.nanoTime();
            for (int i = 1; i <= transactions; i++) {
                p.setInt(1, i);
                p.setInt(2, i * 31);
                p.setString(3, "tick number " + i);
                p.executeUpdate();
                committed.set(i, System.nanoTime());
                due += interval;
                long early = due - System.nanoTime();
                if (early > 0) {
                    TimeUnit.NANOSECONDS.sleep(early);
                }
            }
        }
    }

    private static void followTarget(String url, int transactions, AtomicLongArray visible)
            throws SQLException, InterruptedException {
        try (Connection c = DriverManager.getConnection(url);
                PreparedStatement p = c.prepareStatement("SELECT max(id) FROM ticks")) {
            int seen = 0;
            while (seen < transactions) {
                int now;
                try (ResultSet rs = p.executeQuery()) {
                    now = rs.next() ? rs.getInt(1) : 0;
                }
                long at = System.nanoTime();
                while (seen < now) {
                    visible.set(++seen, at);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    private static void followTopic(Plan plan, int transactions, AtomicLongArray inTopic) {
        TopicPartition partition = new TopicPartition(TopicNames.of(plan).table(TABLE), 0);
        PackedReader reader = new PackedReader();
        try (var consumer = KafkaClients.of(plan.options()).consumer("bench")) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long seen = 0;
            while (seen < transactions && !Thread.currentThread().isInterrupted()) {
                var records = consumer.poll(Duration.ofMillis(100));
                long at = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> r : records) {
                    reader.reset(r.key()).next();
                    int id = (int) reader.integer();
                    if (inTopic.compareAndSet(id, 0, at)) {
                        seen++;
                    }
                }
            }
        }
    }

    private BenchReport report(Servers servers, Moments moments) throws SQLException {
        Samples topic = milliseconds(moments.committed, moments.inTopic);
        Samples visible = milliseconds(moments.committed, moments.visible);
        double reached = (rate * seconds - 1)
                / ((moments.committed.get(rate * (WARM_UP_SECONDS + seconds))
                                - moments.committed.get(rate * WARM_UP_SECONDS + 1))
                        / 1e9);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("transactions_per_second", BenchReport.rounded(reached));
        figures.put("topic_p50_ms", BenchReport.rounded(topic.percentile(50)));
        figures.put("topic_p99_ms", BenchReport.rounded(topic.percentile(99)));
        figures.put("visible_p50_ms", BenchReport.rounded(visible.percentile(50)));
        figures.put("visible_p99_ms", BenchReport.rounded(visible.percentile(99)));
        figures.put("visible_max_ms", BenchReport.rounded(visible.percentile(100)));
        return new BenchReport(
                "latency",
                figures,
                Map.of(),
                List.of(figures),
                List.of(TABLE + ": 3 columns, primary key id, no secondary index, not partitioned"),
                List.of(
                        rate + " single-row transactions a second, WAL, synchronous=NORMAL; the first "
                                + WARM_UP_SECONDS + " s are not counted",
                        "from the return of the commit in SQLite until a consumer has the record, and until a query of"
                                + " max(id) that is asked every millisecond has returned the row",
                        "writer and both readers in one JVM, the broker in another; capture and sink in a third, -Xmx"
                                + Pipeline.HEAP),
                Machine.describe(servers));
    }

    private Samples milliseconds(AtomicLongArray from, AtomicLongArray to) {
        return Samples.of(IntStream.rangeClosed(rate * WARM_UP_SECONDS + 1, rate * (WARM_UP_SECONDS + seconds))
                .mapToDouble(i -> (to.get(i) - from.get(i)) / 1e6)
                .toArray());
    }
}
