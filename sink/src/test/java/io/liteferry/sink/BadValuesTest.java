package io.liteferry.sink;

import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every class of value that PostgreSQL cannot hold, at the first, middle and last place of a batch, on every way into a table. */
class BadValuesTest {
    private static final ColumnPlan ID =
            ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull();

    /** More than a btree entry, and no compression makes it less. */
    private static final String LONG_KEY = random(4_000);

    private record Bad(String table, ColumnPlan column, SqliteValue good, SqliteValue bad, String sqlState) {
        TablePlan plan() {
            return TablePlan.simple(table, KeyPlan.primaryKey("id"), List.of(ID, column));
        }
    }

    private static Bad bad(String table, TargetType type, Encoding encoding, String good, String bad, String state) {
        return new Bad(table, ColumnPlan.plain("v", type).withEncoding(encoding), t(good), t(bad), state);
    }

    private static Bad bad(String table, Kind kind, SqliteValue good, SqliteValue bad, String state) {
        ColumnPlan c = ColumnPlan.plain("v", TargetType.of(kind));
        return new Bad(table, c.withEncoding(Encoding.usual(kind)), good, bad, state);
    }

    private static Bad time(String table, Kind kind, String good, String bad, String state) {
        return bad(table, TargetType.of(kind), Encoding.ISO8601, good, bad, state);
    }

    private static final SqliteValue INVALID_UTF8 = new SqliteValue.Text(new byte[] {'a', (byte) 0xC3, '('});
    private static final SqliteValue BLOB = new SqliteValue.Blob(new byte[] {1, 2});
    private static final SqliteValue MINUS_ZERO = new SqliteValue.Real(-0.0);

    private static List<Bad> classes() {
        return List.of(
                bad("nul", Kind.TEXT, t("a"), new SqliteValue.Text(new byte[] {'a', 0, 'b'}), "22021"),
                bad("utf8", Kind.TEXT, t("a"), INVALID_UTF8, "22021"),
                bad("utf8_varchar", TargetType.of(Kind.VARCHAR, 5), Encoding.PLAIN, "abcde", "abcdef", "22001"),
                bad("blob_in_text", Kind.TEXT, t("a"), BLOB, "42804"),
                bad("text_in_bytea", Kind.BYTEA, BLOB, t("a"), "42804"),
                bad("text_in_bigint", Kind.BIGINT, i(Long.MIN_VALUE), t("12"), "42804"),
                bad("smallint", Kind.SMALLINT, i(-32_768), i(32_768), "22003"),
                bad("integer", Kind.INTEGER, i(1), i(1L << 40), "22003"),
                bad("digits", TargetType.numeric(5, 2), Encoding.PLAIN, "999.99", "1000.00", "22003"),
                bad("not_a_number", TargetType.numeric(5, 2), Encoding.PLAIN, "1.5", "1,5", "22P02"),
                new Bad(
                        "minus_zero",
                        ColumnPlan.plain("v", TargetType.of(Kind.NUMERIC)),
                        new SqliteValue.Real(0.5),
                        MINUS_ZERO,
                        "22000"),
                time("no_such_day", Kind.DATE, "2024-02-29", "2024-02-30", "22007"),
                time("zero_date", Kind.DATE, "0001-01-01", "0000-00-00", "22007"),
                time("now", Kind.TIMESTAMP, "2024-02-29 00:00", "now", "22007"),
                time("infinity", Kind.TIMESTAMPTZ, "2024-02-29 00:00Z", "infinity", "22007"),
                time("leap_second", Kind.TIME, "23:59:59", "23:59:60", "22007"),
                time(
                        "nanoseconds",
                        Kind.TIMESTAMP,
                        "2024-01-01 00:00:00.123456",
                        "2024-01-01 00:00:00.123456789",
                        "22008"),
                bad("boolean", Kind.BOOLEAN, i(1), i(2), "22P02"),
                bad("uuid", Kind.UUID, t("00000000-0000-4000-8000-000000000000"), t("no-uuid"), "22P02"),
                bad("json_broken", Kind.JSONB, t("{\"a\": 1}"), t("{broken"), "22P02"),
                bad("json_nul", Kind.JSONB, t("\"\\u0001\""), t("\"\\u0000\""), "22P05"),
                bad("json_surrogate", Kind.JSONB, t("\"\\ud83d\\ude00\""), t("\"\\ud83d\""), "22P02"),
                bad("json_deep", Kind.JSONB, t("[]"), t("[".repeat(100_000) + "]".repeat(100_000)), "54001"),
                new Bad(
                        "not_null",
                        ColumnPlan.plain("v", TargetType.of(Kind.TEXT)).notNull(),
                        t("a"),
                        SqliteValue.NULL,
                        "23502"));
    }

    /** How rows come into the table. */
    enum Way {
        ARRAYS(9, Operation.CREATE, "64MiB"),
        STAGE(2_100, Operation.UPDATE, "64MiB"),
        COPY(2_100, Operation.SNAPSHOT, "64MiB"),
        SPOOL(60, Operation.UPDATE, "100000");

        private final int rows;
        private final Operation operation;
        private final String memory;

