package io.liteferry.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.embedded.SharedServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class CaptureServiceTest {
    @TempDir
    Path folder = Path.of("");

    private SourceFixture source = unset();
    private Plan plan = new Plan("unset", Options.defaults(), List.of());

    @SuppressWarnings("NullAway")
    private static SourceFixture unset() {
        return null;
    }

    @BeforeEach
    void makeTheSource(TestInfo test) throws Exception {
        source = new SourceFixture(folder.resolve("app.db"))
                .option(Options.BOOTSTRAP_SERVERS, SharedServers.kafka())
                .option(Options.SNAPSHOT_CHUNK_SIZE, "100")
                .sql(
                        "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT UNIQUE, name)",
                        "CREATE TABLE tags(tag TEXT COLLATE NOCASE PRIMARY KEY, n) WITHOUT ROWID",
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
                                + " INSERT INTO users SELECT i, 'u' || i, 'n' FROM n")
                .table("users", List.of("id"), "id", "email", "name")
                .table("tags", List.of("tag"), "tag", "n");
        plan = source.plan("capture-" + test.getTestMethod().orElseThrow().getName());
        new SourceInstaller(plan).install();
        SourceFixture.makeTopics(plan);
    }

    @AfterEach
    void closeTheSource() throws Exception {
        source.close();
    }

    @Test
    void everyBatchStandsInKafkaWithAsManyRecordsAsItsEndSays() throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
            assertThat(stream.changes("users")).hasSize(250);
            source.sql(
                    "REPLACE INTO users(id, email, name) VALUES (1000, 'u7', 'took it')",
                    "INSERT INTO tags VALUES ('a', 1)",
                    "REPLACE INTO tags VALUES ('A', 2)");
            await().untilAsserted(() -> {
                stream.read();
                assertThat(stream.changes("users"))
                        .extracting(StreamReader.Change::key, c -> c.header().op())
                        .contains(
                                org.assertj.core.groups.Tuple.tuple(key(new SqliteValue.Int(7)), Operation.DELETE),
                                org.assertj.core.groups.Tuple.tuple(key(new SqliteValue.Int(1000)), Operation.CREATE));
                assertThat(stream.changes("tags"))
                        .extracting(StreamReader.Change::key)
                        .contains(key(SqliteValue.Text.of("A")));
                BatchEnd last = stream.last();
                assertThat(last.position().seq()).isEqualTo(lastSeq());
            });
            assertThat(stream.incomplete()).isEmpty();
            assertThat(stream.ends())
                    .extracting(BatchEnd::batch)
                    .startsWith(1L, 2L, 3L)
                    .doesNotHaveDuplicates();
        }
    }

    /** The engine refuses to be closed before it polls; a reader that is left behind would go on in our epoch. */
    @Test
    void aServiceThatIsClosedAsSoonAsItRunsLeavesNoReaderBehind() {
        for (int i = 0; i < 3; i++) {
            CaptureService service = new CaptureService(plan, Clock.systemUTC());
            service.start();
            service.close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("capture-engine", "capture-reader");
        }
    }

    @Test
    void refusesTopicsThatHoldTheBatchesOfAnEarlierInstallation() throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
        }
        new SourceInstaller(plan).uninstall();
        new SourceInstaller(plan).install();
        try (CaptureService again = new CaptureService(plan, Clock.systemUTC())) {
            assertThatThrownBy(again::start)
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_UNFIT))
                    .hasMessageContaining("an earlier installation");
        }
    }

    @Test
    void aNewServiceKnowsTheColumnsThatWereSentAlthoughNoSinkAnnouncedThem() throws Exception {
        try (StreamReader stream = new StreamReader(plan)) {
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().consistent());
                publishApplied(stream.last());
                source.sql("ALTER TABLE users DROP COLUMN name");
                await().until(() -> stream.read().last().evolution().containsKey("users"));
            }
            int rows = stream.changes("users").size();
            source.sql("ALTER TABLE users ADD COLUMN name DEFAULT 'new'");
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().last().position().epoch() == 2 && stream.consistent());
            }
            assertThat(Objects.requireNonNull(stream.last().evolution().get("users"))
                            .changes())
                    .extracting(ColumnChange::kind)
                    .containsExactly(ColumnChange.Kind.DROP, ColumnChange.Kind.ADD);
            assertThat(stream.changes("users")).hasSize(rows + 250);
        }
    }

    @Test
    void aNewServiceGoesOnFromWhatTheSinkHasApplied() throws Exception {
        try (StreamReader stream = new StreamReader(plan)) {
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().consistent());
            }
            BatchEnd last = stream.last();
            publishApplied(last);
            int snapshotRows = stream.changes("users").size();
            source.sql("UPDATE users SET name = 'while it was down' WHERE id = 3");
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().changes("users").size() > snapshotRows);
            }
            StreamReader.Change change = stream.changes("users").get(snapshotRows);
            assertThat(change.key()).isEqualTo(key(new SqliteValue.Int(3)));
            assertThat(change.header().batch().epoch())
                    .isEqualTo(last.position().epoch() + 1);
            assertThat(change.header().batch().batch()).isEqualTo(1);
            assertThat(stream.changes("users")).hasSize(snapshotRows + 1);
        }
    }

    @Test
    void aSuccessorEndsItsPredecessorLoudly() throws Exception {
        try (CaptureService first = new CaptureService(plan, Clock.systemUTC());
                CaptureService second = new CaptureService(plan, Clock.systemUTC())) {
            first.start();
            second.start();
            await().until(() -> first.failure() != null);
            assertThat(first.failure())
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EPOCH_LOST));
            assertThat(first.health().ready()).isFalse();
            assertThat(second.failure()).isNull();
        }
    }

    @Test
    void emitsTheKeysThatASignalNames() throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
            int before = stream.changes("users").size();
            send(
                    TopicNames.of(plan).signals(),
                    Json.bytes(Signal.emitKeys(
                            "1",
                            "users",
                            List.of(
                                    key(new SqliteValue.Int(5)).packed(),
                                    key(new SqliteValue.Int(5000)).packed()))));
            await().until(() -> stream.read().changes("users").size() == before + 2);
            assertThat(stream.changes("users").subList(before, before + 2))
                    .extracting(StreamReader.Change::key, c -> c.header().op())
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(key(new SqliteValue.Int(5)), Operation.UPDATE),
                            org.assertj.core.groups.Tuple.tuple(key(new SqliteValue.Int(5000)), Operation.DELETE));
        }
    }

    @Test
    void snapshotsATableThatASignalNamesAndPassesOverSignalsThatItCannotUnderstand() throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
            int before = stream.changes("users").size();
            String topic = TopicNames.of(plan).signals();
            send(topic, "no json".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            send(topic, "{\"id\":\"0\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            send(topic, Json.bytes(Signal.of("1", "explode", List.of())));
            send(topic, Json.bytes(Signal.of("2", Signal.STOP_SNAPSHOT, List.of("users"))));
            send(
                    topic,
                    "{\"id\":\"3\",\"type\":\"execute-snapshot\",\"data\":{\"type\":\"incremental\",\"data-collections\":[\"users\"]}}"
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            await().until(() -> stream.read().changes("users").size() > before && stream.consistent());
            assertThat(stream.changes("users")
                            .subList(before, stream.changes("users").size()))
                    .extracting(c -> c.header().op())
                    .containsOnly(Operation.SNAPSHOT);
            assertThat(service.failure()).isNull();
        }
    }

    @Test
    void aPauseIsRememberedOverARestart() throws Exception {
        String topic = TopicNames.of(plan).signals();
        try (StreamReader stream = new StreamReader(plan)) {
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().consistent());
                send(topic, Json.bytes(Signal.of("1", Signal.PAUSE, List.of())));
            }
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                await().until(() -> stream.read().ends().stream()
                        .anyMatch(e -> e.tables().values().stream()
                                .anyMatch(t -> String.valueOf(t.reason()).contains("paused"))));
                assertThat(get(service, "/metrics")).contains("liteferry_capture_held{reason=\"paused\"} 1.0");
                assertThat(get(service, "/readyz?verbose")).contains("capture is paused by a signal");
                int before = stream.read().ends().size();
                source.sql("INSERT INTO users VALUES (777, 'u777', 'waits')");
                await().during(java.time.Duration.ofSeconds(2))
                        .until(() -> stream.read().ends().size() == before);
                send(topic, Json.bytes(Signal.of("2", Signal.RESUME, List.of())));
                await().until(() -> stream.read().ends().size() > before);
            }
        }
    }

    @Test
    void waitsUnderTheFenceAndGoesOnAfterIt() throws Exception {
        SqliteFile file = new SqliteFile(source.path());
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
            try (SourceFence fence = SourceFence.hold(file, Duration.ofSeconds(5), List.of())) {
                fence.commit();
            }
            await().until(() ->
                    get(service, "/readyz?verbose").contains("fenced: the application writes to PostgreSQL"));
            assertThat(get(service, "/metrics")).contains("liteferry_capture_held{reason=\"fenced\"} 1.0");
            int snapshotted = stream.read().changes("users").size();
            try (SourceFence release = SourceFence.release(file, Duration.ofSeconds(5), Map.of())) {
                release.commit();
            }
            source.sql("INSERT INTO users VALUES (778, 'u778', 'again')");
            await().until(() -> stream.read().changes("users").size() > snapshotted);
            assertThat(stream.changes("users")).hasSize(snapshotted + 1);
            assertThat(service.failure()).isNull();
        }
    }

    @Test
    void writesStructsAsJsonAndReadsItsOwnEndsWhenItStartsAgain() throws Exception {
        TablePlan people = TablePlan.simple(
                "users",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT)),
                        ColumnPlan.plain("email", TargetType.of(TargetType.Kind.TEXT))));
        Plan json = new Plan(
                plan.name(), plan.options().with(Options.RECORD_FORMAT, Options.RECORD_FORMAT_STRUCT), List.of(people));
        List<String> users = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = KafkaClients.of(plan.options()).consumer("test-json")) {
            TopicPartition of = new TopicPartition(TopicNames.of(plan).table("users"), 0);
            TopicPartition transaction = new TopicPartition(TopicNames.of(plan).transaction(), 0);
            consumer.assign(List.of(of, transaction));
            consumer.seekToBeginning(List.of(of, transaction));
            for (int epoch = 1; epoch <= 2; epoch++) {
                String claimed = "\"epoch\":" + epoch;
                try (CaptureService service = new CaptureService(json, Clock.systemUTC())) {
                    service.start();
                    source.sql("DELETE FROM users WHERE id = " + epoch);
                    await().until(() -> {
                        consumer.poll(Duration.ofMillis(50))
                                .forEach(r -> (r.topic().equals(of.topic()) ? users : ends)
                                        .add(
                                                r.value() == null
                                                        ? "tombstone"
                                                        : new String(r.value(), StandardCharsets.UTF_8)));
                        return users.contains("tombstone")
                                && ends.stream().anyMatch(e -> e.contains(claimed) && e.contains("consistent\":true"));
                    });
                }
            }
        }
        assertThat(users)
                .anyMatch(r -> r.contains("\"payload\":{\"before\":null,\"after\":{\"id\":250,\"email\":\"u250\"}"))
                .anyMatch(r -> r.contains("\"op\":\"d\""));
        assertThat(ends).allMatch(e -> e.startsWith("{\"schema\":"));
    }

    @Test
    void doesNotStartWhereNothingIsInstalled() {
        new SourceInstaller(plan).uninstall();
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
            assertThatThrownBy(service::start)
                    .isInstanceOfSatisfying(
                            LiteferryException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CAPTURE_NOT_INSTALLED))
                    .hasMessageContaining("liteferry apply");
        }
    }

    @Test
    void tellsItsFiguresAndItsHealth() throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC());
                StreamReader stream = new StreamReader(plan)) {
            service.start();
            await().until(() -> stream.read().consistent());
            assertThat(get(service, "/readyz")).isEqualTo("ok\n");
            assertThat(get(service, "/metrics"))
                    .contains("liteferry_snapshot_rows_total{table=\"users\"} 250.0")
                    .contains("liteferry_capture_events_total{op=\"u\",table=\"users\"}")
                    .contains("liteferry_change_log_rows 1.0")
                    .contains("liteferry_capture_lag_seconds");
        }
    }

    private static String get(CaptureService service, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + service.adminAddress() + path))
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static RowKey key(SqliteValue value) {
        return RowKey.of(List.of(value));
    }

    private long lastSeq() throws Exception {
        try (var s = source.connection().createStatement();
                var rs = s.executeQuery("SELECT max(seq) FROM _liteferry_log")) {
            return rs.getLong(1);
        }
    }

    private void publishApplied(BatchEnd end) throws Exception {
        send(
                TopicNames.of(plan).applied(),
                Json.bytes(new AppliedPosition(
                        end.position(), end.batch(), end.schemaVersion(), end.tables(), end.consistent())));
    }

    private void send(String topic, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = KafkaClients.of(plan.options()).producer("test")) {
            producer.send(new ProducerRecord<>(topic, plan.name().getBytes(StandardCharsets.UTF_8), value))
                    .get();
        }
    }
}
