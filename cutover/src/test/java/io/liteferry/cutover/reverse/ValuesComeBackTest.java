package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type in every encoding: SQLite, the real capture and sink, PostgreSQL, the reverse feed, SQLite. */
class ValuesComeBackTest {
    /**
     * A column and two values that it has in SQLite, as literals.
     *
     * @param declared in SQLite
     */
    private record Case(String name, String declared, String type, Encoding encoding, String first, String second) {
        ColumnPlan plan() {
            return new ColumnPlan(
                    name,
                    name,
                    TargetType.parse(type).orElseThrow(),
                    encoding,
                    true,
                    Optional.empty(),
                    name.contains("berlin") ? Optional.of(ZoneId.of("Europe/Berlin")) : Optional.empty(),
                    false,
                    false);
        }
    }

    private static Case plain(String name, String declared, String type, String first, String second) {
        return new Case(name, declared, type, Encoding.PLAIN, first, second);
    }

    private static Case iso(String name, String type, String first, String second) {
        return new Case(name, "TEXT", type, Encoding.ISO8601, first, second);
    }

    private static final List<Case> CASES = List.of(
            plain("small", "INTEGER", "smallint", "-7", "32767"),
            plain("whole", "INT", "integer", "70000", "NULL"),
            plain("large", "BIGINT", "bigint", "9223372036854775807", "-9223372036854775808"),
            plain("large_any", "", "bigint", "5", "6"),
            plain("money", "DECIMAL(10,2)", "numeric(10,2)", "12.5", "3"),
            plain("money_text", "TEXT", "numeric(12,4)", "'1.2500'", "'-0.0001'"),
            plain("money_real", "REAL", "numeric", "0.1", "7.0"),
            plain("money_any", "", "numeric", "'12345678901234567890.123456789'", "'1'"),
            plain("single", "REAL", "real", "0.5", "-3.25"),
            plain("double", "DOUBLE", "double precision", "0.1", "1e300"),
            plain("double_whole", "NUMERIC", "double precision", "3", "4.5"),
            plain("double_infinite", "REAL", "double precision", "9e999", "-9e999"),
            new Case("flag", "BOOLEAN", "boolean", Encoding.ZERO_ONE, "1", "0"),
            new Case("flag_words", "TEXT", "boolean", Encoding.TRUE_FALSE, "'True'", "'False'"),
            new Case("flag_letter", "TEXT", "boolean", Encoding.T_F, "'t'", "'f'"),
            new Case("flag_yes", "TEXT", "boolean", Encoding.YES_NO, "'NO'", "'YES'"),
            new Case("flag_y", "TEXT", "boolean", Encoding.Y_N, "'Y'", "'N'"),
            plain("words", "TEXT", "text", "'007'", "'äöü 🚢 ''x'''"),
            plain("words_short", "VARCHAR(20)", "varchar(20)", "'abc  '", "''"),
            plain("words_padded", "CHAR(5)", "char(5)", "'abc'", "'abcde'"),
            plain("bytes", "BLOB", "bytea", "x'00ff'", "x''"),
            plain("uuid_text", "TEXT", "uuid", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "NULL"),
            new Case("uuid_hex", "CHAR(32)", "uuid", Encoding.UUID_HEX, "'6ba7b8109dad11d180b400c04fd430c8'", "NULL"),
            new Case("uuid_blob", "BLOB", "uuid", Encoding.UUID_BLOB, "x'6ba7b8109dad11d180b400c04fd430c8'", "NULL"),
            plain("document", "TEXT", "json", "'{ \"b\":1,  \"a\": [1.0, 2] }'", "'null'"),
            plain("document_b", "TEXT", "jsonb", "'{\"a\": [1.0, 2], \"b\": null}'", "'\"x\"'"),
            iso("day", "date", "'2024-02-29'", "'0001-01-01'"),
            iso("hour", "time", "'10:15:30'", "'23:59:59'"),
            iso("hour_fine", "time", "'10:15:30.000001'", "'00:00:00.500000'"),
            iso("at_space", "timestamp", "'2024-02-29 10:15:30.123456'", "'2024-02-29 10:15:30'"),
            iso("at_t", "timestamp", "'2024-02-29T10:15:30'", "'1969-12-31T23:59:59'"),
            iso("at_millis", "timestamp", "'2024-02-29T10:15:30.000'", "'2024-02-29T10:15:30.120'"),
            iso("moment_z", "timestamptz", "'2024-02-29T10:15:30.100Z'", "'9999-12-31T23:59:59.999Z'"),
            iso("moment_offset", "timestamptz", "'2024-02-29 10:15:30+00:00'", "'2024-06-29 10:15:30+00:00'"),
            iso("moment_naive", "timestamptz", "'2024-02-29 10:15:30'", "'2024-06-29 10:15:30'"),
            iso("moment_berlin", "timestamptz", "'2024-02-29 10:15:30'", "'2024-10-27 02:30:00'"),
            new Case("seconds", "INTEGER", "timestamptz", Encoding.UNIX_SECONDS, "1709201730", "-1"),
            new Case("seconds_real", "REAL", "timestamptz", Encoding.UNIX_SECONDS, "1709201730.25", "1709201730.0"),
            new Case("millis", "DATETIME", "timestamptz", Encoding.UNIX_MILLIS, "1709201730123", "-1"),
            new Case("micros", "INTEGER", "timestamp", Encoding.UNIX_MICROS, "1709201730123456", "0"),
            new Case("julian", "REAL", "timestamp", Encoding.JULIAN_DAY, "2460369.5", "2460369.75"));

