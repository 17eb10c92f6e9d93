package io.liteferry.cli.harmless;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.CaptureService;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.SignalTopic;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.service.Service;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.SinkService;
import io.liteferry.sink.schema.TargetInstaller;
import io.liteferry.validator.ValidatorService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that take turns among themselves have no errors at all; with a snapshot and a validator reading beside them
 * they must still have none, however long one looks. No rates are compared, so chance has no part in it. The WAL that
 * they make is bounded. What would break either is tried too, in the place of the services.
 */
class EightWritersTest {
    private static final long WAL_BYTES = 64L << 20;
    /** What these write is more than the bound, whatever the machine's speed. */
    private static final long COMMITS = 2_500;

    private static final int HISTORY_ROWS = 300_000;
    /** Tenths of a second; reading the history takes about as long beside the writers. */
    private static final long LOOKS_A_SNAPSHOT = 100;

    @TempDir
    Path folder = Path.of("");

    private Path source = Path.of("");

    /** What a run of the writers came to, and the largest WAL there was. */
    private record Run(Writers.Result result, long largestWal) {
        long walBound() {
            return WAL_BYTES + (long) (result.commits() * (double) Writers.BODY_BYTES / result.seconds());
        }
    }

    @BeforeEach
    void makeSource() throws SQLException {
        source = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("PRAGMA synchronous = OFF");
            Writers.create(c);
            s.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** What the snapshot has to read while the writers write. */
    private void makeHistory() throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE history(id INTEGER PRIMARY KEY, note TEXT NOT NULL)");
            s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + HISTORY_ROWS
                    + ") INSERT INTO history SELECT i, 'a note of some length, number ' || i FROM n");
            s.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Test
    void noticeNeitherASnapshotNorAValidator() throws Exception {
        watch(60);
    }

    @Test
    @Tag("long")
    void noticeNothingForAnHour() throws Exception {
        watch(Long.getLong("liteferry.writers.seconds", 3_600));
    }

    private void watch(long seconds) throws Exception {
        assertThat(run(true, 1, 500).result().errors())
                .as("errors among themselves")
                .isEmpty();
        makeHistory();
        Plan plan = plan();
        new SourceInstaller(plan).install();
        new TargetInstaller(plan).install();
        try (var admin = KafkaClients.of(plan.options()).admin("test")) {
            Topics.makeMissing(admin, plan);
        }
        Clock clock = Clock.systemUTC();
        try (Service sink = new SinkService(plan, clock);
                Service validator = new ValidatorService(plan, clock);
                Service capture = new CaptureService(plan, clock);
                Producer<byte[], byte[]> signals =
                        KafkaClients.of(plan.options()).producer("test")) {
            sink.start();
            validator.start();
            capture.start();
            assertThat(consistent(plan))
                    .as("the snapshot is over before the writers start")
                    .isFalse();

            AtomicLong looks = new AtomicLong();
            Run beside = beside(
                    () -> {
                        TimeUnit.MILLISECONDS.sleep(100);
                        if (looks.incrementAndGet() % LOOKS_A_SNAPSHOT == 0) {
                            SignalTopic.send(signals, plan, again(looks.get()));
                        }
                    },
                    seconds,
                    COMMITS);

            assertThat(beside.result().errors())
                    .as("errors that only another process can cause")
                    .isEmpty();
            assertThat(beside.largestWal()).isBetween(1L, beside.walBound());
            assertThat(kinds(run(false, seconds / 12, 200)))
                    .as("kinds of errors where they do not take turns")
                    .isSubsetOf("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT");
            assertThat(looks).as("tenths of a second with a snapshot").hasValueGreaterThan(3 * LOOKS_A_SNAPSHOT);
            assertThat(compared(validator)).as("rows the validator compared").isPositive();
            assertThat(capture.failure()).isNull();
            assertThat(sink.failure()).isNull();
            assertThat(validator.failure()).isNull();
        }
    }

    /** So that a snapshot is always being taken. */
    private static Signal again(long number) {
        return Signal.of("again-" + number, Signal.EXECUTE_SNAPSHOT, List.of("history"));
    }

    private static List<String> kinds(Run run) {
        return run.result().errors().keySet().stream()
                .map(k -> k.substring(k.indexOf(' ') + 1))
                .distinct()
                .toList();
    }

