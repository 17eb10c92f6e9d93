package io.liteferry.cli.independent;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndependentComparisonTest {
    private static final String SOURCE =
            "CREATE TABLE Kinds(id INTEGER PRIMARY KEY, big INTEGER, price DECIMAL(10,2), amount TEXT,"
                    + " flag BOOLEAN, word BOOLEAN, title NVARCHAR(40), body BLOB, doc JSON, loose JSON, uid UUID, at DATETIME,"
                    + " secs TIMESTAMP, millis TIMESTAMP, day DATE, r REAL, f REAL, gen AS (big + 1));"
                    + "INSERT INTO Kinds VALUES(1, 9007199254740993, '19.90', '0.10', 1, 'false', 'naïve 🚲', x'00ff', '{\"a\":1.10}',"
                    + " '{\"b\": 2, \"a\":1}', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '2009-01-01 00:00:00', 1700000000,"
                    + " 1700000000123, '2009-01-01', 0.1, 0.1);"
                    + "INSERT INTO Kinds(id, title) VALUES(2, 'NULL'), (3, NULL);"
                    + "CREATE TABLE Loose(a TEXT, n INT); INSERT INTO Loose VALUES('x', 1), ('x', 1), (NULL, 2);"
                    + "CREATE TABLE _liteferry_log(seq INTEGER PRIMARY KEY)";
    private static final String TARGET =
            "CREATE TABLE kinds(id bigint PRIMARY KEY, big bigint, price numeric(10,2), amount numeric,"
                    + " flag boolean, word boolean, title varchar(40), body bytea, doc json, loose jsonb, uid uuid, at timestamp,"
                    + " secs timestamptz, millis timestamptz, day date, r double precision, f real) PARTITION BY HASH (id);"
                    + "CREATE TABLE kinds_0 PARTITION OF kinds FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                    + "CREATE TABLE kinds_1 PARTITION OF kinds FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
                    + "INSERT INTO kinds VALUES(1, 9007199254740993, 19.90, 0.1, true, false, 'naïve 🚲', '\\x00ff', '{\"a\":1.10}',"
                    + " '{\"a\":1,\"b\":2}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2009-01-01 00:00:00',"
                    + " to_timestamp(1700000000), to_timestamp(1700000000) + interval '123 ms', '2009-01-01', 0.1, 0.1);"
                    + "INSERT INTO kinds(id, title) VALUES(2, 'NULL'), (3, NULL);"
                    + "CREATE TABLE loose(_liteferry_rowid bigint PRIMARY KEY, a text, n bigint);"
                    + "INSERT INTO loose VALUES(1, 'x', 1), (2, 'x', 1), (3, NULL, 2)";

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private String url = "";

    @BeforeEach
    void twoEqualSides() throws SQLException {
        file = folder.resolve("source.db");
        url = SharedServers.newDatabase();
        run("jdbc:sqlite:" + file, SOURCE);
        run(url, TARGET);
        assertThat(compare()).isEmpty();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "big | 9007199254740992",
                "price | 19.91",
                "amount | 0.11",
                "flag | false",
                "word | true",
                "title | 'naive 🚲'",
                "title | 'naïve 🚲 '",
                "title | NULL",
                "body | '\\x00fe'",
                "doc | '{\"a\":1.1}'",
                "loose | '{\"a\":1,\"b\":3}'",
                "uid | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'",
                "at | '2009-01-01 00:00:00.000001'",
                "secs | to_timestamp(1700000001)",
                "millis | to_timestamp(1700000000) + interval '124 ms'",
                "day | '2009-01-02'",
                "r | 0.10000000000000002",
                "f | 0.10000001",
            })
    void seesOneChangedValueOfAnyType(String column, String value) throws SQLException {
        run(url, "UPDATE kinds SET " + column + " = " + value + " WHERE id = 1");
        assertThat(compare()).singleElement().asString().startsWith("Kinds: key 1: " + column + " is ");
    }

    @Test
    void tellsNullFromTheWordNull() throws SQLException {
        run(url, "UPDATE kinds SET title = 'NULL' WHERE id = 3; UPDATE kinds SET title = NULL WHERE id = 2");
        assertThat(compare()).hasSize(2);
    }

    @Test
    void seesRowsThatAreOnOneSideOnly() throws SQLException {
        run(url, "DELETE FROM kinds WHERE id = 2; INSERT INTO kinds(id) VALUES(77)");
        run(url, "DELETE FROM loose WHERE _liteferry_rowid = 2");
        assertThat(compare())
                .containsExactlyInAnyOrder(
                        "Kinds: only in SQLite: key 2",
                        "Kinds: only in PostgreSQL: key 77",
                        "Loose: only in SQLite: key 2");
    }

    @Test
    void countsRowsOfATableWithoutAKey() throws SQLException {
        run(url, "ALTER TABLE loose DROP COLUMN _liteferry_rowid");
        assertThat(compare()).isEmpty();
        run(url, "INSERT INTO loose VALUES('x', 1)");
        assertThat(compare()).singleElement().asString().contains("only in PostgreSQL");
    }

    @Test
    void seesTablesAndColumnsThatAreMissing() throws SQLException {
        run(url, "ALTER TABLE kinds DROP COLUMN body; DROP TABLE loose; CREATE TABLE other(a int)");
        assertThat(compare())
                .containsExactlyInAnyOrder(
                        "Kinds: column body is missing in PostgreSQL",
                        "Loose: no such table in PostgreSQL",
                        "other: no such table in SQLite");
    }

    @Test
    void aValueOfAnotherClassIsEqualToNothing() throws SQLException {
        run("jdbc:sqlite:" + file, "UPDATE Kinds SET big = 'many', title = x'4e554c4c', flag = 2 WHERE id = 1");
        assertThat(compare())
                .singleElement()
                .asString()
                .contains("big is text many", "title is blob", "flag is integer 2");
    }

    private List<String> compare() throws SQLException {
        return IndependentComparison.compare(file, url, "public");
    }

    private static void run(String url, String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            s.executeUpdate(sql);
        }
    }
}
