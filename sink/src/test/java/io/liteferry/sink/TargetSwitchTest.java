package io.liteferry.sink;

import static io.liteferry.sink.Migration.USERS;
import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.service.ServiceHealth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one transaction that hands the target over, and the sink while the application has it. */
class TargetSwitchTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String STATE = "SELECT state, generation FROM liteferry.applied";
    private static final String CLOSED = "closed: the application writes to PostgreSQL";

    private static final TablePlan NOTES = new TablePlan(
            "notes",
            "notes",
            KeyPlan.primaryKey("id"),
            List.of(
                    new ColumnPlan(
                            "id",
                            "id",
                            TargetType.of(Kind.BIGINT),
                            Encoding.PLAIN,
                            false,
                            Optional.empty(),
                            Optional.empty(),
                            true,
                            false),
                    ColumnPlan.plain("note", TargetType.of(Kind.TEXT))),
            Optional.empty(),
            List.of(),
            List.of(),
            0,
            true);

    private static final TablePlan HEAP = new TablePlan(
            "heap",
            "heap",
            KeyPlan.rowid(),
            List.of(ColumnPlan.plain("note", TargetType.of(Kind.TEXT))),
            Optional.empty(),
            List.of(),
            List.of(),
            0,
            true);

    @TempDir
    Path folder;

    private static Position at(long seq) {
        return new Position(HandMadeStream.LOG, 1, seq, seq * 31);
    }

    private static PgConnections direct(Migration m) {
        return PgConnections.of(m.plan.options());
    }

    private static TargetSwitch begin(Migration m, long seq) {
        return TargetSwitch.begin(m.plan, direct(m), at(seq), Map.of(), SOON);
    }

    private static void handOver(Migration m, long seq) {
        try (TargetSwitch s = begin(m, seq)) {
            s.commit();
        }
    }

    private static void takeBack(Migration m) {
        try (TargetSwitch s = TargetSwitch.back(m.plan, direct(m), SOON)) {
            s.commit();
        }
    }

    /** As the application writes: without a word of who it is. */
    private static void application(Migration m, String sql) throws SQLException {
        try (Connection c = m.connect();
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private static Migration streaming(TablePlan... tables) {
        return streaming(Map.of(), tables);
    }

    private static Migration streaming(Map<String, String> options, TablePlan... tables) {
        Migration m = new Migration(options, tables).install();
        m.start();
        m.stream.end(1);
        m.awaitApplied(1);
        return m;
    }

    private static String stream(ServiceHealth health) {
        return health.checks().getOrDefault("stream", "");
    }

    @Test
    void opensTheTargetWithItsCommitAndNotBefore() throws Exception {
        try (Migration m = streaming(USERS);
                TargetSwitch s = begin(m, 1)) {
            assertThat(m.rows(STATE)).containsExactly("open|1");
            assertThatThrownBy(() -> application(m, "INSERT INTO users VALUES (1, 'ann')"))
                    .hasMessageContaining("is closed until the cutover");
            s.commit();
            application(m, "INSERT INTO users VALUES (1, 'ann')");
            assertThat(m.rows(STATE)).containsExactly("closed|2");
            assertThat(s.committed()).isTrue();
        }
    }

    @Test
    void closedWithoutCommitItHasDoneNothingAndTheSinkGoesOn() {
        try (Migration m = streaming(USERS)) {
            try (TargetSwitch s = begin(m, 1)) {
                assertThat(s.sequences()).isEmpty();
            }
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(2);
            m.awaitApplied(2);
            assertThat(m.rows(STATE)).containsExactly("open|1");
            assertThatThrownBy(() -> application(m, "DELETE FROM users")).hasMessageContaining("is closed");
        }
    }

    @Test
    void refusesATargetThatIsNotAtTheSourcesLastPosition() {
        try (Migration m = streaming(USERS)) {
            assertThatThrownBy(() -> begin(m, 2))
                    .hasMessageStartingWith("LF-602")
                    .hasMessageContaining("it is at position 1, the source at 2");
            Position replaced = new Position("another log", 1, 1, 31);
            assertThatThrownBy(() -> TargetSwitch.begin(m.plan, direct(m), replaced, Map.of(), SOON))
                    .hasMessageStartingWith("LF-602");
            assertThatThrownBy(() -> TargetSwitch.back(m.plan, direct(m), SOON)).hasMessageStartingWith("LF-604");
            assertThat(m.rows(STATE)).containsExactly("open|1");
            handOver(m, 1);
            assertThatThrownBy(() -> begin(m, 1)).hasMessageStartingWith("LF-604");
        }
    }

    @Test
    void waitsForABatchThatIsBeingWrittenAndGivesUpInTime() throws Exception {
        try (Migration m = streaming(USERS);
                Connection frozen = m.connect();
                Statement s = frozen.createStatement()) {
            frozen.setAutoCommit(false);
            s.execute("SELECT FROM liteferry.applied FOR UPDATE");
            assertThatThrownBy(() -> TargetSwitch.begin(m.plan, direct(m), at(1), Map.of(), Duration.ofMillis(300)))
                    .hasMessageStartingWith("LF-602")
                    .hasMessageContaining("timeout");
        }
    }

    @Test
    void noIdIsGivenOutTwice() throws Exception {
        try (Migration m = streaming(NOTES, HEAP)) {
            m.stream
                    .row("notes", Operation.CREATE, i(7), t("seven"))
                    .rowid("heap", Operation.CREATE, 40, t("x"))
                    .end(2);
            m.awaitApplied(2);
            try (TargetSwitch s =
                    TargetSwitch.begin(m.plan, direct(m), at(2), Map.of("notes", 12L, "heap", 3L), SOON)) {
                s.commit();
            }
            application(m, "INSERT INTO notes (note) VALUES ('next')");
            application(m, "INSERT INTO heap (note) VALUES ('next')");
            assertThat(m.rows("SELECT max(id), (SELECT max(_liteferry_rowid) FROM heap) FROM notes"))
                    .as("12 was given and deleted")
                    .containsExactly("13|41");
            application(m, "DELETE FROM notes WHERE id = 13");
            try (TargetSwitch s = TargetSwitch.back(m.plan, direct(m), SOON)) {
                assertThat(s.sequences()).isEqualTo(Map.of("notes", 13L, "heap", 41L));
                s.commit();
            }
        }
    }

    @Test
    void theSinkIdlesWhileTheApplicationWritesToPostgreSqlAndThenGoesOn() throws Exception {
        try (Migration m = streaming(USERS)) {
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(2);
            m.awaitApplied(2);
            SinkService sink = m.start(); // takes over from the first
            await(() -> m.rows(STATE).equals(List.of("open|2"))
                    && stream(sink.health()).equals("ok"));
            handOver(m, 2);
            await(() -> stream(sink.health()).equals(CLOSED));
            m.stream.row("users", Operation.UPDATE, i(1), t("late")).end(3);
            application(m, "UPDATE users SET name = 'of the application'");
            SinkService started = m.start();
            await(() -> stream(started.health()).equals(CLOSED));
            started.close();
            assertThat(m.rows("SELECT name FROM users")).containsExactly("of the application");
            assertThat(m.rows("SELECT seq, generation FROM liteferry.applied")).containsExactly("2|3");

            takeBack(m);
            m.awaitApplied(3);
            assertThat(m.rows("SELECT name FROM users")).containsExactly("late");
            assertThat(sink.failure()).isNull();
            assertThat(stream(sink.health())).isEqualTo("ok");
            handOver(m, 3);
            await(() -> stream(sink.health()).equals(CLOSED));
            takeBack(m);
            m.stream.row("users", Operation.UPDATE, i(1), t("again")).end(4);
            m.awaitApplied(4);
            assertThat(sink.failure()).isNull();
        }
    }

    /** Both switches while a sink is frozen: its generation is old, but nobody has taken its place. */
    @Test
    void aSinkThatHasMissedTheSwitchAndTheWayBackGoesOnAndAnOlderOneDoesNot() throws Exception {
        try (Migration m = streaming(USERS);
                Connection c = direct(m).open("frozen");
                Connection other = direct(m).open("older")) {
            AppliedStore older = claimed(m, other);
            AppliedStore frozen = claimed(m, c);
            handOver(m, 1);
            assertThatThrownBy(() -> frozen.lock(c)).isInstanceOf(TargetClosedException.class);
            c.rollback();
            assertThatThrownBy(() -> frozen.claim(c)).isInstanceOf(TargetClosedException.class);
            c.rollback();
            takeBack(m);
            assertThatThrownBy(() -> older.lock(other)).hasMessageStartingWith("LF-405");
            other.rollback();
            frozen.claim(c);
            c.commit();
            frozen.claimed();
            frozen.lock(c);
            c.commit();
            handOver(m, 1);
            takeBack(m);
            assertThatThrownBy(() -> frozen.lock(c)).isInstanceOf(TargetClosedException.class);
            c.rollback();
        }
    }

    private static AppliedStore claimed(Migration m, Connection c) throws SQLException {
        AppliedStore store = new AppliedStore(m.plan.source());
        store.claim(c);
        c.commit();
        store.claimed();
        return store;
    }

    @Test
    void onTheWayBackWritersWaitReadersDoNotAndAFailureLetsThemGoOn() throws Exception {
        try (Migration m = streaming(USERS)) {
            handOver(m, 1);
            try (TargetSwitch s = TargetSwitch.back(m.plan, direct(m), SOON)) {
                assertThat(s.sequences()).isEmpty();
                assertThat(m.rows("SELECT count(*) FROM users")).containsExactly("0");
                CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                    try {
                        application(m, "INSERT INTO users VALUES (1, 'ann')");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                await(() -> m.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND datname = current_database() AND query LIKE 'INSERT INTO users%'")
                        .equals(List.of("1")));
                s.close();
                writer.get(10, TimeUnit.SECONDS);
            }
            assertThat(m.rows("SELECT name FROM users")).containsExactly("ann");
            takeBack(m);
            assertThatThrownBy(() -> application(m, "DELETE FROM users")).hasMessageContaining("is closed");
        }
    }

    @Test
    void aTransactionThatHoldsATableIsNamedAndTheWayBackUndone() throws Exception {
        try (Migration m = streaming(USERS)) {
            handOver(m, 1);
            try (Connection app = m.connect();
                    Statement s = app.createStatement()) {
                app.setAutoCommit(false);
                s.execute("SET application_name = 'the shop'");
                s.execute("INSERT INTO users VALUES (1, 'ann')");
                assertThatThrownBy(() -> TargetSwitch.back(m.plan, direct(m), Duration.ofMillis(900)))
                        .hasMessageStartingWith("LF-602")
                        .hasMessageContainingAll("(the shop) with RowExclusiveLock on users");
                application(m, "INSERT INTO users VALUES (2, 'bob')");
                app.commit();
            }
            takeBack(m);
            assertThat(m.rows("SELECT count(*) FROM users")).containsExactly("2");
        }
    }

    /** It waits for us before we wait for it: kept waiting for a second, PostgreSQL would end it as the cause of a deadlock. */
    @Test
    void aTransactionThatTakesTheTablesInAnotherOrderIsLeftAlone() throws Exception {
        try (Migration m = streaming(NOTES, USERS, HEAP)) {
            handOver(m, 1);
            try (Connection app = m.connect();
                    Statement s = app.createStatement();
                    Connection other = m.connect();
                    Statement o = other.createStatement()) {
                app.setAutoCommit(false);
                other.setAutoCommit(false);
                s.execute("INSERT INTO heap (note) VALUES ('first')");
                o.execute("INSERT INTO users VALUES (1, 'ann')");
                CompletableFuture<Void> back = CompletableFuture.runAsync(() -> takeBack(m));
                await(() -> m.rows("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass")
                        .equals(List.of("1")));
                CompletableFuture<Void> insert = CompletableFuture.runAsync(() -> {
                    try {
                        s.execute("INSERT INTO notes VALUES (1, 'then')");
                        app.commit();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                o.execute("SELECT pg_sleep(0.7)");
                other.commit();
                insert.get(20, TimeUnit.SECONDS);
                back.get(20, TimeUnit.SECONDS);
            }
            assertThat(m.rows("SELECT count(*), (SELECT count(*) FROM notes) FROM users"))
                    .containsExactly("1|1");
        }
    }

    @Test
    void whatTheServerEndsIsUndoneAndWhatItHasCommittedIsKnown() throws Exception {
        try (Migration m = streaming(USERS);
                TargetSwitch s = begin(m, 1)) {
            m.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'liteferry-switch'"
                            + " AND datname = current_database()");
            assertThatThrownBy(s::commit).hasMessageStartingWith("LF-602");
            assertThat(s.committed()).isFalse();
            assertThat(m.rows(STATE)).containsExactly("open|1");
            handOver(m, 1);
            assertThat(m.rows(STATE)).containsExactly("closed|2");
            assertThat(s.committed()).as("its own hand-over, made by another").isTrue();
        }
    }

    private Map<String, String> atSwitch(String sql) throws IOException {
        Path file = Files.writeString(folder.resolve("at-switch.sql"), sql);
        return Map.of(Options.HOOKS_SQL_AT_SWITCH, file.toString());
    }

    @Test
    void theFilesOfTheSwitchAreRunInItsTransaction() throws Exception {
        String sql = """
                -- a comment; with a semicolon
                CREATE OR REPLACE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN NEW.name := upper(NEW.name) || '? {fn now()}'; RETURN NEW; END $$;
                CREATE TRIGGER shout BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION shout();
                UPDATE users SET name = 'by the hook';
                """;
        try (Migration m = streaming(atSwitch(sql), USERS)) {
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(2);
            m.awaitApplied(2);
            try (TargetSwitch s = begin(m, 2)) {
                assertThat(m.rows("SELECT name FROM users")).containsExactly("ann");
                s.commit();
            }
            application(m, "INSERT INTO users VALUES (2, 'bob')");
            assertThat(m.rows("SELECT name FROM users ORDER BY id")).containsExactly("by the hook", "BOB? {fn now()}");
            m.execute("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
                    + " CREATE TRIGGER keep BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep()");
            takeBack(m);
            m.stream.row("users", Operation.CREATE, i(3), t("cid")).end(3);
            m.awaitApplied(3);
            assertThat(m.rows("SELECT name FROM users WHERE id = 3"))
                    .as("the trigger is the application's")
                    .containsExactly("cid");
            handOver(m, 3);
            application(m, "INSERT INTO users VALUES (4, 'dan')");
            assertThat(m.rows("SELECT name FROM users WHERE id = 4")).containsExactly("DAN? {fn now()}");
            assertThat(m.rows("SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass ORDER BY 1"))
                    .containsExactly("_liteferry_gate", "keep", "shout");
        }
    }

    @Test
    void triggersOfTheApplicationDoNotFireForTheSinkAndFireAgainAfterTheSwitchAsTheyDid() throws Exception {
        Migration m = new Migration(USERS).install();
        m.execute("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$"
                + " BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;"
                + " CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION shout();"
                + " CREATE TRIGGER off BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION shout();"
                + " ALTER TABLE users ENABLE ALWAYS TRIGGER shout; ALTER TABLE users DISABLE TRIGGER off");
        String states = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'users'::regclass"
                + " AND tgname <> '_liteferry_gate' ORDER BY 1";
        try (m) {
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT name FROM users")).containsExactly("ann");
            assertThat(m.rows(states)).containsExactly("off|D", "shout|D");

            handOver(m, 1);
            assertThat(m.rows(states)).containsExactly("off|D", "shout|A");
            application(m, "INSERT INTO users VALUES (2, 'bob')");
            assertThat(m.rows("SELECT name FROM users WHERE id = 2")).containsExactly("BOB");

            takeBack(m);
            m.stream.row("users", Operation.CREATE, i(3), t("cid")).end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT name FROM users WHERE id = 3")).containsExactly("cid");

            handOver(m, 2);
            assertThat(m.rows(states)).containsExactly("off|D", "shout|A");
        }
    }

    @Test
    void aFileThatFailsUndoesTheSwitchAndIsNamedWithItsLine() throws Exception {
        try (Migration m = streaming(atSwitch("CREATE VIEW v AS SELECT 1;\n\nSELECT * FROM nowhere;"), USERS)) {
            assertThatThrownBy(() -> begin(m, 1))
                    .hasMessageStartingWith("LF-402")
                    .hasMessageContainingAll("hooks.sql.at_switch, at-switch.sql, line 3", "42P01");
            assertThat(m.rows("SELECT to_regclass('v')")).containsExactly("null");
            assertThat(m.rows(STATE)).containsExactly("open|1");
        }
    }

    @Test
    void aFileThatEndsTheTransactionDoesNotSwitch() throws Exception {
        try (Migration m = streaming(atSwitch("CREATE VIEW v AS SELECT 1; COMMIT; SELECT 1"), USERS)) {
            assertThatThrownBy(() -> begin(m, 1))
                    .hasMessageStartingWith("LF-402")
                    .hasMessageContaining("it ends the transaction");
            assertThat(m.rows(STATE)).containsExactly("open|1");
            assertThatThrownBy(() -> application(m, "DELETE FROM users")).hasMessageContaining("is closed");
        }
    }
}