    @Test
    void wouldNoticeAPollerThatWrites() throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source + "?busy_timeout=5000");
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE heartbeat(n)");
            Map<String, Long> errors = beside(() -> s.execute("INSERT INTO heartbeat VALUES (1)"), 1, 500)
                    .result()
                    .errors();
            assertThat(errors.keySet()).anyMatch(k -> k.endsWith("SQLITE_BUSY_SNAPSHOT"));
        }
    }

    @Test
    void makeAWalWithoutBoundWhereAReaderLeavesNoGap() throws Exception {
        try (Connection one = new SqliteFile(source).openReader();
                Connection other = new SqliteFile(source).openReader()) {
            read(one, "BEGIN");
            Run run = beside(
                    () -> {
                        read(other, "BEGIN");
                        TimeUnit.MILLISECONDS.sleep(100);
                        read(one, "COMMIT", "BEGIN");
                        TimeUnit.MILLISECONDS.sleep(100);
                        read(other, "COMMIT");
                    },
                    2,
                    COMMITS);
            assertThat(run.largestWal()).isGreaterThan(run.walBound());
            assertThat(run.result().errors()).isEmpty();
        }
    }

    private static void read(Connection c, String... transaction) throws SQLException {
        try (Statement s = c.createStatement()) {
            for (String sql : transaction) {
                s.execute(sql);
            }
            try (ResultSet rs = s.executeQuery("SELECT count(*) FROM page")) {
                rs.next();
            }
        }
    }

    private interface Disturbance {
        void act() throws SQLException, InterruptedException;
    }

    /** Runs the writers in turns with something in the place of the services. */
    private Run beside(Disturbance disturbance, long seconds, long commits) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> done = thread.submit(() -> {
                while (!stop.get()) {
                    disturbance.act();
                    TimeUnit.MILLISECONDS.sleep(2);
                }
                return null;
            });
            Run run = run(true, seconds, commits);
            stop.set(true);
            done.get();
            return run;
        } finally {
            stop.set(true);
            thread.shutdownNow();
        }
    }

    /** Looks at the WAL by stat only: opening it here would drop the locks that SQLite holds in this process. */
    private Run run(boolean inTurns, long seconds, long commits) throws IOException, InterruptedException {
        Path result = folder.resolve("result");
        Path wal = Path.of(source + "-wal");
        long largest = 0;
        Process writers = Writers.start(source, result, inTurns, seconds, commits);
        try {
            while (!writers.waitFor(5, TimeUnit.MILLISECONDS)) {
                largest = Math.max(largest, Files.exists(wal) ? Files.size(wal) : 0);
            }
            assertThat(writers.exitValue())
                    .as(Files.readString(folder.resolve("writers.log")))
                    .isZero();
            return new Run(Writers.Result.read(result), largest);
        } finally {
            writers.destroyForcibly();
        }
    }

    private Plan plan() {
        String name = "w" + UUID.randomUUID().toString().substring(0, 8);
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH, source.toString(),
                Options.BOOTSTRAP_SERVERS, SharedServers.kafka(),
                Options.CONNECTION_URL, SharedServers.newDatabase(),
                Options.CAPTURE_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.SINK_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.REVERSE_ADMIN_ADDRESS, "127.0.0.1:0",
                Options.VALIDATION_PASS_INTERVAL_MS, "1"));
        KeyPlan id = KeyPlan.primaryKey("id");
        return new Plan(
                name,
                options,
                List.of(
                        TablePlan.simple(
                                "page",
                                id,
                                List.of(
                                        column("id", Kind.BIGINT),
                                        column("slug", Kind.TEXT),
                                        column("body", Kind.BYTEA))),
                        TablePlan.simple(
                                "history", id, List.of(column("id", Kind.BIGINT), column("note", Kind.TEXT)))));
    }

    private static ColumnPlan column(String name, Kind kind) {
        return ColumnPlan.plain(name, TargetType.of(kind)).notNull();
    }

    private static boolean consistent(Plan plan) throws SQLException {
        try (Connection c = DriverManager.getConnection(plan.options().string(Options.CONNECTION_URL));
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT coalesce(bool_and(consistent), false) FROM liteferry.applied")) {
            return rs.next() && rs.getBoolean(1);
        }
    }

    private static double compared(Service validator) throws IOException, InterruptedException {
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + validator.adminAddress() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Matcher rows = Pattern.compile("(?m)^liteferry_validation_rows_total\\{.*?} ([0-9.E]+)$")
                .matcher(metrics.body());
        double sum = 0;
        while (rows.find()) {
            sum += Double.parseDouble(rows.group(1));
        }
        return sum;
    }
}
