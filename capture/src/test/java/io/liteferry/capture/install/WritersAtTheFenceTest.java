package io.liteferry.capture.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * D9: what each kind of writer sees while the source is held, after it was let go, and after the fence. The table in
 * docs/operate/fence.md is what is asserted here.
 */
class WritersAtTheFenceTest {
    private static final String NO_ERROR = "no error";
    private static final String BUSY = "`SQLITE_BUSY` (5)";
    private static final String STALE = "`SQLITE_BUSY_SNAPSHOT` (517)";
    private static final String FENCE = "`SQLITE_CONSTRAINT_TRIGGER` (1811), `migration fence`";

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration STILL_WAITING = Duration.ofMillis(200);

    /** Rows above it are those of the writers; each kind may move one of those below. */
    private static final int FIRST_ID = 1_000;

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** When a writer writes. */
    private enum Moment {
        HELD_THEN_LET_GO,
        HELD_THEN_FENCED,
        AFTER_THE_FENCE
    }

    /**
     * A way to write.
     *
     * @param before what its connection has run before the source is held
     * @param write {@code $} stands for the id of the row that is there afterwards; prepared before the source is held
     * @param seen by moment
     */
    private record Kind(String name, int timeoutMillis, List<String> before, List<String> write, List<String> seen) {
        String row() {
            String timeout = timeoutMillis == 0 ? "0" : timeoutMillis / 1000 + " s";
            return "| " + name + " | " + timeout + " | " + String.join(" | ", seen) + " |";
        }
    }

