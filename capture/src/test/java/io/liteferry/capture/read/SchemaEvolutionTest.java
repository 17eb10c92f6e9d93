package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL of the application's migrations in, slices and progress out. */
class SchemaEvolutionTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    private Plan plan;

    @SuppressWarnings("NullAway.Init")
    private Replica replica;

    private final List<SchemaChange> told = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"));
        source.sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, email TEXT)",
                        "CREATE UNIQUE INDEX t_email ON t(email)",
                        "CREATE TABLE other(id INTEGER PRIMARY KEY, v)",
                        "INSERT INTO t VALUES (1, 'a', 'a@x'), (2, 'b', 'b@x'), (3, 'c', 'c@x')")
                .table("t", List.of("id"), "id", "v", "email")
                .table("other", List.of("id"), "id", "v");
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    private BatchReader install() throws Exception {
        plan = source.plan("m");
        new SourceInstaller(plan).install();
        replica = new Replica(plan);
        BatchReader reader = start(Optional.empty(), InstalledLog::problem);
        drain(reader);
        return reader;
    }

    private BatchReader start(Optional<BatchEnd> from, SchemaCheck.Verification verification) {
        return new BatchReader(
                plan, Clock.systemUTC(), claim(from).following(Optional.ofNullable(replica.last())), verification);
    }

    private StartPoint claim(Optional<BatchEnd> from) {
        return StartPoint.claim(new SqliteFile(source.path()), plan, from.map(BatchEnd::applied));
    }

    private void drain(BatchReader reader) throws Exception {
        for (Optional<Slice> s = reader.next(0); s.isPresent(); s = reader.next(0)) {
            s.get().end().ifPresent(e -> told.addAll(e.schemaChanges()));
            replica.take(s.get());
        }
    }

    private BatchEnd end() {
        return Objects.requireNonNull(replica.last());
    }

    private TableProgress progress(String table) {
        return Objects.requireNonNull(end().tables().get(table));
    }

    private void equalAndStreaming() throws Exception {
        assertThat(progress("t").state()).isEqualTo(State.STREAMING);
        assertThat(progress("other").state()).isEqualTo(State.STREAMING);
        assertThat(replica.differences(source.connection())).isEmpty();
    }

    /** A single statement between two batches: the rows need not be read again. */
    static Stream<Arguments> single() {
        return Stream.of(
                Arguments.of("ALTER TABLE t ADD COLUMN note TEXT", "ADD COLUMN note text"),
                Arguments.of("ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 7", "ADD COLUMN n bigint DEFAULT 7"),
                Arguments.of("ALTER TABLE t RENAME COLUMN v TO value", "RENAME COLUMN v TO value"),
                Arguments.of("ALTER TABLE t RENAME COLUMN id TO number", "RENAME COLUMN id TO number"),
                Arguments.of("ALTER TABLE t DROP COLUMN v", "DROP COLUMN v"));
    }

    @ParameterizedTest
    @MethodSource("single")
    void oneStatementIsFollowedWithoutANewSnapshot(String ddl, String text) throws Exception {
        try (BatchReader reader = install()) {
            long rows = progress("t").rows();
            source.sql(ddl, "INSERT INTO other VALUES (1, 'x')", "DELETE FROM t WHERE rowid = 2");
            drain(reader);
            assertThat(told)
                    .singleElement()
                    .satisfies(c -> assertThat(c.kind()).isEqualTo(SchemaChange.Kind.EVOLVED))
                    .satisfies(c -> assertThat(c.what()).isEqualTo(text))
                    .satisfies(c -> assertThat(c.snapshotAgain()).isFalse());
            assertThat(progress("t").rows()).isEqualTo(rows);
            equalAndStreaming();
            source.sql("UPDATE t SET rowid = 40 WHERE rowid = 1");
            drain(reader);
            equalAndStreaming();
        }
    }

    @ParameterizedTest
    @MethodSource("single")
    void aChangeWhileCaptureIsDownEndsInTheSameColumnsAfterANewSnapshot(String ddl, String text) throws Exception {
        install().close();
        BatchEnd stale = end();
        source.sql("UPDATE t SET email = 'before' WHERE rowid = 1", ddl, "UPDATE t SET email = 'q' WHERE rowid = 2");
        try (BatchReader reader = start(Optional.of(stale), InstalledLog::problem)) {
            drain(reader);
            assertThat(told).anySatisfy(c -> assertThat(c.what()).isEqualTo(text));
            assertThat(told).anySatisfy(c -> assertThat(c.snapshotAgain()).isTrue());
            equalAndStreaming();
        }
        // With the old migration file: what has evolved stands in the applied position.
        BatchEnd evolved = end();
        told.clear();
        source.sql("DELETE FROM t WHERE rowid = 3");
        try (BatchReader reader = start(Optional.of(evolved), InstalledLog::problem)) {
            drain(reader);
            assertThat(told).isEmpty();
            equalAndStreaming();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ALTER TABLE other DROP COLUMN v, ALTER TABLE other ADD COLUMN v DEFAULT 'new'",
        "ALTER TABLE other ADD COLUMN w DEFAULT 4, ALTER TABLE other DROP COLUMN w",
        "ALTER TABLE other RENAME COLUMN v TO w, ALTER TABLE other RENAME COLUMN w TO v"
    })
    void aChangeThatWasUndoneBeforeItsAnnouncementWasReadEndsEqual(String change, String undone) throws Exception {
        source.sql("INSERT INTO other VALUES (1, 'old')");
        BatchEnd stale;
        try (BatchReader reader = install()) {
            stale = end();
            source.sql(change);
            drain(reader);
        }
        source.sql(undone);
        try (BatchReader reader = start(Optional.of(stale), InstalledLog::problem)) {
            drain(reader);
            equalAndStreaming();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v", "w"})
    void aNewSnapshotThatBeganAfterTheAppliedPositionIsNotForgotten(String added) throws Exception {
        source.option(Options.SNAPSHOT_CHUNK_SIZE, "1")
                .sql("INSERT INTO other VALUES (1, 'old'), (2, 'old'), (3, 'old')");
        BatchEnd stale;
        try (BatchReader reader = install()) {
            stale = end();
            source.sql("ALTER TABLE other DROP COLUMN v", "ALTER TABLE other ADD COLUMN " + added + " DEFAULT 'new'");
            replica.take(reader.next(0).orElseThrow());
            assertThat(progress("other").state()).isNotEqualTo(State.STREAMING);
        }
        try (BatchReader reader = start(Optional.of(stale), InstalledLog::problem)) {
            drain(reader);
            equalAndStreaming();
        }
    }

    @Test
    void aTableThatWasSuspendedAfterTheAppliedPositionIsReadAgainAlthoughTheCauseIsGone() throws Exception {
        BatchEnd stale;
        try (BatchReader reader = install()) {
            stale = end();
            source.sql(
                    "CREATE TRIGGER quiet AFTER INSERT ON t BEGIN SELECT RAISE(IGNORE); END",
                    "INSERT INTO t(id, v) VALUES (77, 'hidden')",
                    "BEGIN IMMEDIATE");
            replica.take(reader.next(0).orElseThrow());
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
        }
        source.sql("COMMIT", "DROP TRIGGER quiet");
        try (BatchReader reader = start(Optional.of(stale), InstalledLog::problem)) {
            drain(reader);
            equalAndStreaming();
        }
    }

    @Test
    void aCaptureThatDoesNotReadTheLastEndMissesWhatWasUndone() throws Exception {
        source.sql("INSERT INTO other VALUES (1, 'old')");
        BatchEnd stale;
        try (BatchReader reader = install()) {
            stale = end();
            source.sql("ALTER TABLE other DROP COLUMN v");
            drain(reader);
        }
        source.sql("ALTER TABLE other ADD COLUMN v DEFAULT 'new'");
        try (BatchReader reader =
                new BatchReader(plan, Clock.systemUTC(), claim(Optional.of(stale)), InstalledLog::problem)) {
            drain(reader);
            assertThat(replica.differences(source.connection())).containsExactly("other stale " + replica.key(1));
        }
    }

    /** Each as the tool sends it, statement by statement; {@code -- Name} begins the next. */
    static Stream<Arguments> rebuilds() throws IOException {
        try (InputStream in = SchemaEvolutionTest.class.getResourceAsStream("/rebuilds.sql")) {
            String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(all.split("(?m)^-- "))
                    .filter(tool -> !tool.isBlank())
                    .map(tool -> {
                        int name = tool.indexOf('\n');
                        List<String> statements = Stream.of(tool.substring(name).split(";\n"))
                                .map(String::strip)
                                .filter(sql -> !sql.isEmpty())
                                .toList();
                        return Arguments.of(tool.substring(0, name), statements);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("rebuilds")
    void aRebuildByAnOrmEndsInNewTriggersAndTheRightRows(String orm, List<String> migration) throws Exception {
        try (BatchReader reader = install()) {
            source.sql(migration.toArray(new String[0]));
            source.sql("UPDATE t SET v = 'unlogged' WHERE id = 1", "DELETE FROM t WHERE id = 2");
            drain(reader);
            equalAndStreaming();
            assertThat(told)
                    .anySatisfy(c -> assertThat(c.changes())
                            .extracting(ColumnChange::text)
                            .contains("ADD COLUMN n bigint"));
            source.sql("REPLACE INTO t(id, email) VALUES (9, 'c@x')");
            drain(reader);
            equalAndStreaming();
        }
    }

    @ParameterizedTest
    @MethodSource("rebuilds")
    void aRebuildWhileCaptureIsDownEndsInTheRightRows(String tool, List<String> migration) throws Exception {
        install().close();
        source.sql(migration.toArray(new String[0]));
        source.sql("UPDATE t SET v = 'unlogged' WHERE id = 1", "DELETE FROM t WHERE id = 2");
        try (BatchReader reader = start(Optional.of(end()), InstalledLog::problem)) {
            drain(reader);
            equalAndStreaming();
        }
    }

    @ParameterizedTest
    @MethodSource("rebuilds")
    void whereNobodyLooksAtTheTriggersARebuildLosesRows(String orm, List<String> migration) throws Exception {
        install().close();
        try (BatchReader blind = start(Optional.of(end()), (log, table, now) -> Optional.empty())) {
            drain(blind);
            source.sql(migration.toArray(new String[0]));
            drain(blind);
            source.sql("UPDATE t SET v = 'unlogged' WHERE id = 1");
            drain(blind);
            assertThat(replica.differences(source.connection())).isNotEmpty();
        }
    }

    @Test
    void aChangeInTheMiddleOfABatchEndsItAndTheTableIsReadAgain() throws Exception {
        source.option(Options.MAX_BATCH_SIZE, "2");
        try (BatchReader reader = install()) {
            source.sql(
                    "UPDATE t SET v = 1",
                    "INSERT INTO t VALUES (5, 5, '5')",
                    "INSERT INTO other VALUES (1, 1), (2, 2)");
            replica.take(reader.next(0).orElseThrow());
            source.sql("ALTER TABLE t DROP COLUMN v", "INSERT INTO t VALUES (6, '6')");
            drain(reader);
            assertThat(told).anySatisfy(c -> assertThat(c.what()).isEqualTo("DROP COLUMN v"));
            equalAndStreaming();
        }
    }

    @Test
    void severalChangesAtOnceEndInTheRightColumns() throws Exception {
        try (BatchReader reader = install()) {
            source.sql(
                    "ALTER TABLE t ADD COLUMN one",
                    "ALTER TABLE t RENAME COLUMN v TO w",
                    "ALTER TABLE t ADD COLUMN two TEXT DEFAULT 'x'",
                    "UPDATE t SET w = 'new'");
            drain(reader);
            equalAndStreaming();
            assertThat(told.get(0).after()).containsExactly("id", "w", "email", "one", "two");
        }
    }

    /** SQLite does not rename everything in our triggers then, so they are made again. */
    @Test
    void aRenamedColumnOfAUniqueIndexIsFollowedAndItsTriggersAreMadeAgain() throws Exception {
        try (BatchReader reader = install()) {
            source.sql("ALTER TABLE t RENAME COLUMN email TO mail", "REPLACE INTO t VALUES (9, 'r', 'c@x')");
            drain(reader);
            equalAndStreaming();
            source.sql("REPLACE INTO t VALUES (10, 'r', 'b@x')");
            drain(reader);
            equalAndStreaming();
        }
    }

    @Test
    void columnsThatSwapTheirNamesAreReadAgain() throws Exception {
        try (BatchReader reader = install()) {
            source.sql(
                    "ALTER TABLE t RENAME COLUMN v TO tmp",
                    "ALTER TABLE t RENAME COLUMN email TO v",
                    "ALTER TABLE t RENAME COLUMN tmp TO email");
            drain(reader);
            equalAndStreaming();
        }
    }

    @Test
    void aNewUniqueIndexGetsCandidateTriggers() throws Exception {
        try (BatchReader reader = install()) {
            source.sql("CREATE UNIQUE INDEX t_v ON t(v)", "REPLACE INTO t VALUES (9, 'c', 'z')");
            drain(reader);
            equalAndStreaming();
            source.sql("REPLACE INTO t VALUES (10, 'b', 'y')");
            drain(reader);
            equalAndStreaming();
        }
    }

    @Test
    void aWriterThatHoldsTheDatabaseIsWaitedForWithTheTableSuspended() throws Exception {
        try (BatchReader reader = install();
                Connection writer = new SqliteFile(source.path()).openWriter();
                Statement s = writer.createStatement()) {
            source.sql("DROP TRIGGER _liteferry_bu_t");
            s.execute("BEGIN IMMEDIATE");
            drain(reader);
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(progress("t").reason()).contains("triggers are gone").contains("by itself");
            assertThat(progress("other").state()).isEqualTo(State.STREAMING);
            s.execute("UPDATE t SET v = 'unseen' WHERE id = 1");
            s.execute("COMMIT");
            await().untilAsserted(() -> {
                drain(reader);
                equalAndStreaming();
            });
        }
    }

    @Test
    void aDroppedOrRenamedTableIsSuspendedWithTheSteps() throws Exception {
        try (BatchReader reader = install()) {
            source.sql("DROP TABLE other", "ALTER TABLE t RENAME TO people");
            drain(reader);
            assertThat(progress("other").reason())
                    .contains("gone from the source")
                    .contains("target table stays");
            assertThat(progress("t").reason())
                    .contains("called people now")
                    .contains("ALTER TABLE \"t\" RENAME TO \"people\"");
        }
    }

    @Test
    void anotherTypeIsSuspendedWithTheStatementAndGoesOnAfterARestart() throws Exception {
        source.sql("CREATE TABLE d(id INTEGER PRIMARY KEY, c VARCHAR(10))").table("d", List.of("id"), "id", "c");
        try (BatchReader reader = install()) {
            source.sql(
                    "CREATE TABLE n(id INTEGER PRIMARY KEY, c VARCHAR(99))",
                    "DROP TABLE d",
                    "ALTER TABLE n RENAME TO d");
            drain(reader);
            assertThat(progress("d").reason()).contains("ALTER TABLE \"d\" ALTER COLUMN \"c\" TYPE varchar(99)");
            equalAndStreaming();
        }
        try (BatchReader again = start(Optional.of(end()), InstalledLog::problem)) {
            drain(again);
            assertThat(progress("d").state()).isEqualTo(State.STREAMING);
        }
    }

    @Test
    void withEvolutionSwitchedOffTheTableIsSuspendedWithTheStatement() throws Exception {
        source.option(Options.SCHEMA_EVOLUTION, "none");
        try (BatchReader reader = install()) {
            source.sql("ALTER TABLE t ADD COLUMN n INTEGER");
            drain(reader);
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(progress("t").reason()).contains("ALTER TABLE \"t\" ADD COLUMN \"n\" bigint");
            assertThat(progress("other").state()).isEqualTo(State.STREAMING);
        }
    }

    @Test
    void aKeyThatIsGoneSuspendsTheTable() throws Exception {
        try (BatchReader reader = install()) {
            source.sql(
                    "CREATE TABLE n(code TEXT PRIMARY KEY, v, email TEXT)",
                    "INSERT INTO n SELECT 'k' || id, v, email FROM t",
                    "DROP TABLE t",
                    "CREATE TABLE t(v, email TEXT, code TEXT PRIMARY KEY)",
                    "INSERT INTO t SELECT v, email, code FROM n");
            drain(reader);
            assertThat(progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(progress("t").reason()).contains("its key is gone").contains("liteferry plan");
        }
    }
}