        Way(int rows, Operation operation, String memory) {
            this.rows = rows;
            this.operation = operation;
            this.memory = memory;
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theBadRowIsPutAsideWhereverItStandsAndTheGoodOnesAreThere(Way way) {
        // What is found out while a row is encoded does not depend on where it goes then; two thousand rows of each are
        // many.
        List<Bad> all = classes().stream()
                .filter(b -> way.rows < 2_000 || b.table.matches("json_.*|not_null"))
                .toList();
        try (Migration m = new Migration(
                        Map.of(Options.BATCH_MEMORY_BYTES, way.memory),
                        all.stream().map(Bad::plan).toArray(TablePlan[]::new))
                .install()) {
            m.start();
            int[] places = {0, way.rows / 2, way.rows - 1};
            List<String> expected = new ArrayList<>();
            for (Bad b : all) {
                for (int k = 0; k < way.rows; k++) {
                    boolean bad = k == places[0] || k == places[1] || k == places[2];
                    m.stream.row(b.table, way.operation, i(k), bad ? b.bad : b.good);
                }
                Stream.of(places[0], places[1], places[2])
                        .forEach(k -> expected.add(b.table + "|" + k + "|" + b.sqlState));
            }
            awaitSpooled(m, way);
            m.stream.end(1);
            m.awaitApplied(1);
            for (Bad b : all) {
                assertThat(m.rows("SELECT count(*), count(DISTINCT id) FROM " + b.table))
                        .as(b.table)
                        .containsExactly((way.rows - 3) + "|" + (way.rows - 3));
            }
            assertThat(m.rows("SELECT table_name, key_text, sqlstate FROM liteferry.quarantine"))
                    .containsExactlyInAnyOrderElementsOf(expected);
            String dead = TopicNames.of(m.plan).deadLetter();
            await(() -> m.read(dead).size() == expected.size());
            for (ConsumerRecord<byte[], byte[]> r : m.read(dead)) {
                String topic = header(r, "topic");
                String table = topic.substring(topic.lastIndexOf('.') + 1);
                Bad b = all.stream()
                        .filter(x -> x.table.equals(table))
                        .findFirst()
                        .orElseThrow();
                assertThat(header(r, "exception.message")).startsWith(b.sqlState + " table " + table);
                assertThat(Long.parseLong(header(r, "offset"))).isBetween(0L, (long) way.rows);
                assertThat(List.of(header(r, "stage"), header(r, "connector.name"), header(r, "partition")))
                        .containsExactly("TASK_PUT", m.plan.name(), "0");
            }
        }
    }

    /** Before the END a batch is spooled only where it is too large; behind it, it is applied from memory. */
    private static void awaitSpooled(Migration m, Way way) {
        if (way == Way.SPOOL) {
            m.stream.flush();
            await(() -> !m.rows("SELECT 1 FROM pg_class WHERE relname LIKE 'stage\\_%' AND relkind = 'r'"
                            + " AND relname NOT LIKE 'stage_quarantine%' AND pg_relation_size(oid) > 0")
                    .isEmpty());
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> r, String name) {
        return new String(r.headers().lastHeader("__connect.errors." + name).value(), StandardCharsets.UTF_8);
    }

    private static String random(int length) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int k = 0; k < length; k++) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }

    private static final TablePlan BY_TEXT = TablePlan.simple(
            "docs",
            KeyPlan.primaryKey("k"),
            List.of(
                    ColumnPlan.plain("k", TargetType.of(Kind.TEXT)).notNull().comparedByBytes(),
                    ColumnPlan.plain("n", TargetType.of(Kind.BIGINT))));

    /** The stage takes it, having no index; only the merge of the spooled batch finds out. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void aKeyTooLongForAnIndexIsPutAsideOnEveryWay(Way way) {
        int rows = Math.max(way.rows, way == Way.SPOOL ? 3_000 : 0);
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, way.memory), BY_TEXT).install()) {
            SinkService sink = m.start();
            for (int k = 0; k < rows; k++) {
                boolean bad = k == 0 || k == rows / 2 || k == rows - 1;
                m.stream.row("docs", way.operation, t((bad ? LONG_KEY : "k") + k), i(k));
            }
            awaitSpooled(m, way);
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT count(*) FROM docs")).containsExactly(String.valueOf(rows - 3));
            assertThat(m.rows("SELECT sqlstate, length(key_text) > 4000 FROM liteferry.quarantine"))
                    .containsExactly("54000|t", "54000|t", "54000|t");
            await(() -> m.read(TopicNames.of(m.plan).deadLetter()).size() == 3);
            m.stream.delete("docs", t(LONG_KEY + "0"));
            m.stream
                    .row("docs", Operation.UPDATE, t(LONG_KEY + rows / 2), t("no number"))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT sqlstate FROM liteferry.quarantine ORDER BY 1"))
                    .containsExactly("42804", "54000");
            assertThat(sink.failure()).isNull();
            assertThat(m.rows("SELECT generation FROM liteferry.applied")).containsExactly("1");
        }
    }

    @Test
    void aRowThatIsRefusedKeepsItsOldVersionThroughANewSnapshot() {
        TablePlan docs = bad("docs", Kind.JSONB, t("1"), t("{"), "22P02").plan();
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "4096"), docs).install()) {
            m.start();
            for (int k = 0; k < 10; k++) {
                m.stream.row("docs", Operation.CREATE, i(k), t("1"));
            }
            m.stream.end(1);
            m.awaitApplied(1);
            m.stream.snapshotAgain();
            for (int k = 0; k < 200; k++) {
                if (k != 4) {
                    m.stream.row("docs", Operation.SNAPSHOT, i(k), t(k == 3 ? "{" : "2"));
                }
            }
            awaitSpooled(m, Way.SPOOL);
            m.stream.streaming().end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT v, count(*) FROM docs GROUP BY v ORDER BY 1"))
                    .containsExactly("1|1", "2|198");
            assertThat(m.rows("SELECT id FROM docs WHERE v = '1'")).containsExactly("3");
            assertThat(m.rows("SELECT key_text FROM liteferry.quarantine")).containsExactly("3");
        }
    }
}
