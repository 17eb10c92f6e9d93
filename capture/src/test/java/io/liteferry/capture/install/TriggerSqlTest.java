package io.liteferry.capture.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.SourceFixture;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerSqlTest {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"));
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    @Test
    void writesTheTriggersOfAnIntegerKeyWithAnExpressionIndexWordByWord() throws Exception {
        source.sql(
                "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE UNIQUE, name, live)",
                "CREATE UNIQUE INDEX named ON users(lower(name)) WHERE live=1");
        assertThat(triggers("users", KeyPlan.primaryKey("id"))).containsExactly("""
                CREATE TRIGGER "_liteferry_bi_users" BEFORE INSERT ON "users" BEGIN
                  INSERT INTO _liteferry_log(tbl, op, r, k0) SELECT 1, 4, random(), "id" FROM "users"
                   WHERE (lower(name)) COLLATE BINARY = (SELECT (lower(name)) FROM (SELECT NEW."name" AS "name"))
                     AND (live=1)
                     AND (SELECT (live=1) FROM (SELECT NEW."live" AS "live"));
                  INSERT INTO _liteferry_log(tbl, op, r, k0) SELECT 1, 4, random(), "id" FROM "users"
                   WHERE "email" COLLATE NOCASE = (SELECT "email" FROM (SELECT coalesce(NEW."email", 'x') AS "email"));
                END""", """
                CREATE TRIGGER "_liteferry_bu_users" BEFORE UPDATE ON "users" BEGIN
                  INSERT INTO _liteferry_log(tbl, op, r, k0) SELECT 1, 4, random(), "id" FROM "users"
                   WHERE (lower(name)) COLLATE BINARY = (SELECT (lower(name)) FROM (SELECT NEW."name" AS "name"))
                     AND (live=1)
                     AND (SELECT (live=1) FROM (SELECT NEW."live" AS "live"))
                     AND NOT ("id" IS OLD."id");
                  INSERT INTO _liteferry_log(tbl, op, r, k0) SELECT 1, 4, random(), "id" FROM "users"
                   WHERE "email" COLLATE NOCASE = (SELECT "email" FROM (SELECT coalesce(NEW."email", 'x') AS "email"))
                     AND NOT ("id" IS OLD."id")
                     AND (OLD."email" COLLATE NOCASE IS NOT NEW."email");
                  INSERT INTO _liteferry_log(tbl, op, r, k0) VALUES (1, 2, random(), OLD."id");
                  INSERT INTO _liteferry_log(tbl, op, r, k0) SELECT 1, 2, random(), NEW."id" WHERE OLD."id" <> NEW."id";
                END""", """
                CREATE TRIGGER "_liteferry_bd_users" BEFORE DELETE ON "users" BEGIN
                  INSERT INTO _liteferry_log(tbl, op, r, k0) VALUES (1, 3, random(), OLD."id");
                END""", """
                CREATE TRIGGER "_liteferry_ai_users" AFTER INSERT ON "users" BEGIN
                  INSERT INTO _liteferry_log(tbl, op, r, k0) VALUES (1, 1, random(), NEW."id");
                END""");
    }

    @Test
    void logsTheNewKeyOnlyWhereItsBytesOrItsClassMoved() throws Exception {
        source.sql("CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v)");
        String moved = "(OLD.\"k\" IS NOT NEW.\"k\" COLLATE BINARY OR typeof(OLD.\"k\") <> typeof(NEW.\"k\"))";
        assertThat(String.join("\n", triggers("t", KeyPlan.primaryKey("k"))))
                .contains("NEW.\"k\" WHERE " + moved + " AND NEW.\"k\" IS NOT NULL;")
                .contains("NEW.\"k\" WHERE " + moved + ";")
                .contains("WHERE \"k\" COLLATE NOCASE = (SELECT \"k\" FROM (SELECT NEW.\"k\" AS \"k\"))");
    }

    @Test
    void findsTheRowThatReplaceDeletesHalfWayOnlyWhereThatCanBe() throws Exception {
        source.sql(
                "CREATE TABLE p(id INTEGER PRIMARY KEY)",
                "CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES P ON DELETE CASCADE)");
        assertThat(String.join("\n", triggers("p", KeyPlan.primaryKey("id")))).doesNotContain("\"id\" = NEW.\"id\"");
        source.sql("CREATE TRIGGER stay AFTER DELETE ON c BEGIN SELECT RAISE ( Fail, 'stay'); END");
        assertThat(String.join("\n", triggers("p", KeyPlan.primaryKey("id")))).contains("WHERE \"id\" = NEW.\"id\"");
        assertThat(String.join("\n", triggers("c", KeyPlan.primaryKey("id")))).doesNotContain("\"id\" = NEW.\"id\"");
    }

    @Test
    void carriesATableWithoutAKeyByTheNameOfTheRowidThatIsFree() throws Exception {
        source.sql("CREATE TABLE t(rowid, v UNIQUE)");
        assertThat(String.join("\n", triggers("t", KeyPlan.rowid())))
                .contains("VALUES (1, 1, random(), NEW._rowid_);")
                .contains("SELECT 1, 4, random(), _rowid_ FROM \"t\"")
                .contains("AND NOT (_rowid_ IS OLD._rowid_)");
    }

    @Test
    void findsTheRowsThatARowidDisplacesWhereTheKeyIsAnother() throws Exception {
        source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE)");
        assertThat(String.join("\n", triggers("t", new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, List.of("code")))))
                .contains("WHERE \"id\" = NEW.\"id\"");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "'x', 'x'",
                "`\"x\"`, 'x'",
                "word, 'word'",
                "-1, -1",
                "x'00', x'00'",
                "TRUE, 1",
                "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP",
                "(1 + 1), (1 + 1)"
            })
    void readsADefaultAsSqliteDoes(String written, String expression) {
        assertThat(DisplacedRows.asExpression(written)).isEqualTo(expression);
    }

    private List<String> triggers(String table, KeyPlan key) throws Exception {
        SourceTable t = new SqliteCatalog(source.connection()).table(table).orElseThrow();
        return TriggerSql.of(t, key, 1).stream().map(TriggerSql.Trigger::sql).toList();
    }
}
