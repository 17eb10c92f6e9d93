package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.liteferry.cli.Main;
import io.liteferry.core.ExitCode;
import io.liteferry.embedded.SharedServers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides are filled by hand, as some other tool might have done it; nothing of ours is on either. */
class CompareCommandTest {
    private final String url = SharedServers.newDatabase();

    @TempDir
    Path folder;

    private String out = "";

    @BeforeEach
    void loadedBySomeOtherTool() throws SQLException {
        source("CREATE TABLE OrderLine(id INTEGER PRIMARY KEY, Item TEXT, ratio REAL, big INTEGER, placedAt DATETIME,"
                + " live BOOLEAN, photo BLOB)");
        source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO OrderLine"
                + " SELECT i, 'item ' || i, i + 0.1, 9007199254740993 + i, '2024-07-01 12:00:00', i % 2,"
                + " CAST('p' || i AS BLOB) FROM n");
        source("CREATE TABLE words(lang TEXT, word TEXT, n INTEGER, PRIMARY KEY (lang, word))");
        source("INSERT INTO words VALUES ('de', 'Öl', 1), ('de', 'oel', 2), ('en', 'oil', 3)");
        target("CREATE TABLE order_line(id bigint PRIMARY KEY, item text, ratio double precision, big bigint,"
                + " placedat timestamptz, live boolean, photo bytea)");
        target("INSERT INTO order_line SELECT i, 'item ' || i, i + 0.1, 9007199254740993 + i, '2024-07-01 12:00:00+00',"
                + " i % 2 = 1, convert_to('p' || i, 'UTF8') FROM generate_series(1, 500) i");
        target("CREATE TABLE words(lang text, word text, n smallint, PRIMARY KEY (lang, word))");
        target("INSERT INTO words VALUES ('de', 'Öl', 1), ('de', 'oel', 2), ('en', 'oil', 3)");
    }

    private void source(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private void target(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private int compare(String... more) {
        List<String> args =
                new ArrayList<>(List.of("compare", folder.resolve("app.db").toString(), url));
        args.addAll(List.of(more));
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        int exit = Main.execute(new PrintWriter(o), new PrintWriter(e), args.toArray(String[]::new));
        out = o.toString() + e;
        return exit;
    }

    private JsonNode json() throws Exception {
        compare("-o", "json");
        return new ObjectMapper().readTree(out.substring(out.indexOf('{'), out.lastIndexOf('}') + 1));
    }

    @Test
    void whatIsEqualIsSaidToBeAndNothingIsWritten() throws Exception {
        assertThat(compare()).as(out).isZero();
        assertThat(out)
                .containsPattern("OrderLine +order_line +500 +500 +500 +0 +0 +0")
                .containsPattern("words +words +3 +3 +3 +0 +0 +0")
                .contains("OrderLine.placedAt: times without a zone become timestamptz; read as UTC")
                .contains("503 of 503 rows equal (100 %)")
                .containsPattern("(?m)^EQUAL$");
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT count(*) FROM pg_namespace WHERE nspname = 'liteferry'")) {
            rs.next();
            assertThat(rs.getInt(1)).isZero();
        }
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT count(*) FROM sqlite_master WHERE name LIKE '%liteferry%'")) {
            assertThat(rs.getInt(1)).isZero();
        }
        assertThat(folder.toFile().list()).containsExactly("app.db");
    }

    @Test
    void everyRowThatDiffersIsNamedByKeyKindAndColumns() throws Exception {
        target("UPDATE order_line SET ratio = ratio::real, big = big::double precision::bigint WHERE id = 16");
        target("DELETE FROM order_line WHERE id = 500");
        target("INSERT INTO words VALUES ('en', 'oïl', 4)");
        assertThat(compare()).isEqualTo(ExitCode.NOT_READY);
        assertThat(out)
                .containsPattern("OrderLine +16 +row_diff +ratio,big")
                .containsPattern("OrderLine +500 +missing_target")
                .containsPattern("words +'en','oïl' +missing_source")
                .contains("501 of 504 rows equal (99.4047619 %)")
                .containsPattern("(?m)^NOT EQUAL$");
        JsonNode report = json();
        assertThat(report.path("equal").asBoolean()).isFalse();
        assertThat(report.path("rows")).hasSize(3);
        assertThat(report.path("tables").get(0).path("row_diff").asInt()).isEqualTo(1);
    }

    @Test
    void whatCannotBeMatchedIsSaidAndIsNotEqual() throws Exception {
        target("ALTER TABLE order_line DROP COLUMN photo");
        target("ALTER TABLE words DROP CONSTRAINT words_pkey");
        target("CREATE TABLE theirs(id bigint PRIMARY KEY)");
        source("CREATE TABLE nowhere(id INTEGER PRIMARY KEY)");
        assertThat(compare()).isEqualTo(ExitCode.NOT_READY);
        assertThat(out)
                .contains("not compared: OrderLine.photo: the target table has no column of this name")
                .contains("note: words: no key identifies its rows on both sides: compared as a multiset")
                .contains("not compared: nowhere: schema public has no table of this name")
                .contains("only in PostgreSQL: table theirs")
                .doesNotContain("only in PostgreSQL: table words")
                .contains("503 of 503 rows equal");
    }

    @Test
    void aTableWithoutAKeyIsEqualOrItsRowsAreCounted() throws SQLException {
        target("ALTER TABLE words DROP CONSTRAINT words_pkey");
        assertThat(compare()).as(out).isZero();
        assertThat(out).containsPattern("words +words +3 +3 +3 +0 +0 +0").containsPattern("(?m)^EQUAL$");
        target("INSERT INTO words SELECT * FROM words WHERE n = (SELECT min(n) FROM words)");
        assertThat(compare()).isEqualTo(ExitCode.NOT_READY);
        assertThat(out).containsPattern("words +words +3 +4 +3 +0 +0 +1").containsPattern("(?m)^NOT EQUAL$");
    }

    @Test
    void anotherSchemaIsComparedWhereItIsNamed() throws SQLException {
        target("CREATE SCHEMA shop");
        target("ALTER TABLE order_line SET SCHEMA shop");
        target("ALTER TABLE words SET SCHEMA shop");
        assertThat(compare("--schema", "shop")).as(out).isZero();
        assertThat(compare()).isEqualTo(ExitCode.NOT_READY);
    }
}
