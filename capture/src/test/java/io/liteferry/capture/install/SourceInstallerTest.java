package io.liteferry.capture.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceInstallerTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"))
                .sql(
                        "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT UNIQUE)",
                        "CREATE TABLE \"b \"\"q\"\" é\"(\"k 1\" TEXT, \"K\"\"2\" INT, v, PRIMARY KEY(\"k 1\", \"K\"\"2\")) WITHOUT ROWID",
                        "CREATE TABLE n(v NOT NULL DEFAULT \"dq\" UNIQUE, \"\" )",
                        "CREATE UNIQUE INDEX \"i x\" ON \"b \"\"q\"\" é\"(upper(\"K\"\"2\") -- comment, with ( in it\n) WHERE v IS NOT NULL -- end",
                        "CREATE UNIQUE INDEX qualified ON a(v) WHERE a.id > 3",
                        "CREATE TRIGGER app_a AFTER UPDATE ON a BEGIN UPDATE a SET v = v WHERE id = NEW.id; END",
                        "CREATE VIEW broken AS SELECT * FROM nowhere")
                .table("a", List.of("id"), "id", "v")
                .table("b \"q\" é", List.of("k 1", "K\"2"), "k 1", "K\"2", "v")
                .table("n", List.of(), "v", "");
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void leavesTheSchemaAsItWasTextByText() throws Exception {
        List<String> before = source.schema();
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        installer.install();
        assertThat(source.schema()).hasSizeGreaterThan(before.size());
        installer.uninstall();
        assertThat(source.schema()).isEqualTo(before);
        installer.uninstall();
        assertThat(source.schema()).isEqualTo(before);
    }

    @Test
    void installingTwiceChangesNothing() throws Exception {
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        assertThat(installer.installed()).isFalse();
        installer.install();
        assertThat(installer.installed()).isTrue();
        List<String> once = source.schema();
        long identity = identityHash();
        installer.install();
        assertThat(source.schema()).isEqualTo(once);
        assertThat(identityHash()).isEqualTo(identity);
    }

    @Test
    void theDryRunIsWhatIsRun() throws Exception {
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        List<String> statements = installer.statements();
        assertThat(statements).anyMatch(s -> s.contains("_liteferry_bi_b \"\"q\"\" é"));
        installer.install();
        assertThat(source.schema())
                .containsAll(statements.stream()
                        .filter(s -> s.startsWith("CREATE TRIGGER"))
                        .toList());
    }

    @Test
    void theApplicationWritesAsBeforeIntoTablesWithAnyName() throws Exception {
        new SourceInstaller(source.plan("m")).install();
        source.sql(
                "INSERT INTO a VALUES (1, 'x'), (9, 'y')",
                "REPLACE INTO a VALUES (10, 'y')",
                "INSERT INTO \"b \"\"q\"\" é\" VALUES ('k', 1, 2)",
                "UPDATE \"b \"\"q\"\" é\" SET \"K\"\"2\" = 5",
                "REPLACE INTO n VALUES (NULL, 1)",
                "REPLACE INTO n VALUES (NULL, 2)",
                "DELETE FROM a");
        assertThat(count("SELECT count(*) FROM n")).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE op = 4")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void makesItsTriggersAgainWhereTheApplicationMadeTheTableAgain() throws Exception {
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        installer.install();
        source.sql(
                "DROP VIEW broken", // SQLite renames nothing while a view is broken
                "CREATE TABLE a2(id INTEGER PRIMARY KEY, v TEXT UNIQUE, w)",
                "DROP TABLE a",
                "ALTER TABLE a2 RENAME TO a");
        assertThat(installer.installed()).isFalse();
        installer.install();
        assertThat(installer.installed()).isTrue();
        assertThat(count("SELECT count(*) FROM _liteferry_tables")).isEqualTo(3);
    }

    @Test
    void makesItsTriggersTheNewestWhereAnApplicationTriggerCouldSilenceThem() throws Exception {
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        installer.install();
        source.sql("CREATE TRIGGER quiet AFTER INSERT ON a BEGIN SELECT RAISE(IGNORE); END");
        assertThat(installer.installed()).isFalse();
        installer.install();
        assertThat(installer.installed()).isTrue();
        source.sql("INSERT INTO a VALUES (77, 'seen')");
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE k0 = 77")).isEqualTo(1);
    }

    @Test
    void makesItsTriggersTheNewestWhereAWriteOfAnApplicationTriggerCanFailAndKeepTheRow() throws Exception {
        SourceInstaller installer = new SourceInstaller(source.plan("m"));
        source.sql(
                "CREATE TABLE deep(x)",
                "CREATE TRIGGER deeper BEFORE INSERT ON deep BEGIN SELECT RAISE ( fail, 'no'); END");
        installer.install();
        source.sql("CREATE TRIGGER newer AFTER INSERT ON a BEGIN INSERT INTO deep VALUES (1); END");
        assertThat(installer.installed()).isFalse();
        installer.install();
        assertThat(installer.installed()).isTrue();
        assertThatThrownBy(() -> source.sql("INSERT INTO a VALUES (77, 'kept')"))
                .isInstanceOf(SQLException.class);
        assertThat(count("SELECT count(*) FROM a WHERE id = 77")).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM _liteferry_log WHERE k0 = 77")).isEqualTo(1);
    }

    @Test
    void widensTheLogForAWiderKey() throws Exception {
        new SourceInstaller(source.plan("m")).install();
        source.sql("CREATE TABLE wide(a, b, c, d, e, f, PRIMARY KEY(a, b, c, d, e, f)) WITHOUT ROWID")
                .table("wide", List.of("a", "b", "c", "d", "e", "f"), "a", "b", "c", "d", "e", "f");
        SourceInstaller wider = new SourceInstaller(source.plan("m"));
        wider.install();
        assertThat(wider.installed()).isTrue();
        source.sql("INSERT INTO wide VALUES (1, 2, 3, 4, 5, 6)");
        assertThat(count("SELECT k5 FROM _liteferry_log ORDER BY seq DESC LIMIT 1"))
                .isEqualTo(6);
    }

    @Test
    void saysWhichTableIsNotThereAndInstallsNothing() throws Exception {
        Plan plan = source.table("nowhere", List.of("id"), "id").plan("m");
        List<String> before = source.schema();
        assertThatThrownBy(() -> new SourceInstaller(plan).install())
                .isInstanceOfSatisfying(
                        LiteferryException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_TABLE_UNSUPPORTED))
                .hasMessageContaining("nowhere");
        assertThat(source.schema()).isEqualTo(before);
    }

    private long identityHash() throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery("SELECT identity FROM _liteferry_meta")) {
            return rs.getString(1).hashCode();
        }
    }

    private long count(String sql) throws SQLException {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }
}