    private static List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        String insert = "INSERT INTO t VALUES ($, 'x')";
        List<String> waits = List.of(NO_ERROR, FENCE, FENCE);
        for (int timeout : new int[] {0, 1_000, 5_000}) {
            List<String> seen = timeout == 0 ? List.of(BUSY, BUSY, FENCE) : waits;
            kinds.add(new Kind("one statement", timeout, List.of(), List.of(insert), seen));
            kinds.add(new Kind(
                    "`BEGIN IMMEDIATE`, then writes",
                    timeout,
                    List.of(),
                    List.of("BEGIN IMMEDIATE", insert, "COMMIT"),
                    seen));
            kinds.add(new Kind(
                    "`BEGIN`, its first statement writes",
                    timeout,
                    List.of(),
                    List.of("BEGIN", insert, "COMMIT"),
                    seen));
            kinds.add(new Kind(
                    "`BEGIN`, reads, then writes",
                    timeout,
                    List.of(),
                    List.of("BEGIN", "SELECT count(*) FROM t", insert, "COMMIT"),
                    List.of(BUSY, BUSY, FENCE)));
            kinds.add(new Kind(
                    "`BEGIN`, has read before the hold, then writes",
                    timeout,
                    List.of("BEGIN", "SELECT count(*) FROM t"),
                    List.of(insert, "COMMIT"),
                    List.of(BUSY, BUSY, STALE)));
        }
        for (String clause : List.of("ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK")) {
            kinds.add(one("`INSERT OR " + clause + "`", "INSERT OR " + clause + " INTO t VALUES ($, 'x')", waits));
            kinds.add(one(
                    "`UPDATE OR " + clause + "`", "UPDATE OR " + clause + " t SET id = $ WHERE id = $ - 500", waits));
        }
        kinds.add(one(
                "`INSERT … ON CONFLICT DO UPDATE`",
                "INSERT INTO t VALUES ($ - 500, 'x') ON CONFLICT(id) DO UPDATE SET id = $",
                waits));
        kinds.add(one(
                "`INSERT … ON CONFLICT DO NOTHING`", "INSERT INTO t VALUES ($, 'x') ON CONFLICT DO NOTHING", waits));
        kinds.add(one("a write through a view with a trigger", "INSERT INTO w VALUES ($, 'x')", waits));
        kinds.add(one(
                "a write that a trigger of the application ends with `RAISE(IGNORE)`",
                "INSERT INTO swallowed VALUES ($)",
                waits));
        kinds.add(one(
                "an `UPDATE` or `DELETE` that finds no row",
                "DELETE FROM t WHERE id = -$",
                List.of(NO_ERROR, NO_ERROR, NO_ERROR)));
        return kinds;
    }

    private static Kind one(String name, String write, List<String> seen) {
        return new Kind(name, 5_000, List.of(), List.of(write), seen);
    }

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"))
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                        "CREATE VIEW w AS SELECT id, v FROM t",
                        "CREATE TRIGGER w_insert INSTEAD OF INSERT ON w BEGIN INSERT INTO t VALUES (NEW.id, NEW.v); END",
                        "CREATE TABLE swallowed(id INTEGER PRIMARY KEY)",
                        "CREATE TRIGGER swallow BEFORE INSERT ON swallowed BEGIN SELECT RAISE(IGNORE); END")
                .table("t", List.of("id"), "id", "v")
                .table("swallowed", List.of("id"), "id");
        for (int i = 0; i < kinds().size(); i++) {
            source.sql("INSERT INTO t VALUES (" + (FIRST_ID - 500 + i) + ", 'there')");
        }
        new SourceInstaller(source.plan("m")).install();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        source.close();
    }

    @Test
    void whoWaitsSeesNoErrorWhereTheHoldIsUndone() throws Exception {
        everyWriterSeesWhatItShould(Moment.HELD_THEN_LET_GO);
    }

    @Test
    void everyWaitingWriterIsToldOfTheFence() throws Exception {
        everyWriterSeesWhatItShould(Moment.HELD_THEN_FENCED);
    }

    @Test
    void everyStragglerIsToldOfTheFence() throws Exception {
        everyWriterSeesWhatItShould(Moment.AFTER_THE_FENCE);
    }

    @Test
    void theDocumentationSaysWhatIsSeen() throws Exception {
        assertThat(Files.readAllLines(Path.of("..", "docs", "operate", "fence.md")))
                .containsSubsequence(kinds().stream().map(Kind::row).toList());
    }

    /** And a write is there exactly where nobody was told of an error. */
    private void everyWriterSeesWhatItShould(Moment moment) throws Exception {
        List<Kind> kinds = kinds();
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            writers.add(new Writer(kinds.get(i), FIRST_ID + i));
        }
        Map<Writer, Future<String>> told = new LinkedHashMap<>();
        try (SourceFence fence = hold()) {
            if (moment == Moment.AFTER_THE_FENCE) {
                fence.commit();
                // One after the other: they would be in each other's way.
                for (Writer w : writers) {
                    told.put(w, CompletableFuture.completedFuture(w.call()));
                }
            } else {
                writers.forEach(w -> told.put(w, threads.submit(w)));
                await().atMost(LONG)
                        .during(STILL_WAITING)
                        .until(() -> told.entrySet().stream()
                                .allMatch(e -> e.getValue().isDone()
                                        == e.getKey().expected(moment).equals(BUSY)));
            }
            if (moment == Moment.HELD_THEN_FENCED) {
                fence.commit();
            }
        }
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> seen = new LinkedHashMap<>();
        Set<Long> acknowledged = new TreeSet<>();
        for (Writer w : writers) {
            expected.put(w.toString(), w.expected(moment));
            String saw = Objects.requireNonNull(told.get(w)).get(LONG.toSeconds(), TimeUnit.SECONDS);
            seen.put(w.toString(), saw);
            if (saw.equals(NO_ERROR) && w.leavesARow()) {
                acknowledged.add(w.id);
            }
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(ids("SELECT id FROM t WHERE id >= " + FIRST_ID + " UNION ALL SELECT id FROM swallowed"))
                .isEqualTo(acknowledged);
    }

    @Test
    void underLoadNoAcknowledgedWriteIsMissingAndNoneSlipsIn() throws Exception {
        Set<Long> acknowledged = new ConcurrentSkipListSet<>();
        List<Future<String>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long first = FIRST_ID + i * 1_000_000L;
            String begin = i % 2 == 0 ? "BEGIN IMMEDIATE" : "BEGIN";
            writers.add(threads.submit(() -> writeUntilRefused(first, begin, acknowledged)));
        }
        // Let go some times before it is meant: nobody may notice.
        for (int i = 0; i < 3; i++) {
            int before = acknowledged.size();
            await().atMost(LONG).until(() -> acknowledged.size() > before + 50);
            hold().close();
        }
        long last;
        try (SourceFence fence = hold()) {
            last = fence.position().seq();
            fence.commit();
        }
        for (Future<String> w : writers) {
            assertThat(w.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(FENCE);
        }
        assertThat(ids("SELECT id FROM t WHERE id >= " + FIRST_ID)).isEqualTo(acknowledged);
        assertThat(ids("SELECT max(seq) FROM _liteferry_log")).containsExactly(last);
    }

    private String writeUntilRefused(long first, String begin, Set<Long> acknowledged) throws SQLException {
        try (Connection c = application(5_000);
                Statement s = c.createStatement()) {
            for (long id = first; ; id++) {
                try {
                    s.execute(begin);
                    s.execute("INSERT INTO t VALUES (" + id + ", 'x')");
                    s.execute("COMMIT");
                    acknowledged.add(id);
                } catch (SQLException e) {
                    return told(e);
                }
            }
        }
    }

    @Test
    void aConductorThatIsKilledWhileItHoldsLeavesNothingBehind() throws Exception {
        List<String> schema = source.schema();
        Path held = folder.resolve("held");
        Process conductor = HoldingProcess.start(source.path(), held);
        try {
            await().atMost(LONG).until(() -> Files.exists(held) || !conductor.isAlive());
            assertThat(Files.exists(held))
                    .as(Files.readString(folder.resolve("holding.log")))
                    .isTrue();
            Writer atOnce = new Writer(kinds().get(0), FIRST_ID);
            assertThat(atOnce.call()).isEqualTo(BUSY);
            Kind waits = one("waits", "INSERT INTO t VALUES ($, 'x')", List.of());
            Future<String> waiting = threads.submit(new Writer(waits, FIRST_ID + 1));
            await().atMost(LONG).during(STILL_WAITING).until(() -> !waiting.isDone());
            conductor.destroyForcibly();
            assertThat(waiting.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(NO_ERROR);
        } finally {
            conductor.destroyForcibly();
        }
        assertThat(ids("SELECT id FROM t WHERE id >= " + FIRST_ID)).containsExactly(FIRST_ID + 1L);
        assertThat(source.schema()).isEqualTo(schema);
    }

    private SourceFence hold() {
        return SourceFence.hold(new SqliteFile(source.path()), LONG, List.of());
    }

    private Connection application(int timeoutMillis) throws SQLException {
        Connection c = DriverManager.getConnection("jdbc:sqlite:" + source.path());
        try (Statement s = c.createStatement()) {
            s.execute("PRAGMA busy_timeout = " + timeoutMillis);
            s.execute("PRAGMA synchronous = off");
        }
        return c;
    }

    private Set<Long> ids(String sql) throws SQLException {
        Set<Long> ids = new TreeSet<>();
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            while (rs.next()) {
                ids.add(rs.getLong(1));
            }
        }
        return ids;
    }

    /** The driver begins its message with the code's name. */
    private static String told(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return List.of(BUSY, STALE, FENCE).stream()
                .filter(known -> message.startsWith("[" + known.split("`", -1)[1] + "]"))
                .filter(known -> known.contains("fence") == message.contains("(migration fence)"))
                .findFirst()
                .orElse(message);
    }

    /** A connection of the application, open since before the source is held. */
    private final class Writer implements Callable<String> {
        private final Kind kind;
        private final long id;
        private final Connection connection;
        private final List<PreparedStatement> statements = new ArrayList<>();

        Writer(Kind kind, long id) throws SQLException {
            this.kind = kind;
            this.id = id;
            this.connection = application(kind.timeoutMillis());
            for (String sql : kind.write()) {
                statements.add(connection.prepareStatement(sql.replace("$", String.valueOf(id))));
            }
            try (Statement s = connection.createStatement()) {
                for (String sql : kind.before()) {
                    s.execute(sql);
                }
            }
        }

        String expected(Moment moment) {
            return kind.seen().get(List.of(Moment.values()).indexOf(moment));
        }

        boolean leavesARow() {
            return kind.write().stream().noneMatch(w -> w.startsWith("DELETE") || w.contains("swallowed"));
        }

        @Override
        public String call() throws SQLException {
            try (connection) {
                for (PreparedStatement p : statements) {
                    p.execute();
                }
                return NO_ERROR;
            } catch (SQLException e) {
                return told(e);
            }
        }

        @Override
        public String toString() {
            return kind.name() + ", " + kind.timeoutMillis() + " ms";
        }
    }
}
