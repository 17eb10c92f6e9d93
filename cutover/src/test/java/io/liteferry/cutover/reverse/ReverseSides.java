package io.liteferry.cutover.reverse;

import io.liteferry.capture.CaptureService;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.SinkService;
import io.liteferry.sink.schema.TargetGate;
import io.liteferry.sink.schema.TargetInstaller;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** A source that was moved to PostgreSQL and is fenced, for one test. */
final class ReverseSides implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Plan plan;
    final Path file;
    private final String url;

    /** @param ddl of the source, its first rows too */
    ReverseSides(Path folder, List<String> ddl, TablePlan... tables) {
        url = SharedServers.newDatabase();
        int number = NUMBER.incrementAndGet();
        file = folder.resolve("app" + number + ".db");
        plan = new Plan(
                "r" + number + "x" + ProcessHandle.current().pid(),
                Options.of(Map.of(
                        Options.DATABASE_FILE_PATH,
                        file.toString(),
                        Options.BOOTSTRAP_SERVERS,
                        SharedServers.kafka(),
                        Options.CONNECTION_URL,
                        url,
                        Options.CAPTURE_ADMIN_ADDRESS,
                        "127.0.0.1:0",
                        Options.SINK_ADMIN_ADDRESS,
                        "127.0.0.1:0",
                        Options.REVERSE_ADMIN_ADDRESS,
                        "127.0.0.1:0")),
                List.of(tables));
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            for (String sql : ddl) {
                s.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        try (Admin admin = KafkaClients.of(plan.options()).admin("test")) {
            Topics.makeMissing(admin, plan);
        }
        new TargetInstaller(plan).install();
        new SourceInstaller(plan).install();
    }

    /** Carries everything forward with the real capture and the real sink, then fences the source and opens the slot. */
    ReverseSides switchedOver() {
        try (CaptureService capture = new CaptureService(plan, Clock.systemUTC());
                SinkService sink = new SinkService(plan, Clock.systemUTC())) {
            capture.start();
            sink.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            target("SELECT consistent FROM liteferry.applied").equals(List.of("t")));
        }
        return fenced();
    }

    /** Of tables that hold nothing to carry. */
    ReverseSides fenced() {
        for (String table : plan.tables().stream().map(TablePlan::source).toList()) {
            for (String event : List.of("INSERT", "UPDATE", "DELETE")) {
                source("CREATE TRIGGER " + Sql.name("_liteferry_f" + event + "_" + table) + " BEFORE " + event + " ON "
                        + Sql.name(table)
                        + " BEGIN SELECT RAISE(ABORT, 'migration fence')"
                        + " WHERE (SELECT fenced FROM _liteferry_meta) = 1; END");
            }
        }
        for (String trigger : source("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                + " AND name LIKE '\\_liteferry\\_%' ESCAPE '\\' AND sql NOT LIKE '%migration fence%'")) {
            source("DROP TRIGGER " + Sql.name(trigger));
        }
        source("UPDATE _liteferry_meta SET fenced = 1");
        target(
                "INSERT INTO liteferry.applied(source, log_identity, epoch, batch, seq, fingerprint, schema_version,"
                        + " consistent, tables, offsets, generation, backend_pid, state) VALUES ('" + plan.source()
                        + "', '', 1, 1, 1, 1, 1, true, '{}', '{}', 1, 1, 'closed') ON CONFLICT (source) DO UPDATE SET state = 'closed'");
        try (Connection c = PgConnections.of(plan.options()).open("test");
                Connection sqlite = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            ReplicationSlot slot = new ReplicationSlot(plan);
            slot.create(c);
            new TargetGate(plan).open(c);
            c.commit();
            ReversePosition.begin(sqlite, slot.advance(c));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** Runs a statement in PostgreSQL and returns every row as text, columns separated by {@code |}. */
    List<String> target(String sql) {
        try (Connection c = DriverManager.getConnection(url)) {
            return rows(c, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The same in SQLite. */
    List<String> source(String sql) {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=10000")) {
            return rows(c, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private static List<String> rows(Connection c, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement s = c.createStatement()) {
            if (!s.execute(sql)) {
                return rows;
            }
            try (ResultSet r = s.getResultSet()) {
                while (r.next()) {
                    StringBuilder row = new StringBuilder();
                    for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                        row.append(i == 1 ? "" : "|").append(r.getString(i));
                    }
                    rows.add(row.toString());
                }
            }
        }
        return rows;
    }

    /** What the reverse topic holds now, heartbeats left out. */
    List<ReverseRecord> records() {
        TopicPartition p = new TopicPartition(TopicNames.of(plan).reverse(), 0);
        try (Consumer<byte[], byte[]> consumer = KafkaClients.of(plan.options()).consumer("test")) {
            consumer.assign(List.of(p));
            consumer.seekToBeginning(List.of(p));
            long end = consumer.endOffsets(List.of(p)).getOrDefault(p, 0L);
            List<ReverseRecord> all = new ArrayList<>();
            while (consumer.position(p) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(r -> all.add(Json.read(r.value(), ReverseRecord.class, "test")));
            }
            all.removeIf(r -> r.kind() == ReverseRecord.Kind.HEARTBEAT);
            return all;
        }
    }

    @Override
    public void close() {
        try (Connection c = PgConnections.of(plan.options()).open("test")) {
            new ReplicationSlot(plan).drop(c);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
