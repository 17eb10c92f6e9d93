package io.liteferry.sink;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.schema.TargetInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** One migration for one test: a fresh database, topics of its own, a hand-made stream and a sink that can be started. */
final class Migration implements AutoCloseable {
    static final TablePlan USERS = users(List.of());

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Plan plan;
    final HandMadeStream stream;
    private final String url;
    private final List<SinkService> sinks = new ArrayList<>();

    Migration(Map<String, String> options, TablePlan... tables) {
        url = SharedServers.newDatabase();
        Map<String, String> all = new HashMap<>(Map.of(
                Options.BOOTSTRAP_SERVERS, SharedServers.kafka(),
                Options.CONNECTION_URL, url,
                Options.SINK_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.FLUSH_RETRY_DELAY_MS, "50",
                Options.CONSTRAINT_RETRY_INTERVAL_MS, "100"));
        all.putAll(options);
        plan = new Plan(
                "m" + NUMBER.incrementAndGet() + "x" + ProcessHandle.current().pid(), Options.of(all), List.of(tables));
        stream = new HandMadeStream(plan);
    }

    Migration(TablePlan... tables) {
        this(Map.of(), tables);
    }

    static TablePlan users(List<IndexPlan> indexes) {
        return new TablePlan(
                "users",
                "users",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT)).comparedByBytes()),
                Optional.empty(),
                indexes,
                List.of(),
                0,
                true);
    }

    Migration install() {
        new TargetInstaller(plan).install();
        return this;
    }

    SinkService start() {
        return start(plan, Clock.systemUTC());
    }

    SinkService start(Clock clock) {
        return start(plan, clock);
    }

    /** @param options laid over the plan's */
    SinkService start(Map<String, String> options) {
        return start(plan.withOptions(plan.options().withConnector(options)), Clock.systemUTC());
    }

    private SinkService start(Plan plan, Clock clock) {
        SinkService sink = new SinkService(plan, clock);
        sinks.add(sink);
        sink.start();
        return sink;
    }

    /** Ends every sink that was started. */
    void stop() {
        sinks.forEach(SinkService::close);
        sinks.clear();
    }

    /** Runs a query and returns every row as text, columns separated by {@code |}. */
    List<String> rows(String sql) {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (r.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    row.append(i == 1 ? "" : "|").append(r.getString(i));
                }
                rows.add(row.toString());
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** What a topic holds now. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        TopicPartition p = new TopicPartition(topic, 0);
        try (Consumer<byte[], byte[]> consumer = KafkaClients.of(plan.options()).consumer("test")) {
            consumer.assign(List.of(p));
            consumer.seekToBeginning(List.of(p));
            long end = consumer.endOffsets(List.of(p)).getOrDefault(p, 0L);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (consumer.position(p) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
            return all;
        }
    }

    /** Runs statements by hand, past the gate. */
    void execute(String sql) {
        try (Connection c = DriverManager.getConnection(SharedServers.byHand(url));
                Statement s = c.createStatement()) {
            s.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** Of the target, direct. */
    String url() {
        return url;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    void awaitApplied(long seq) {
        await(() -> {
            for (SinkService s : sinks) {
                Throwable failure = s.failure();
                if (failure != null && !(failure.getMessage() + "").startsWith("LF-405")) {
                    throw new AssertionError("a sink ended", failure);
                }
            }
            return rows("SELECT seq FROM liteferry.applied").equals(List.of(String.valueOf(seq)));
        });
    }

    static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    static SqliteValue i(long value) {
        return new SqliteValue.Int(value);
    }

    static SqliteValue t(String value) {
        return SqliteValue.Text.of(value);
    }

    @Override
    public void close() {
        stop();
        stream.close();
    }
}
