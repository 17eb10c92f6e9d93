package io.liteferry.capture.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.SchemaWindow.State;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaWindowTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.987Z");
    private static final Set<String> ALL = Set.of();

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    private Plan plan;

    @SuppressWarnings("NullAway.Init")
    private SchemaWindow window;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"))
                .sql(
                        "CREATE TABLE a(id INTEGER PRIMARY KEY, email TEXT)",
                        "CREATE UNIQUE INDEX a_email ON a(email)",
                        "CREATE TABLE \"b \"\"q\"\"\"(k TEXT PRIMARY KEY, v)",
                        "INSERT INTO a VALUES (1, 'x')")
                .table("a", List.of("id"), "id", "email")
                .table("b \"q\"", List.of("k"), "k", "v");
        plan = source.plan("m");
        window = new SchemaWindow(plan);
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void takesTheTriggersOffAndMakesThemAgain() throws Exception {
        install();
        List<String> triggers = triggers();
        assertThat(window.open(ALL, NOON))
                .extracting(t -> t.name() + " " + t.state() + " " + t.since().orElse(""))
                .containsExactly("a OPENED 2026-01-02T12:00:00Z", "b \"q\" OPENED 2026-01-02T12:00:00Z");
        assertThat(triggers()).isEmpty();
        assertThat(window.standing()).hasSize(2);
        long logged = count("SELECT count(*) FROM _liteferry_log");
        source.sql("INSERT INTO a VALUES (2, 'y')", "DELETE FROM a WHERE id = 1");
        assertThat(count("SELECT count(*) FROM _liteferry_log")).isEqualTo(logged);
        assertThat(window.close(ALL)).extracting(SchemaWindow.Table::state).containsExactly(State.CLOSED, State.CLOSED);
        assertThat(triggers()).containsExactlyInAnyOrderElementsOf(triggers);
        assertThat(window.standing()).isEmpty();
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE tbl = 0 AND op = 5"))
                .isEqualTo(2);
        assertThat(new SourceInstaller(plan).installed()).isTrue();
    }

    @Test
    void openedAgainItStaysOpenSinceTheFirstTimeAndWritesNothing() throws Exception {
        install();
        window.open(ALL, NOON);
        long before = dataVersion();
        assertThat(window.open(ALL, NOON.plusSeconds(60)))
                .allSatisfy(t -> assertThat(t.state()).isEqualTo(State.OPEN_ALREADY))
                .allSatisfy(t -> assertThat(t.since()).contains("2026-01-02T12:00:00Z"));
        assertThat(dataVersion()).isEqualTo(before);
    }

    @Test
    void closedWithoutBeingOpenItSaysSoAndWritesNothing() throws Exception {
        install();
        long before = dataVersion();
        assertThat(window.close(ALL))
                .extracting(SchemaWindow.Table::state)
                .containsExactly(State.NOT_OPEN, State.NOT_OPEN);
        assertThat(dataVersion()).isEqualTo(before);
    }

    @Test
    void concernsOnlyTheTablesThatAreNamed() throws Exception {
        install();
        assertThat(window.open(Set.of("a"), NOON))
                .extracting(SchemaWindow.Table::name)
                .containsExactly("a");
        assertThat(triggers()).isNotEmpty().allMatch(t -> t.contains("b \"\"q"));
        window.open(ALL, NOON.plusSeconds(60));
        assertThat(triggers()).isEmpty();
        window.close(Set.of("b \"q\""));
        assertThat(triggers()).isNotEmpty().allMatch(t -> t.contains("b \"\"q"));
        assertThat(window.standing())
                .singleElement()
                .satisfies(t -> assertThat(t.since()).contains("2026-01-02T12:00:00Z"));
    }

    /** What the application does in one migration: it drops the index, then the column that our trigger looks up. */
    @Test
    void letsAMigrationThroughThatTheTriggersWouldBreak() throws Exception {
        install();
        String[] migration = {"BEGIN", "DROP INDEX a_email", "ALTER TABLE a DROP COLUMN email", "COMMIT"};
        assertThatThrownBy(() -> source.sql(migration)).hasMessageContaining("_liteferry_");
        source.sql("ROLLBACK");
        window.open(Set.of("a"), NOON);
        source.sql(migration);
        assertThat(window.close(ALL).get(0).obstacle()).isEmpty();
        source.sql("REPLACE INTO a VALUES (1)");
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE tbl = 1 AND k0 = 1"))
                .isPositive();
    }

    @Test
    void whatCannotHaveItsTriggersIsLeftToCaptureAndTheOthersAreClosed() throws Exception {
        source.sql("CREATE TABLE c(id INTEGER PRIMARY KEY)").table("c", List.of("id"), "id");
        plan = source.plan("m");
        window = new SchemaWindow(plan);
        install();
        window.open(ALL, NOON);
        source.sql("DROP TABLE \"b \"\"q\"\"\"", "ALTER TABLE c RENAME COLUMN id TO number");
        List<SchemaWindow.Table> closed = window.close(ALL);
        assertThat(closed).extracting(SchemaWindow.Table::state).containsOnly(State.CLOSED);
        assertThat(closed.get(0).obstacle()).isEmpty();
        assertThat(closed.get(1).obstacle()).contains("the source has no such table now");
        assertThat(closed.get(2).obstacle())
                .hasValueSatisfying(o -> assertThat(o).contains("no key column id"));
        assertThat(triggers()).isNotEmpty().allMatch(t -> t.contains(" ON \"a\" "));
        assertThat(window.standing()).isEmpty();
    }

    @Test
    void nobodyMakesTriggersWhileItIsOpen() throws Exception {
        install();
        window.open(Set.of("a"), NOON);
        source.sql("CREATE TABLE c(id INTEGER PRIMARY KEY)").table("c", List.of("id"), "id");
        plan = source.plan("m");
        install();
        // As capture would that looked before the window was opened.
        new SourceInstaller(plan).remake(List.of(plan.table("a").orElseThrow()));
        assertThat(triggers()).noneMatch(t -> t.contains(" ON \"a\" ")).anyMatch(t -> t.contains(" ON \"c\" "));
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE op = 5")).isZero();
    }

    @Test
    void aTableThatIsNotInTheLogIsToldAsSuch() throws Exception {
        install();
        source.sql("CREATE TABLE c(id INTEGER PRIMARY KEY)").table("c", List.of("id"), "id");
        window = new SchemaWindow(source.plan("m"));
        assertThat(window.open(Set.of("c"), NOON).get(0).state()).isEqualTo(State.NOT_CAPTURED);
        assertThat(window.close(Set.of("c")).get(0).state()).isEqualTo(State.NOT_CAPTURED);
    }

    @Test
    void withoutAChangeLogThereIsNothingToOpen() {
        assertThat(window.standing()).isEmpty();
        assertThatThrownBy(() -> window.open(ALL, NOON))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CAPTURE_NOT_INSTALLED));
    }

    @Test
    void aBusyDatabaseIsWaitedForAndThenLeftAsItWas() throws Exception {
        install();
        List<String> triggers = triggers();
        source.sql("BEGIN IMMEDIATE");
        assertThatThrownBy(() -> window.open(ALL, NOON))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_BUSY))
                .hasMessageContaining("Opening a schema window");
        source.sql("COMMIT");
        assertThat(triggers()).isEqualTo(triggers);
        assertThat(window.standing()).isEmpty();
    }

    @Test
    void uninstallTakesTheWindowAlong() throws Exception {
        List<String> before = source.schema();
        install();
        window.open(ALL, NOON);
        new SourceInstaller(plan).uninstall();
        assertThat(source.schema()).isEqualTo(before);
        install();
        assertThat(window.standing()).isEmpty();
        assertThat(triggers()).isNotEmpty();
    }

    @Test
    void aLogOfBeforeWindowsWereThereCanHaveThemToo() throws Exception {
        install();
        source.sql("ALTER TABLE _liteferry_tables DROP COLUMN window_since");
        assertThat(window.standing()).isEmpty();
        assertThatCode(() -> window.close(ALL)).doesNotThrowAnyException();
        window.open(ALL, NOON);
        assertThat(window.standing()).hasSize(2);
    }

    private void install() {
        new SourceInstaller(plan).install();
    }

    private List<String> triggers() throws SQLException {
        return source.schema().stream()
                .filter(t -> t.startsWith("CREATE TRIGGER \"_liteferry_") || t.startsWith("CREATE TRIGGER _liteferry_"))
                .toList();
    }

    /** As the application's connection sees it: moves with each foreign commit. */
    private long dataVersion() throws SQLException {
        return count("PRAGMA data_version");
    }

    private long count(String sql) throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }
}
