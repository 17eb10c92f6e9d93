package io.liteferry.capture.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFenceTest {
    private static final Duration BUSY = Duration.ofMillis(200);
    private static final String WRITE = "INSERT INTO t VALUES (3, 'c')";

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    private SqliteFile file;

    @SuppressWarnings("NullAway.Init")
    private Plan plan;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db")).twoRows();
        file = new SqliteFile(source.path());
        source.sql(
                "CREATE TABLE \"a \"\"q'\"\"\"(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                "CREATE TABLE beside(x)",
                "CREATE VIEW w AS SELECT id, v FROM t",
                "CREATE VIRTUAL TABLE words USING fts5(text)",
                "CREATE TRIGGER t_second AFTER INSERT ON t BEGIN INSERT INTO beside VALUES ('second'); END",
                "create trigger if not exists\n t_first after insert on t -- the newest fires first\n begin insert into beside values ('first'); end",
                "CREATE TRIGGER w_insert INSTEAD OF INSERT ON w BEGIN INSERT INTO t VALUES (NEW.id, NEW.v); END",
                "CREATE TRIGGER swallow BEFORE INSERT ON \"a \"\"q'\"\"\" BEGIN SELECT RAISE(IGNORE); END");
        source.table("a \"q'\"", List.of("k"), "k", "v");
        plan = source.plan("m");
        new SourceInstaller(plan).install();
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void closedWithoutACommitItHasChangedNothing() throws Exception {
        List<String> schema = source.schema();
        try (SourceFence fence = hold()) {
            assertThat(fence.schemaVersion()).isEqualTo(number("PRAGMA schema_version"));
            assertThat(fence.position().seq()).isEqualTo(number("SELECT max(seq) FROM _liteferry_log"));
            assertThat(fence.position().fingerprint())
                    .isEqualTo(number("SELECT r FROM _liteferry_log ORDER BY seq DESC LIMIT 1"));
            assertThat(fence.position().logIdentity()).isEqualTo(text("SELECT identity FROM _liteferry_meta"));
            source.sql("PRAGMA busy_timeout = 0");
            assertThatThrownBy(() -> source.sql(WRITE)).hasMessageContaining("SQLITE_BUSY");
        }
        assertThat(source.schema()).isEqualTo(schema);
        source.sql(WRITE);
        assertThat(number("SELECT count(*) FROM beside")).isEqualTo(2);
    }

    @Test
    void committedItRefusesEveryWriteToEveryTable() throws Exception {
        raise();
        for (String write : List.of(
                WRITE,
                "UPDATE t SET v = 'x'",
                "DELETE FROM t WHERE id = 1",
                "DELETE FROM t",
                "REPLACE INTO t VALUES (1, 'x')",
                "INSERT INTO \"a \"\"q'\"\"\" VALUES ('k', 1)",
                "INSERT INTO beside VALUES (1)",
                "INSERT INTO w VALUES (9, 'through the view')",
                "UPDATE w SET v = 'x'")) {
            assertThatThrownBy(() -> source.sql(write)).as(write).hasMessageContaining("migration fence");
        }
        assertThat(number("SELECT count(*) || sum(id) FROM t")).isEqualTo(23);
        source.sql("UPDATE t SET v = 'x' WHERE id = 99");
        assertThat(number("SELECT count(*) FROM beside")).isZero();
        assertThat(source.schema()).noneMatch(t -> t.contains("BEFORE DELETE") && t.contains("_liteferry_log"));
    }

    /** As SQLite itself would have written them; so every library that knows triggers reads them. */
    @Test
    void itsTriggersAreThoseThatCreateTriggerLeaves() throws Exception {
        raise();
        List<String> made = source.schema().stream()
                .filter(t -> t.startsWith("CREATE TRIGGER \"_liteferry_f"))
                .toList();
        assertThat(made).hasSize(3 * 4);
        List<String> names = names("trigger");
        for (String name : names) {
            source.sql("DROP TRIGGER \"" + name.replace("\"", "\"\"") + "\"");
        }
        source.sql(made.toArray(String[]::new));
        assertThat(source.schema().stream().filter(made::contains).toList()).isEqualTo(made);
        assertThat(names("trigger")).isEqualTo(names);
        assertThat(text("PRAGMA integrity_check")).isEqualTo("ok");
    }

    @Test
    void releasedItHasPutBackEveryTriggerInItsOrderAndOursAreTheNewest() throws Exception {
        List<String> before = triggers();
        raise();
        assertThat(triggers()).isNotEmpty().doesNotContainAnyElementsOf(before);
        source.sql("PRAGMA busy_timeout = 0");
        try (SourceFence release = release(Map.of())) {
            assertThat(release.position().seq()).isEqualTo(number("SELECT max(seq) FROM _liteferry_log"));
            assertThatThrownBy(() -> source.sql(WRITE)).hasMessageContaining("SQLITE_BUSY");
        }
        assertThatThrownBy(() -> source.sql(WRITE)).hasMessageContaining("migration fence");
        lower();
        assertThat(triggers()).isEqualTo(before);
        long logged = number("SELECT max(seq) FROM _liteferry_log");
        source.sql(WRITE, "INSERT INTO w VALUES (4, 'd')");
        assertThat(text("SELECT group_concat(x) FROM beside")).isEqualTo("first,second,first,second");
        assertThat(number("SELECT max(seq) FROM _liteferry_log")).isEqualTo(logged + 2);
        assertThat(new SourceInstaller(plan).installed()).isTrue();
        assertThat(number("SELECT count(*) FROM _liteferry_log WHERE op = 5")).isZero();
        assertThat(number("SELECT count(*) FROM sqlite_master WHERE name = '_liteferry_schema'"))
                .isZero();
    }

    @Test
    void aSecondTimeItIsTheSame() throws Exception {
        List<String> before = triggers();
        for (int i = 0; i < 2; i++) {
            raise();
            lower();
        }
        assertThat(triggers()).isEqualTo(before);
    }

    @Test
    void heldTwiceOrReleasedTwiceDoesNoHarm() throws Exception {
        lower();
        List<String> before = triggers();
        try (SourceFence first = hold()) {
            refused(ErrorCode.SOURCE_BUSY, () -> hold().close());
            first.commit();
        }
        List<String> fenced = triggers();
        refused(ErrorCode.SOURCE_FENCED, () -> hold().close());
        assertThat(triggers()).isEqualTo(fenced);
        lower();
        lower();
        assertThat(triggers()).isEqualTo(before);
    }

    @Test
    void aWriterIsWaitedForOnlySoLong() throws Exception {
        source.sql("BEGIN IMMEDIATE");
        refused(ErrorCode.SOURCE_BUSY, () -> hold().close());
        source.sql("COMMIT");
        raise();
    }

    @Test
    void whereNothingIsInstalledOrAWindowIsOpenItIsRefused() throws Exception {
        List<String> schema = source.schema();
        new SchemaWindow(plan).open(Set.of("t"), Instant.EPOCH);
        refused(ErrorCode.SCHEMA_WINDOW_OPEN, () -> hold().close());
        new SchemaWindow(plan).close(Set.of());
        new SourceInstaller(plan).uninstall();
        refused(ErrorCode.CAPTURE_NOT_INSTALLED, () -> hold().close());
        refused(ErrorCode.CAPTURE_NOT_INSTALLED, () -> release(Map.of()).close());
        new SourceInstaller(plan).install();
        source.sql("DELETE FROM _liteferry_log");
        refused(ErrorCode.POSITION_BROKEN, () -> hold().close());
        assertThat(source.schema()).hasSameSizeAs(schema);
    }

    @Test
    void aTriggerThatCannotBePutBackKeepsTheFenceUp() throws Exception {
        raise();
        source.sql("DROP VIEW w");
        refused(ErrorCode.CUTOVER_REFUSED, () -> release(Map.of()).close());
        source.sql("CREATE VIEW w AS SELECT id, v FROM t");
        source.sql("CREATE TRIGGER t_first AFTER INSERT ON t BEGIN SELECT 1; END");
        refused(ErrorCode.CUTOVER_REFUSED, () -> release(Map.of()).close());
        source.sql("DROP TRIGGER t_first");
        assertThatThrownBy(() -> source.sql(WRITE)).hasMessageContaining("migration fence");
        lower();
        source.sql(WRITE);
    }

    @Test
    void noIdIsGivenOutTwice() throws Exception {
        source.sql(
                "CREATE TABLE \"a'1\"(n INTEGER PRIMARY KEY AUTOINCREMENT, rowid)",
                "CREATE TABLE a2(id INTEGER PRIMARY KEY AUTOINCREMENT)",
                "CREATE TABLE a3(id INTEGER PRIMARY KEY AUTOINCREMENT)",
                "CREATE TABLE a4(id INTEGER PRIMARY KEY AUTOINCREMENT)",
                "INSERT INTO \"a'1\" VALUES (5, 'x'), (7, 'y')",
                "INSERT INTO a2 VALUES (100)",
                "DELETE FROM a2",
                "INSERT INTO a3 VALUES (3)");
        raise();
        source.sql("DELETE FROM sqlite_sequence WHERE name = 'a3'");
        try (SourceFence release = release(Map.of("a'1", 6L, "a2", 40L, "a4", 12L, "t", 900L))) {
            release.commit();
        }
        assertThat(text("SELECT group_concat(name || '=' || seq) FROM (SELECT * FROM sqlite_sequence ORDER BY name)"))
                .isEqualTo("a'1=7,a2=100,a3=3,a4=12");
        source.sql("INSERT INTO a4 DEFAULT VALUES");
        assertThat(number("SELECT id FROM a4")).isEqualTo(13);
    }

    @Test
    void nobodyInstallsOrMendsUnderTheFence() throws Exception {
        raise();
        List<String> fenced = source.schema();
        SourceInstaller installer = new SourceInstaller(plan);
        refused(ErrorCode.SOURCE_FENCED, installer::install);
        refused(ErrorCode.SOURCE_FENCED, installer::installed);
        refused(ErrorCode.SOURCE_FENCED, installer::demandNotFenced);
        refused(ErrorCode.SOURCE_FENCED, () -> installer.remake(plan.tables()));
        refused(ErrorCode.SOURCE_FENCED, () -> installer.restart(1));
        refused(ErrorCode.SOURCE_FENCED, () -> new SchemaWindow(plan).open(Set.of(), Instant.EPOCH));
        refused(ErrorCode.SOURCE_FENCED, () -> new SchemaWindow(plan).close(Set.of()));
        assertThat(source.schema()).isEqualTo(fenced);
    }

    @Test
    void uninstallTakesTheFenceAlong() throws Exception {
        new SourceInstaller(plan).uninstall();
        List<String> before = source.schema();
        new SourceInstaller(plan).install();
        raise();
        new SourceInstaller(plan).uninstall();
        assertThat(source.schema()).isEqualTo(before);
        assertThat(text("PRAGMA integrity_check")).isEqualTo("ok");
        source.sql(WRITE);
    }

    @Test
    void tablesThatAreNeededUnderItAreMadeWithIt() throws Exception {
        try (SourceFence fence =
                SourceFence.hold(file, BUSY, List.of("CREATE TABLE IF NOT EXISTS _liteferry_reverse(offset)"))) {
            fence.commit();
        }
        assertThat(number("SELECT count(*) FROM _liteferry_reverse")).isZero();
        source.sql("INSERT INTO _liteferry_reverse VALUES (1)");
    }

    /** There a page that SQLite writes before the commit locks every reader out, and with them what drains the log. */
    @Test
    void outsideWalReadersReadOnWhileItIsHeldHoweverLargeTheSchemaIs() throws Exception {
        source.sql("PRAGMA journal_mode = DELETE");
        String comment = "/* " + "x".repeat(20_000) + " */";
        for (int i = 0; i < 200; i++) {
            source.sql("CREATE TRIGGER large" + i + " AFTER DELETE ON beside BEGIN SELECT 1 " + comment + "; END");
        }
        List<String> before = triggers();
        source.sql("PRAGMA busy_timeout = 0");
        try (SourceFence fence = hold()) {
            assertThat(number("SELECT max(seq) FROM _liteferry_log"))
                    .isEqualTo(fence.position().seq());
            fence.commit();
        }
        assertThatThrownBy(() -> source.sql(WRITE)).hasMessageContaining("migration fence");
        lower();
        assertThat(triggers()).hasSameSizeAs(before).containsAll(before);
    }

    private SourceFence hold() {
        return SourceFence.hold(file, BUSY, List.of());
    }

    private SourceFence release(Map<String, Long> sequences) {
        return SourceFence.release(file, BUSY, sequences);
    }

    private void raise() {
        try (SourceFence fence = hold()) {
            fence.commit();
        }
    }

    private void lower() {
        try (SourceFence release = release(Map.of())) {
            release.commit();
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable tried) {
        assertThatThrownBy(tried)
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("liteferry");
    }

    private List<String> triggers() throws SQLException {
        return source.schema().stream()
                .filter(t -> t.startsWith("CREATE TRIGGER"))
                .toList();
    }

    private List<String> names(String type) throws SQLException {
        try (Statement s = source.connection().createStatement()) {
            return FencedSchema.texts(s, "SELECT name FROM sqlite_master WHERE type = '" + type + "' ORDER BY rowid");
        }
    }

    private long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private String text(String sql) throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return String.valueOf(rs.getString(1));
        }
    }
}