    @TempDir
    Path folder;

    private static String names() {
        return CASES.stream().map(c -> c.name).collect(Collectors.joining(", "));
    }

    /** Storage class and bytes of every column of a row, by name. */
    private static List<String> stored(ReverseSides sides, int id) {
        List<String> all = new ArrayList<>();
        for (Case c : CASES) {
            all.add(c.name + " "
                    + sides.source("SELECT typeof(" + c.name + "), quote(" + c.name + ") FROM t WHERE id = " + id));
        }
        return all;
    }

    @Test
    void every_value_comes_back_in_its_class_and_its_bytes() {
        List<ColumnPlan> columns = new ArrayList<>();
        columns.add(
                ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT)).notNull());
        CASES.forEach(c -> columns.add(c.plan()));
        List<String> ddl = List.of(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, "
                        + CASES.stream().map(c -> c.name + " " + c.declared).collect(Collectors.joining(", "))
                        + ", extra)",
                "INSERT INTO t(id, extra, " + names() + ") VALUES (1, 'kept', "
                        + CASES.stream().map(Case::first).collect(Collectors.joining(", ")) + ")",
                "INSERT INTO t(id, extra, " + names() + ") VALUES (2, 'kept', "
                        + CASES.stream().map(Case::second).collect(Collectors.joining(", ")) + ")");
        try (ReverseSides sides = new ReverseSides(
                                folder, ddl, TablePlan.simple("t", KeyPlan.primaryKey("id"), columns))
                        .switchedOver();
                ReverseService service = new ReverseService(sides.plan, Clock.systemUTC())) {
            assertThat(sides.target("SELECT key_text, column_name, reason FROM liteferry.quarantine"))
                    .isEmpty();
            List<String> first = stored(sides, 1);
            List<String> second = stored(sides, 2);
            service.start();

            sides.target("UPDATE t SET small = 8 WHERE id = 1");
            sides.target("INSERT INTO t(id, " + names() + ") SELECT id + 10, " + names() + " FROM t WHERE id = 2");
            sides.target("UPDATE t SET small = -7 WHERE id = 1");
            sides.target("INSERT INTO t(id, " + names() + ") SELECT id + 10, " + names() + " FROM t WHERE id = 1");

            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(service.failure()).isNull();
                assertThat(sides.source("SELECT count(*) FROM t")).isEqualTo(List.of("4"));
            });
            assertThat(sides.source("SELECT key, reason FROM _liteferry_quarantine"))
                    .isEmpty();
            assertThat(stored(sides, 1)).isEqualTo(first);
            assertThat(stored(sides, 11)).isEqualTo(first);
            assertThat(stored(sides, 12)).isEqualTo(second);
            assertThat(sides.source("SELECT id, extra FROM t ORDER BY id"))
                    .isEqualTo(List.of("1|kept", "2|kept", "11|null", "12|null"));
        }
    }
}
