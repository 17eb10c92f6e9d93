package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.install.SchemaWindow;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What capture makes of a schema window, and of what is written in it. */
class MigrationWindowTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Set<String> ALL = Set.of();

    /** Everything that a key log would have had to say, and rowids that are other ones afterwards. */
    private static final String[] UNLOGGED = {
        "UPDATE t SET v = 'unlogged' WHERE id = 1",
        "DELETE FROM t WHERE id = 2",
        "UPDATE t SET id = 30 WHERE id = 3",
        "REPLACE INTO t VALUES (9, 'r', 'd@x')",
        "DELETE FROM bare WHERE v = 'one'",
        "VACUUM",
        "INSERT INTO bare VALUES ('four')"
    };

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private CapturedSource s;

    /** When capture looks at the source, beside before and after. */
    private enum Capture {
        RUNS,
        LOOKS_ONLY_AFTER_THE_WINDOW,
        IS_DOWN_ALL_THE_WHILE,
        IS_RESTARTED_IN_THE_WINDOW,
        LOSES_WHAT_IT_SAW_OF_THE_WINDOW
    }

    @BeforeEach
    void capture() throws Exception {
        s = new CapturedSource(folder.resolve("app.db"));
        s.source
                .option(Options.SNAPSHOT_CHUNK_SIZE, "500")
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, email TEXT)",
                        "CREATE UNIQUE INDEX t_email ON t(email)",
                        "CREATE TABLE bare(v)",
                        "CREATE TABLE other(id INTEGER PRIMARY KEY, v)",
                        "INSERT INTO t VALUES (1, 'a', 'a@x'), (2, 'b', 'b@x'), (3, 'c', 'c@x'), (4, 'd', 'd@x')",
                        "INSERT INTO bare VALUES ('one'), ('two'), ('three')")
                .table("t", List.of("id"), "id", "v", "email")
                .table("bare", List.of(), "v")
                .table("other", List.of("id"), "id", "v");
        s.capture();
        assertThat(s.differences()).isEmpty();
    }

    @AfterEach
    void close() throws Exception {
        s.close();
    }

    private SchemaWindow window() {
        return new SchemaWindow(s.plan());
    }

    private void restart(AppliedPosition from) throws Exception {
        s.reader().close();
        s.replica().restart();
        s.open(Optional.of(from));
    }

    private void through(Capture capture, String... writes) throws Exception {
        AppliedPosition before = s.applied();
        // Logged, and not read yet when the window is opened.
        s.source.sql("UPDATE t SET v = 'before' WHERE id = 4");
        window().open(ALL, NOON);
        switch (capture) {
            case RUNS -> {
                assertThat(s.differences(writes)).isEmpty();
                window().close(ALL);
            }
            case IS_RESTARTED_IN_THE_WINDOW -> {
                s.differences();
                restart(s.applied());
                s.source.sql(writes);
                window().close(ALL);
            }
            case LOSES_WHAT_IT_SAW_OF_THE_WINDOW -> {
                s.differences(writes);
                window().close(ALL);
                restart(before);
            }
            case IS_DOWN_ALL_THE_WHILE -> {
                s.source.sql(writes);
                window().close(ALL);
                restart(before);
            }
            case LOOKS_ONLY_AFTER_THE_WINDOW -> {
                s.source.sql(writes);
                window().close(ALL);
            }
        }
    }

    @Test
    void suspendsTheTablesOfAWindowAndTheOthersGoOn() throws Exception {
        window().open(Set.of("t"), NOON);
        assertThat(s.differences("UPDATE t SET v = 'unlogged'", "INSERT INTO other VALUES (1, 'x')"))
                .isEmpty();
        assertThat(s.progress("t").state()).isEqualTo(State.SUSPENDED);
        assertThat(s.progress("t").reason())
                .contains("a schema window is open on it since 2026-01-02T12:00:00Z")
                .contains("liteferry schema-window close");
        assertThat(s.progress("other").state()).isEqualTo(State.STREAMING);
        assertThat(s.number("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 't'"))
                .isZero();
        assertThat(s.differences("UPDATE t SET v = 'again'")).isEmpty();
        assertThat(s.reader().unexplainedCommits()).isZero();

        window().close(ALL);
        assertThat(s.differences()).isEmpty();
        assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
    }

    @ParameterizedTest
    @EnumSource
    void findsWhatWasWrittenInTheWindow(Capture capture) throws Exception {
        through(capture, UNLOGGED);
        assertThat(s.differences()).isEmpty();
        for (String table : List.of("t", "bare", "other")) {
            assertThat(s.progress(table).state()).isEqualTo(State.STREAMING);
        }
        assertThat(s.differences("REPLACE INTO t VALUES (50, 'r', 'a@x')", "DELETE FROM bare WHERE v = 'two'"))
                .isEmpty();
    }

    /** What close writes into the log is all that tells of a window that capture did not see. */
    @ParameterizedTest
    @EnumSource(names = {"LOOKS_ONLY_AFTER_THE_WINDOW", "IS_DOWN_ALL_THE_WHILE", "LOSES_WHAT_IT_SAW_OF_THE_WINDOW"})
    void withoutTheNoteInTheLogItIsLost(Capture capture) throws Exception {
        AppliedPosition before = s.applied();
        window().open(ALL, NOON);
        if (capture == Capture.LOSES_WHAT_IT_SAW_OF_THE_WINDOW) {
            s.differences();
        }
        s.source.sql("DELETE FROM t WHERE id = 2");
        window().close(ALL);
        s.source.sql("DELETE FROM _liteferry_log WHERE tbl = 0 AND op = 5");
        if (capture != Capture.LOOKS_ONLY_AFTER_THE_WINDOW) {
            restart(before);
        }
        assertThat(s.differences()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void followsTheColumnsThatTheMigrationChanged(Capture capture) throws Exception {
        through(
                capture,
                "BEGIN",
                "DROP INDEX t_email",
                "ALTER TABLE t DROP COLUMN email",
                "ALTER TABLE t RENAME COLUMN v TO value",
                "ALTER TABLE t ADD COLUMN stars INTEGER NOT NULL DEFAULT 7",
                "UPDATE t SET value = 'new', stars = id WHERE id > 1",
                "DELETE FROM t WHERE id = 4",
                "COMMIT");
        assertThat(s.differences()).isEmpty();
        assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
        assertThat(s.differences("UPDATE t SET stars = 1")).isEmpty();
    }

    /** Taken for a rename, the new values would not fit the type of the old column. */
    @ParameterizedTest
    @EnumSource
    void aColumnInThePlaceOfOneOfAnotherTypeIsNotThatColumnRenamed(Capture capture) throws Exception {
        through(
                capture,
                "ALTER TABLE t DROP COLUMN v",
                "ALTER TABLE t ADD COLUMN stars INTEGER NOT NULL DEFAULT 7",
                "DROP INDEX t_email",
                "ALTER TABLE t DROP COLUMN email",
                "ALTER TABLE t ADD COLUMN mail TEXT");
        assertThat(s.differences()).isEmpty();
        assertThat(Objects.requireNonNull(s.end().evolution().get("t")).changes())
                .extracting(ColumnChange::text)
                .contains("DROP COLUMN v", "ADD COLUMN stars bigint DEFAULT 7");
    }

    @ParameterizedTest
    @EnumSource
    void aTableRebuiltWithANewNameForItsKeyIsCarriedByIt(Capture capture) throws Exception {
        through(
                capture,
                "CREATE TABLE \"new__t\"(\"number\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"v\", \"email\" text)",
                "INSERT INTO \"new__t\" SELECT id + 100, v, email FROM t",
                "DROP TABLE t",
                "ALTER TABLE \"new__t\" RENAME TO \"t\"");
        assertThat(s.differences()).isEmpty();
        assertThat(s.differences("UPDATE t SET v = 1", "DELETE FROM t WHERE number = 101"))
                .isEmpty();
        assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
    }

    @Test
    void aSnapshotThatTheWindowInterruptsBeginsAnew() throws Exception {
        s.source.sql("INSERT INTO other WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                + " SELECT i, 'v' || i FROM n");
        assertThat(s.differences()).isEmpty();
        window().open(Set.of("other"), NOON);
        s.differences("DELETE FROM other WHERE id < 10");
        window().close(ALL);
        s.replica().take(s.reader().next(0).orElseThrow());
        assertThat(s.progress("other").state()).isEqualTo(State.SNAPSHOT);
        window().open(Set.of("other"), NOON);
        s.differences("DELETE FROM other WHERE id BETWEEN 20 AND 30", "UPDATE other SET v = 'u' WHERE id = 40");
        assertThat(s.progress("other").state()).isEqualTo(State.SUSPENDED);
        window().close(ALL);
        assertThat(s.differences()).isEmpty();
        assertThat(s.progress("other").state()).isEqualTo(State.STREAMING);
    }
}
