package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.PartitionPlan.Detached;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application does in PostgreSQL, and what stands in SQLite afterwards; one feed for all tests. */
class ReverseFeedTest {
    private static final ColumnPlan ID = column("id", Kind.BIGINT).notNull();

    @TempDir
    static Path folder;

    private static ReverseSides sides;
    private static ReverseService service;

    private static ColumnPlan column(String name, Kind kind) {
        ColumnPlan plain = ColumnPlan.plain(name, TargetType.of(kind));
        return plain.withEncoding(Encoding.usual(kind));
    }

    private static TablePlan table(String name, ColumnPlan... columns) {
        return TablePlan.simple(name, KeyPlan.primaryKey(columns[0].source()), List.of(columns));
    }

    @BeforeAll
    static void switchOver() {
        ColumnPlan region = column("region", Kind.TEXT);
        TablePlan moving = new TablePlan(
                "moving",
                "moving",
                KeyPlan.primaryKey("id"),
                List.of(ID, region, column("note", Kind.TEXT)),
                Optional.of(new PartitionPlan.ByList("region", Detached.NOT_READY, 10)),
                List.of(),
                List.of(),
                0,
                true);
        sides = new ReverseSides(
                        folder,
                        List.of(
                                "CREATE TABLE plain(id INTEGER PRIMARY KEY, note TEXT, picture TEXT, extra TEXT DEFAULT 'own')",
                                "INSERT INTO plain(id, extra) VALUES (2, 'two')",
                                "CREATE TABLE pairs(id INTEGER PRIMARY KEY, amount INTEGER)",
                                "CREATE TABLE spots(id INTEGER PRIMARY KEY, spot INTEGER UNIQUE ON CONFLICT REPLACE, extra TEXT)",
                                "INSERT INTO spots(id, extra) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')",
                                "CREATE TABLE moving(id INTEGER PRIMARY KEY, region TEXT, note TEXT, extra TEXT)",
                                "INSERT INTO moving(id, extra) VALUES (1, 'kept')",
                                "CREATE TABLE words(word TEXT PRIMARY KEY COLLATE NOCASE, n INTEGER) WITHOUT ROWID",
                                "CREATE TABLE loose(a, b)",
                                "CREATE TABLE emptied(id INTEGER PRIMARY KEY, note TEXT)",
                                "CREATE TABLE fits(id INTEGER PRIMARY KEY, at TEXT NOT NULL, n INTEGER CHECK (n < 100), big TEXT)",
                                "CREATE TABLE stamps(at TEXT PRIMARY KEY, n INTEGER)",
                                "CREATE TABLE files(id INTEGER PRIMARY KEY, content BLOB)",
                                "CREATE TABLE codes(id INTEGER PRIMARY KEY, code INTEGER, fixed TEXT GENERATED ALWAYS AS (code || '!'))"),
                        table("plain", ID, column("note", Kind.TEXT), column("picture", Kind.TEXT)),
                        table("pairs", ID, column("amount", Kind.BIGINT)),
                        table("spots", ID, column("spot", Kind.BIGINT)),
                        moving,
                        table("words", column("word", Kind.TEXT).notNull(), column("n", Kind.BIGINT)),
                        TablePlan.simple(
                                "loose", KeyPlan.rowid(), List.of(column("a", Kind.TEXT), column("b", Kind.BIGINT))),
                        table("emptied", ID, column("note", Kind.TEXT)),
                        table(
                                "fits",
                                ID,
                                column("at", Kind.TIMESTAMP),
                                column("n", Kind.BIGINT),
                                column("big", Kind.TEXT)),
                        table("files", ID, column("content", Kind.BYTEA)),
                        table("codes", ID, column("code", Kind.TEXT), column("fixed", Kind.TEXT)),
                        table("stamps", column("at", Kind.TIMESTAMP).notNull(), column("n", Kind.BIGINT)))
                .fenced();
        service = new ReverseService(sides.plan, Clock.systemUTC());
        service.start();
    }

