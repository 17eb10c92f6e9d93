package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.sink.schema.TargetGate;
import io.liteferry.validator.SourceChecksums;
import io.liteferry.validator.ValidatorService;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableChecksum;
import io.liteferry.validator.compare.TablePass;
import io.liteferry.validator.compare.TableTally;
import io.liteferry.validator.follow.Follower;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.Verified;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The validator while PostgreSQL is written and SQLite follows. */
class ReverseValidationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TablePlan ITEMS = TablePlan.simple(
            "items",
            KeyPlan.primaryKey("id"),
            List.of(
                    ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                            .notNull(),
                    ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT))));

    @TempDir
    Path folder;

    private final Set<String> found = new HashSet<>();
    private ReverseSides sides;
    private ReverseService feed;
    private Comparison comparison;
    private ResultStore store;
    private Follower follower;

    @BeforeEach
    void switchOver() throws SQLException {
        sides = new ReverseSides(
                        folder,
                        List.of(
                                "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)",
                                "INSERT INTO items VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')"),
                        ITEMS)
                .switchedOver();
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            new TargetGate(sides.plan).open(c);
            c.commit();
        }
        feed = new ReverseService(sides.plan, Clock.systemUTC());
        feed.start();
        comparison = new Comparison(sides.plan, new LongAdder());
        store = new ResultStore(PgConnections.of(sides.plan.options()), sides.plan.source());
        follower = new Follower(
                sides.plan,
                comparison,
                store,
                new Moments(),
                (table, some) -> some.forEach(f -> found.add(told(f))),
                rows -> {},
                new Pace(Long.MAX_VALUE),
                Clock.systemUTC());
        Awaitility.await().atMost(PATIENCE).until(() -> {
            follower.step();
            return follower.verified().isPresent();
        });
    }

    @AfterEach
    void close() {
        comparison.close();
        store.close();
        feed.close();
        sides.close();
    }

    private static String told(Finding f) {
        return f.verdict().label() + " " + f.suspect().key();
    }

    private TableTally pass(List<String> told) {
        return new TablePass(
                        comparison,
                        comparison.now(sides.plan).table("items").orElseThrow(),
                        sides.plan.options().integer(Options.VALIDATION_RANGE_ROWS),
                        new Pace(Long.MAX_VALUE),
                        Duration.ofMillis(200),
                        new TablePass.Listener() {
                            @Override
                            public void found(List<Finding> some) {
                                some.forEach(f -> told.add(told(f)));
                            }

                            @Override
                            public void progress(long rows, long pending) {}
                        })
                .run();
    }

    private void spoil(String sql) {
        sides.source("UPDATE _liteferry_meta SET fenced = 0");
        sides.source(sql);
        sides.source("UPDATE _liteferry_meta SET fenced = 1");
    }

    @Test
    void setsAsideWhatIsOnItsWayBackAndReportsWhatIsNot() throws SQLException {
        spoil("UPDATE items SET name = 'spoilt' WHERE id = 4");
        List<String> told = new ArrayList<>();
        try (Connection c = new SqliteFile(sides.file).openWriter();
                Statement s = c.createStatement()) {
            // The applier waits for its turn to write.
            s.execute("BEGIN IMMEDIATE");
            sides.target("UPDATE items SET name = 'new' WHERE id = 1");
            sides.target("DELETE FROM items WHERE id = 2");
            sides.target("INSERT INTO items VALUES (5, 'added')");
            TableTally tally = pass(told);
            assertThat(tally.reason()).isEmpty();
            assertThat(tally.count(RowVerdict.IN_FLIGHT)).isEqualTo(3);
            assertThat(told).containsExactly("row_diff 4");
            s.execute("ROLLBACK");
        }
        Awaitility.await().atMost(PATIENCE).until(() -> pass(told).count(RowVerdict.IN_FLIGHT) == 0);
        assertThat(told).containsOnly("row_diff 4");
        sides.source("INSERT INTO _liteferry_quarantine(tbl, key) VALUES ('items', '{\"id\":\"4\"}')");
        assertThat(pass(told).count(RowVerdict.QUARANTINED)).isEqualTo(1);
        sides.source("DELETE FROM _liteferry_quarantine");
        sides.target("UPDATE items SET name = 'four again' WHERE id = 4");
        Awaitility.await().atMost(PATIENCE).until(() -> pass(told).clean());
    }

    @Test
    void aManifestIsOfBothSidesAndSaysWhereTheyWereWrittenToMeanwhile() throws SQLException {
        TableChecksum.Both quiet = manifest();
        assertThat(quiet.still()).isTrue();
        assertThat(quiet.source().rows()).isEqualTo(4);
        assertThat(quiet.source()).isEqualTo(quiet.target());
        spoil("UPDATE items SET name = 'spoilt' WHERE id = 4");
        assertThat(manifest().still()).isTrue();
        assertThat(manifest().source()).isNotEqualTo(manifest().target());
        spoil("UPDATE items SET name = 'four' WHERE id = 4");
        try (Connection c = new SqliteFile(sides.file).openWriter();
                Statement s = c.createStatement()) {
            s.execute("BEGIN IMMEDIATE");
            sides.target("INSERT INTO items VALUES (5, 'added')");
            TableChecksum.Both carried = manifest();
            assertThat(carried.still()).isFalse();
            assertThat(carried.target().rows()).isEqualTo(5);
            s.execute("ROLLBACK");
        }
        Awaitility.await().atMost(PATIENCE).until(() -> manifest().still());
        assertThat(manifest().source()).isEqualTo(manifest().target());
    }

    private TableChecksum.Both manifest() {
        SourceChecksums.Result items =
                Objects.requireNonNull(new SourceChecksums(sides.plan).take().get("items"));
        return items.both().orElseThrow(() -> new AssertionError(items.reason()));
    }

    @Test
    void setsAllRowsOfATruncatedTableAsideAndCountsAnewBehindIt() throws SQLException {
        long before = follower.verified().orElseThrow().since();
        List<String> told = new ArrayList<>();
        try (Connection c = new SqliteFile(sides.file).openWriter();
                Statement s = c.createStatement()) {
            s.execute("BEGIN IMMEDIATE");
            sides.target("TRUNCATE items");
            assertThat(pass(told).count(RowVerdict.IN_FLIGHT)).isEqualTo(4);
            s.execute("ROLLBACK");
        }
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(follower.verified().orElseThrow().since()).isGreaterThan(before);
        assertThat(pass(told).clean()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void followsWhatPostgreSqlChangesAndProvesItForARollback() throws NotComparableException {
        sides.target("UPDATE items SET name = 'new' WHERE id = 1");
        sides.target("INSERT INTO items VALUES (5, 'added')");
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(found).isEmpty();

        Position before = follower.verified().orElseThrow().position();
        sides.target("UPDATE items SET name = 'newer' WHERE id = 3");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> sides.source("SELECT name FROM items WHERE id = 3").equals(List.of("newer")));
        spoil("UPDATE items SET name = 'spoilt' WHERE id = 3");
        Position reached = follower.reached();
        assertThat(reached.seq()).isGreaterThan(before.seq());
        assertThat(follower.prove(reached).get("items"))
                .extracting(ReverseValidationTest::told)
                .containsExactly("row_diff 3");
        Awaitility.await().atMost(PATIENCE).until(() -> {
            follower.step();
            return !found.isEmpty();
        });
        assertThat(found).containsExactly("row_diff 3");
        assertThat(follower.catchUp(Duration.ofSeconds(2))).isFalse();

        spoil("UPDATE items SET name = 'newer' WHERE id = 3");
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(follower.prove(follower.reached())).isEmpty();
    }

    @Test
    void goesOnForwardAfterARollback() {
        sides.target("UPDATE items SET name = 'new' WHERE id = 1");
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        feed.close();
        for (String trigger : sides.source(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%migration fence%'")) {
            sides.source("DROP TRIGGER \"" + trigger + "\"");
        }
        sides.source("UPDATE _liteferry_meta SET fenced = 0");
        sides.target("UPDATE liteferry.applied SET state = 'open'");
        List<String> told = new ArrayList<>();
        assertThat(pass(told).clean()).isFalse();
        follower.step();
        Verified anew = follower.verified().orElseThrow();
        assertThat(anew.since()).isEqualTo(anew.position().seq());
        sides.target("UPDATE liteferry.applied SET schema_version = "
                + sides.source("SELECT schema_version FROM pragma_schema_version")
                        .get(0));
        assertThat(pass(told).clean()).isTrue();
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(told).isEmpty();
        assertThat(found).isEmpty();
    }

    @Test
    void raisesNoFalseAlarmWhilePostgreSqlIsWritten() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Pace writing = new Pace(Long.MAX_VALUE);
        try {
            Future<Long> writes = threads.submit(() -> {
                long count = 0;
                try (Connection c = PgConnections.of(sides.plan.options()).open("application");
                        Statement s = c.createStatement()) {
                    c.setAutoCommit(true);
                    for (; !writing.pause(3); count++) {
                        s.execute("INSERT INTO items VALUES (" + (1 + count % 7) + ", 'w" + count
                                + "') ON CONFLICT (id) DO UPDATE SET name = excluded.name");
                        s.execute("DELETE FROM items WHERE id = " + (1 + count % 5));
                    }
                }
                return count;
            });
            List<String> told = new ArrayList<>();
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6); System.nanoTime() < end; ) {
                pass(told);
                follower.step();
            }
            writing.stop();
            assertThat(writes.get()).isGreaterThan(100);
            assertThat(told).isEmpty();
            assertThat(follower.catchUp(PATIENCE)).isTrue();
            assertThat(found).isEmpty();
            assertThat(pass(told).clean()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theVerdictSaysWhetherARollbackWouldLoseNothing() {
        Plan plan = new Plan(
                sides.plan.name(),
                sides.plan.options().with(Options.VALIDATOR_ADMIN_ADDRESS, "127.0.0.1:0"),
                sides.plan.tables());
        String verdict = "SELECT verdict, document->>'direction' FROM liteferry.verdict";
        try (ValidatorService validator = new ValidatorService(plan, Clock.systemUTC())) {
            validator.start();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> sides.target(verdict).equals(List.of("READY|reverse")));
            spoil("UPDATE items SET name = 'spoilt' WHERE id = 4");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> sides.target(verdict).equals(List.of("NOT_READY|reverse")));
            assertThat(sides.target("SELECT table_name, key_text, kind FROM liteferry.validation_mismatch"))
                    .containsExactly("items|4|row_diff");
        }
    }
}
