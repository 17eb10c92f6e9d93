package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlantedCorruptionTest {
    @TempDir
    Path folder;

    private TwoSides sides;

    private static ColumnPlan column(String name, Kind kind, Encoding encoding) {
        return ColumnPlan.plain(name, TargetType.of(kind)).withEncoding(encoding);
    }

    private static TablePlan items() {
        ColumnPlan seen = new ColumnPlan(
                "seen",
                "seen",
                TargetType.of(Kind.TIMESTAMPTZ),
                Encoding.ISO8601,
                true,
                Optional.empty(),
                Optional.of(ZoneId.of("Europe/Berlin")),
                false,
                false);
        return TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT)),
                        ColumnPlan.plain("big", TargetType.of(Kind.BIGINT)),
                        ColumnPlan.plain("ratio", TargetType.of(Kind.DOUBLE)),
                        ColumnPlan.plain("price", TargetType.numeric(12, 3)),
                        column("live", Kind.BOOLEAN, Encoding.ZERO_ONE),
                        ColumnPlan.plain("photo", TargetType.of(Kind.BYTEA)),
                        ColumnPlan.plain("doc", TargetType.of(Kind.JSON)),
                        ColumnPlan.plain("tags", TargetType.of(Kind.JSONB)),
                        column("born", Kind.DATE, Encoding.ISO8601),
                        column("made", Kind.TIMESTAMPTZ, Encoding.UNIX_MILLIS),
                        seen));
    }

    @BeforeEach
    void fillBothSides() throws SQLException {
        sides = new TwoSides(folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), items());
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, big INTEGER, ratio REAL, price TEXT,"
                + " live INTEGER, photo BLOB, doc TEXT, tags TEXT, born TEXT, made INTEGER, seen TEXT)");
        sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text, big bigint, ratio double precision,"
                + " price numeric(12,3), live boolean, photo bytea, doc json, tags jsonb, born date,"
                + " made timestamptz, seen timestamptz)");
        sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45)"
                + " INSERT INTO items SELECT i, 'name ' || i, 9007199254740993 + i, i + 1.0 / 3, i || '.125', i % 2,"
                + " CAST('photo' || i AS BLOB), '{\"a\":1, \"b\":2}', '{\"b\":[1.50,2],\"a\":1}', '2024-02-29',"
                + " 1700000000000 + i, '2024-07-01 12:00:00' FROM n");
        sides.target("INSERT INTO items SELECT i, 'name ' || i, 9007199254740993 + i, i + 1 / 3::float8, i + 0.125,"
                + " i % 2 = 1, convert_to('photo' || i, 'UTF8'), '{\"a\":1, \"b\":2}', '{\"a\":1,\"b\":[1.5,2]}',"
                + " '2024-02-29', to_timestamp(1700000000) + i * interval '1 millisecond',"
                + " '2024-07-01 10:00:00+00' FROM generate_series(1, 45) i");
        sides.applied();
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    @Test
    void countsEveryRowAsEqualWhereNothingWasPlanted() {
        TwoSides.Outcome outcome = sides.pass("items");
        assertThat(outcome.told()).isEmpty();
        assertThat(outcome.tally().reason()).isEmpty();
        assertThat(outcome.tally().count(RowVerdict.EQUAL)).isEqualTo(45);
        assertThat(outcome.tally().sourceRows()).isEqualTo(45);
        assertThat(outcome.tally().targetRows()).isEqualTo(45);
        assertThat(outcome.tally().clean()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "->",
            quoteCharacter = '`',
            value = {
                "one byte of text -> UPDATE items SET name = 'namf 17' WHERE id = 17 -> row_diff 17 [name]",
                "a trailing space -> UPDATE items SET name = name || ' ' WHERE id = 17 -> row_diff 17 [name]",
                "a replacement character -> UPDATE items SET name = U&'name \\FFFD' WHERE id = 17 -> row_diff 17 [name]",
                "empty text as null -> UPDATE items SET name = NULL WHERE id = 17 -> row_diff 17 [name]",
                "an integer through a double -> UPDATE items SET big = big::float8::bigint WHERE id = 16 -> row_diff 16 [big]",
                "a float through 15 digits -> UPDATE items SET ratio = ratio::numeric::float8 WHERE id = 17 -> row_diff 17 [ratio]",
                "a decimal rounded -> UPDATE items SET price = round(price, 1) WHERE id = 17 -> row_diff 17 [price]",
                "a boolean turned -> UPDATE items SET live = NOT live WHERE id = 17 -> row_diff 17 [live]",
                "a blob cut -> UPDATE items SET photo = substr(photo, 1, 4) WHERE id = 17 -> row_diff 17 [photo]",
                "json reordered -> UPDATE items SET doc = '{\"b\":2, \"a\":1}' WHERE id = 17 -> row_diff 17 [doc]",
                "jsonb changed -> UPDATE items SET tags = '{\"a\":1,\"b\":[2,1.5]}' WHERE id = 17 -> row_diff 17 [tags]",
                "a date a day off -> UPDATE items SET born = born + 1 WHERE id = 17 -> row_diff 17 [born]",
                "a time shifted by a zone -> UPDATE items SET seen = seen + interval '2 hours' WHERE id = 17 -> row_diff 17 [seen]",
                "a millisecond lost -> UPDATE items SET made = date_trunc('second', made) WHERE id = 17 -> row_diff 17 [made]",
                "a row missing -> DELETE FROM items WHERE id = 17 -> missing_target 17",
                "the first row missing -> DELETE FROM items WHERE id = 1 -> missing_target 1",
                "the last row missing -> DELETE FROM items WHERE id = 45 -> missing_target 45",
                "a row too many -> INSERT INTO items(id) VALUES (99) -> missing_source 99",
                "a row too many before all -> INSERT INTO items(id) VALUES (-5) -> missing_source -5",
            })
    void findsAndNames(String what, String sql, String told) throws SQLException {
        sides.target(sql);
        assertThat(sides.pass("items").told()).as(what).containsExactly(told);
    }

    @Test
    void findsRowsThatWereSwapped() throws SQLException {
        sides.target("UPDATE items SET id = CASE id WHEN 3 THEN -4 ELSE -3 END WHERE id IN (3, 4)");
        sides.target("UPDATE items SET id = -id WHERE id < 0");
        TwoSides.Outcome outcome = sides.pass("items");
        assertThat(outcome.findings())
                .extracting(f -> f.suspect().key().toString())
                .containsExactlyInAnyOrder("3", "4");
        assertThat(outcome.tally().count(RowVerdict.ROW_DIFF)).isEqualTo(2);
    }

    @Test
    void findsANegativeZeroThatLostItsSign(@TempDir Path other) throws SQLException {
        TablePlan table = TablePlan.simple(
                "zeros",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("z", TargetType.of(Kind.DOUBLE))));
        try (TwoSides zeros = new TwoSides(other, Map.of(), table)) {
            zeros.source("CREATE TABLE zeros(id INTEGER PRIMARY KEY, z)");
            zeros.source("INSERT INTO zeros VALUES (1, -0.0), (2, 0.0)");
            zeros.target("CREATE TABLE zeros(id bigint PRIMARY KEY, z double precision)");
            zeros.target("INSERT INTO zeros VALUES (1, '-0'), (2, '-0')");
            zeros.applied();
            assertThat(zeros.pass("zeros").told()).containsExactly("row_diff 2 [z]");
        }
    }

    @Test
    void findsAnIdThatStandsTwice() throws SQLException {
        sides.target("ALTER TABLE items DROP CONSTRAINT items_pkey");
        sides.target("INSERT INTO items SELECT * FROM items WHERE id = 17");
        assertThat(sides.pass("items").told()).containsExactly("row_diff 17 [id]");
    }

    @Test
    void callsAValueWithoutMeaningADifferenceAndAQuarantinedRowByItsName() throws SQLException {
        sides.source("UPDATE items SET born = 'someday' WHERE id IN (5, 6)");
        sides.target("DELETE FROM items WHERE id = 6");
        sides.target("INSERT INTO liteferry.quarantine (source, table_name, key, key_text, record, topic, kafka_offset,"
                + " sqlstate, reason) VALUES ('shop', 'items', '\\x010c', '6', '', 't', 1, '22007', 'r')");
        TwoSides.Outcome outcome = sides.pass("items");
        assertThat(outcome.told()).containsExactly("row_diff 5 [born]");
        assertThat(outcome.tally().count(RowVerdict.QUARANTINED)).isEqualTo(1);
    }
}