    @AfterAll
    static void stop() {
        service.close();
        sides.close();
    }

    /** Waits until everything written to PostgreSQL until now is in SQLite. */
    private static void drained() {
        String mark = UUID.randomUUID().toString();
        sides.target("SELECT pg_logical_emit_message(true, 'liteferry', '" + mark + "')");
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    assertThat(service.failure()).isNull();
                    assertThat(sides.source("SELECT mark FROM _liteferry_reverse"))
                            .isEqualTo(List.of(mark));
                });
    }

    private static List<String> both(String sql) {
        List<String> source = sides.source(sql);
        assertThat(source).isEqualTo(sides.target(sql));
        return source;
    }

    @Test
    void inserts_updates_deletes_and_changed_keys_arrive_and_columns_of_sqlite_alone_are_kept() {
        sides.target("INSERT INTO plain VALUES (1, 'a', null), (2, 'b', null), (3, 'c', null)");
        drained();
        sides.target("UPDATE plain SET note = 'A' WHERE id = 1");
        sides.target("UPDATE plain SET id = 20 WHERE id = 2");
        sides.target("DELETE FROM plain WHERE id = 3");
        drained();

        assertThat(both("SELECT id, note FROM plain WHERE id < 100 ORDER BY id"))
                .isEqualTo(List.of("1|A", "20|b"));
        assertThat(sides.source("SELECT extra FROM plain WHERE id < 100 ORDER BY id"))
                .isEqualTo(List.of("own", "two"));
    }

    @Test
    void a_value_that_postgres_keeps_apart_and_does_not_send_is_left_as_it_is_also_where_the_key_changes() {
        sides.target("INSERT INTO plain VALUES (100, 'x',"
                + " (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 3000) i))");
        sides.target("UPDATE plain SET note = 'y' WHERE id = 100");
        sides.target("UPDATE plain SET id = 101 WHERE id = 100");
        drained();

        assertThat(sides.records().stream().filter(r -> r.unavailable().contains("picture")))
                .hasSize(2);
        assertThat(both("SELECT id, note, length(picture) FROM plain WHERE id >= 100"))
                .isEqualTo(List.of("101|y|96000"));
    }

    @Test
    void no_reader_ever_sees_half_a_transaction() throws SQLException {
        sides.target("INSERT INTO pairs VALUES (1, 50), (2, 50)");
        drained();
        Set<Long> sums = new HashSet<>();
        try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + sides.file);
                Statement s = reader.createStatement()) {
            for (int i = 0; i < 30; i++) {
                sides.target("UPDATE pairs SET amount = amount + CASE id WHEN 1 THEN -1 ELSE 1 END");
                try (ResultSet rs = s.executeQuery("SELECT sum(amount) FROM pairs")) {
                    sums.add(rs.getLong(1));
                }
            }
        }
        drained();

        assertThat(sums).isEqualTo(Set.of(100L));
        assertThat(both("SELECT amount FROM pairs ORDER BY id")).isEqualTo(List.of("20", "80"));
    }

    @Test
    void unique_values_change_hands_inside_a_transaction_and_no_conflict_clause_takes_a_row_away() {
        sides.target("ALTER TABLE spots ADD UNIQUE (spot) DEFERRABLE INITIALLY DEFERRED");
        sides.target("INSERT INTO spots VALUES (1, 10), (2, 20), (3, 30)");
        drained();
        sides.target("BEGIN; UPDATE spots SET spot = 20 WHERE id = 1; UPDATE spots SET spot = 10 WHERE id = 2; COMMIT");
        sides.target("UPDATE spots SET spot = spot + 10");
        sides.target("BEGIN; DELETE FROM spots WHERE id = 3; INSERT INTO spots VALUES (4, 40);"
                + " UPDATE spots SET id = 5 WHERE id = 1; COMMIT");
        drained();

        assertThat(both("SELECT id, spot FROM spots ORDER BY id")).isEqualTo(List.of("2|20", "4|40", "5|30"));
        assertThat(sides.source("SELECT extra FROM spots ORDER BY id")).isEqualTo(List.of("two", "four", "one"));
    }

    @Test
    void a_row_that_moves_to_another_partition_keeps_what_only_sqlite_has() {
        sides.target("CREATE TABLE moving_a PARTITION OF moving FOR VALUES IN ('a');"
                + " CREATE TABLE moving_b PARTITION OF moving FOR VALUES IN ('b')");
        sides.target("INSERT INTO moving VALUES (1, 'a', 'x')");
        drained();
        // The feed gives a partition that somebody has made its identity; until then PostgreSQL refuses updates.
        Awaitility.await()
                .until(() -> sides.target(
                                        "SELECT relname FROM pg_class WHERE relname LIKE 'moving__' AND relreplident = 'f'")
                                .size()
                        == 2);
        sides.target("UPDATE moving SET region = 'b' WHERE id = 1");
        drained();

        assertThat(both("SELECT id, region, note FROM moving")).isEqualTo(List.of("1|b|x"));
        assertThat(sides.source("SELECT extra FROM moving")).isEqualTo(List.of("kept"));
    }

    @Test
    void keys_that_a_collation_holds_for_equal_are_told_apart_and_the_second_one_goes_to_quarantine() {
        sides.target("INSERT INTO words VALUES ('Abc', 1)");
        sides.target("INSERT INTO words VALUES ('abc', 2)");
        drained();
        assertThat(sides.source("SELECT word, n FROM words")).isEqualTo(List.of("Abc|1"));
        assertThat(sides.source("SELECT key, reason FROM _liteferry_quarantine WHERE tbl = 'words'"))
                .isEqualTo(List.of("{\"word\":\"abc\"}|a unique value that another row of SQLite has"));

        sides.target("DELETE FROM words WHERE word = 'Abc'");
        sides.target("UPDATE words SET n = 3 WHERE word = 'abc'");
        drained();

        assertThat(both("SELECT word, n FROM words")).isEqualTo(List.of("abc|3"));
        assertThat(sides.source("SELECT key FROM _liteferry_quarantine WHERE tbl = 'words'"))
                .isEmpty();
    }

    @Test
    void a_table_without_a_key_is_carried_by_its_rowid() {
        sides.target("INSERT INTO loose(a, b, _liteferry_rowid) VALUES ('x', 1, 7), ('x', 1, 8)");
        sides.target("UPDATE loose SET b = 2 WHERE _liteferry_rowid = 8");
        drained();

        assertThat(sides.source("SELECT rowid, a, b FROM loose ORDER BY rowid")).isEqualTo(List.of("7|x|1", "8|x|2"));
    }

    @Test
    void a_truncate_takes_all_rows_and_what_comes_after_it_stays() {
        sides.target("INSERT INTO emptied VALUES (1, 'a'), (2, 'b')");
        sides.target(
                "BEGIN; INSERT INTO emptied VALUES (3, 'c'); TRUNCATE emptied; INSERT INTO emptied VALUES (4, 'd'); COMMIT");
        drained();

        assertThat(both("SELECT id, note FROM emptied")).isEqualTo(List.of("4|d"));
    }

    @Test
    void a_key_is_found_in_whatever_spelling_sqlite_has_it() {
        sides.target("INSERT INTO stamps VALUES ('2024-01-01 10:00:00', 1), ('2024-01-01 10:00:00.5', 2)");
        drained();
        assertThat(sides.source("SELECT at FROM stamps ORDER BY at"))
                .isEqualTo(List.of("2024-01-01 10:00:00", "2024-01-01 10:00:00.500"));
        sides.target("UPDATE stamps SET n = 20 WHERE n = 2");
        sides.target("DELETE FROM stamps WHERE n = 1");
        drained();

        assertThat(sides.source("SELECT at, n FROM stamps")).isEqualTo(List.of("2024-01-01 10:00:00.500|20"));
    }

    @Test
    void what_sqlite_cannot_hold_waits_in_quarantine_until_a_good_change_of_the_row() {
        sides.target(
                "INSERT INTO fits VALUES (1, '2024-01-01', 1, (SELECT string_agg(md5(i::text), '') FROM"
                        + " generate_series(1, 3000) i)), (2, 'infinity', 2, null), (3, '2024-01-01', 500, null), (4, '0044-03-15 BC', 4, null)");
        sides.target("BEGIN; UPDATE fits SET at = '-infinity', n = 77, big = big || 'z' WHERE id = 1;"
                + " INSERT INTO fits VALUES (5, '2024-01-01', 5, null); COMMIT");
        drained();
        assertThat(sides.source("SELECT key, reason FROM _liteferry_quarantine WHERE tbl = 'fits' ORDER BY key"))
                .isEqualTo(List.of(
                        "{\"id\":\"1\"}|column at: infinity is no time of SQLite",
                        "{\"id\":\"2\"}|column at: infinity is no time of SQLite",
                        "{\"id\":\"3\"}|SQLITE_CONSTRAINT_CHECK",
                        "{\"id\":\"4\"}|column at: a year that has not four digits"));
        assertThat(sides.source("SELECT id, n FROM fits ORDER BY id")).isEqualTo(List.of("1|1", "5|5"));

        sides.target("UPDATE fits SET at = '2025-01-01' WHERE id IN (1, 2)");
        sides.target("UPDATE fits SET n = 3 WHERE id = 3");
        sides.target("DELETE FROM fits WHERE id = 4");
        drained();

        assertThat(sides.source("SELECT key FROM _liteferry_quarantine WHERE tbl = 'fits'"))
                .isEmpty();
        assertThat(both("SELECT id, n, length(big) FROM fits ORDER BY id"))
                .isEqualTo(List.of("1|77|96001", "2|2|null", "3|3|null", "5|5|null"));
    }

    @Test
    void a_large_value_arrives_whole() {
        sides.target("INSERT INTO files VALUES (1, decode(repeat('5a', 11000000), 'hex'))");
        drained();

        assertThat(sides.source("SELECT length(content), hex(substr(content, -2)), typeof(content) FROM files"))
                .isEqualTo(List.of("11000000|5A5A|blob"));
    }

    @Test
    void a_value_that_sqlite_would_store_as_another_goes_to_quarantine_and_generated_columns_are_left_to_sqlite() {
        sides.target("INSERT INTO codes VALUES (1, 'A7', 'A7!'), (2, '007', '007!')");
        drained();

        assertThat(sides.source("SELECT id, code, fixed FROM codes")).isEqualTo(List.of("1|A7|A7!"));
        assertThat(sides.source("SELECT key, reason FROM _liteferry_quarantine WHERE tbl = 'codes'"))
                .isEqualTo(List.of("{\"id\":\"2\"}|column code: SQLite stores another value than was written"));
    }

    @Test
    void the_source_stays_fenced_for_everybody_else() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + sides.file);
                Statement s = other.createStatement()) {
            s.execute("PRAGMA busy_timeout = 0");
            for (int i = 0; i < 40; i++) {
                int id = 1_000 + i;
                sides.target("INSERT INTO pairs VALUES (" + id + ", 0)");
                assertThatThrownBy(() -> s.execute("INSERT INTO pairs VALUES (" + -id + ", 0)"))
                        .isInstanceOf(SQLException.class)
                        .satisfies(e -> assertThat(e.getMessage()).containsAnyOf("migration fence", "SQLITE_BUSY"));
            }
        }
        drained();

        assertThat(sides.source("SELECT count(*) FROM pairs WHERE id < 0")).isEqualTo(List.of("0"));
        assertThat(sides.source("SELECT fenced FROM _liteferry_meta")).isEqualTo(List.of("1"));
        sides.target("DELETE FROM pairs WHERE id >= 1000");
        drained();
    }
}
