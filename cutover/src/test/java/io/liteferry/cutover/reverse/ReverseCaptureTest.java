package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReverseCaptureTest {
    private static final List<String> VALUES = List.of(
            "n numeric 1.500",
            "n2 numeric NaN",
            "n3 numeric -Infinity",
            "d date 0044-03-15 BC",
            "d2 date infinity",
            "d3 date 5874897-12-31",
            "ts timestamp 294276-12-31 23:59:59.999999",
            "ts2 timestamp infinity",
            "ts3 timestamp 0001-01-01 00:00:00.1 BC",
            "tz timestamptz -infinity",
            "tz2 timestamptz 2024-01-01 10:00:00.5+00",
            "ti time 24:00:00",
            "b bytea \\x00ff",
            "f real NaN",
            "g double precision -Infinity",
            "o boolean t",
            "u uuid 00000000-0000-0000-0000-000000000001",
            "j jsonb {\"a\": 1}",
            "c char(3) x  ",
            "x text äöü ");

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // every test begins with one of the fenced methods
    private ReverseSides sides;

    @AfterEach
    void dropSlot() {
        sides.close();
    }

    private void fenced(String ddl, ColumnPlan... columns) {
        sides = new ReverseSides(
                        folder, List.of(ddl), TablePlan.simple("t", KeyPlan.primaryKey("id"), List.of(columns)))
                .fenced();
    }

    private void fenced() {
        fenced(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, note TEXT)",
                ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                ColumnPlan.plain("note", TargetType.of(Kind.TEXT)));
    }

    private List<String> carried() {
        return sides.records().stream()
                .filter(r -> r.kind() == ReverseRecord.Kind.CHANGE)
                .map(r -> String.valueOf(r.key().get("id")))
                .toList();
    }

    private void awaitMark(ReverseCapture capture) {
        sides.target("SELECT pg_logical_emit_message(true, 'liteferry', 'all')");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            assertThat(capture.failure()).isNull();
            return sides.records().stream().anyMatch(r -> r.mark().equals("all"));
        });
    }

    @Test
    void values_are_the_text_that_postgres_prints_and_gives_the_value_back() {
        Map<String, String> expected = new LinkedHashMap<>();
        StringBuilder ddl = new StringBuilder("CREATE TABLE t(id INTEGER PRIMARY KEY");
        ColumnPlan[] columns = new ColumnPlan[VALUES.size() + 1];
        columns[0] = ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull();
        for (int i = 0; i < VALUES.size(); i++) {
            String[] v = VALUES.get(i).replace("double precision", "float8").split(" ", 3);
            expected.put(v[0], v[2]);
            ddl.append(", ").append(v[0]);
            columns[i + 1] = ColumnPlan.plain(v[0], TargetType.parse(v[1]).orElseThrow());
        }
        fenced(ddl.append(")").toString(), columns);
        sides.target("INSERT INTO t(id, " + String.join(", ", expected.keySet()) + ") VALUES (1, "
                + expected.values().stream().map(v -> "'" + v + "'").collect(Collectors.joining(", ")) + ")");

        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            awaitMark(capture);
        }

        Map<String, String> after = sides.records().stream()
                .filter(r -> r.op() == ReverseRecord.Operation.CREATE)
                .map(r -> new LinkedHashMap<>(r.after()))
                .findFirst()
                .orElseThrow();
        after.remove("id");
        assertThat(after).isEqualTo(expected);
    }

    @Test
    void it_begins_where_the_slot_stands_and_the_slot_follows_only_what_kafka_has() throws SQLException {
        fenced();
        sides.target("INSERT INTO t VALUES (1, 'before the feed runs')");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {
            // Kafka has it, the slot has not been told: as after a kill at this point.
            if (r.kind() == ReverseRecord.Kind.CHANGE) {
                throw new IllegalStateException("killed");
            }
        })) {
            Awaitility.await().until(() -> capture.failure() != null);
        }
        sides.target("INSERT INTO t VALUES (2, 'between')");
        assertThat(carried()).isEqualTo(List.of("1"));

        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            awaitMark(capture);
            assertThat(carried()).isEqualTo(List.of("1", "1", "2"));
            long end =
                    sides.records().stream().mapToLong(ReverseRecord::lsn).max().orElseThrow();
            Awaitility.await().until(() -> confirmed() >= end);
        }
        sides.target("INSERT INTO t VALUES (3, 'after')");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            Awaitility.await().until(() -> carried().contains("3"));
            assertThat(capture.failure()).isNull();
        }
        assertThat(carried()).isEqualTo(List.of("1", "1", "2", "3"));
        assertThat(sides.records().stream()
                        .filter(r -> r.kind() == ReverseRecord.Kind.END)
                        .map(ReverseRecord::lsn)
                        .distinct())
                .hasSize(4);
    }

    private long confirmed() throws SQLException {
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            return new ReplicationSlot(sides.plan).health(c).confirmed();
        }
    }

    @Test
    void a_slot_that_is_gone_is_told_and_one_that_was_made_again_too() throws SQLException {
        fenced();
        sides.target("INSERT INTO t VALUES (1, 'a')");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            awaitMark(capture);
        }
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            ReplicationSlot slot = new ReplicationSlot(sides.plan);
            assertThat(slot.health(c).exists()).isTrue();
            slot.drop(c);
            slot.drop(c);
            assertThat(slot.health(c).exists()).isFalse();
            assertUnfit("it is gone");

            sides.target("INSERT INTO t VALUES (2, 'lost')");
            assertThat(slot.create(c)).isEmpty();
            assertThat(slot.create(c)).isEmpty();
            assertUnfit("the topic ends at");

            // A cutover begins anew there and says so: SQLite holds everything up to the slot.
            long here = slot.advance(c);
            ReverseCapture.start(sides.plan, here, r -> {}).close();
        }
    }

    private void assertUnfit(String found) {
        assertThatThrownBy(() -> ReverseCapture.start(sides.plan, 0, r -> {}))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLOT_UNFIT))
                .hasMessageContaining(found);
    }

    @Test
    void what_was_written_before_the_slot_was_moved_forward_does_not_come() throws SQLException {
        fenced();
        sides.target("INSERT INTO t VALUES (1, 'forward')");
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            new ReplicationSlot(sides.plan).advance(c);
        }
        sides.target("INSERT INTO t VALUES (2, 'reverse')");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            awaitMark(capture);
        }
        assertThat(carried()).isEqualTo(List.of("2"));
    }

    @Test
    void a_column_that_was_added_after_the_switch_halts_the_feed_and_one_of_before_does_not() throws SQLException {
        fenced();
        sides.target("ALTER TABLE t ADD COLUMN old text DEFAULT 'x'");
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            new ReplicationSlot(sides.plan).create(c);
        }
        sides.target("INSERT INTO t VALUES (1, 'a')");
        sides.target("ALTER TABLE t ADD COLUMN fresh text");
        sides.target("INSERT INTO t VALUES (2, 'b')");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            assertHalts(capture, "column fresh was added");
        }
        sides.target("ALTER TABLE t DROP COLUMN fresh");
        sides.target("ALTER TABLE t DROP COLUMN note");
        sides.target("INSERT INTO t VALUES (3)");
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            new ReplicationSlot(sides.plan).advance(c);
        }
        sides.target("INSERT INTO t VALUES (4)");
        long here = confirmed();
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, here, r -> {})) {
            assertHalts(capture, "column note is gone");
        }
    }

    private static void assertHalts(ReverseCapture capture, String found) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> capture.failure() != null);
        assertThat(capture.failure())
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVERSE_FAILED))
                .hasMessageContaining(found);
    }

    @Test
    void a_table_whose_primary_key_is_another_than_the_plans_tells_whole_rows() throws SQLException {
        sides = new ReverseSides(
                folder,
                List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, note TEXT NOT NULL UNIQUE)"),
                new TablePlan(
                        "t",
                        "t",
                        new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, List.of("note")),
                        List.of(
                                ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)),
                                ColumnPlan.plain("note", TargetType.of(Kind.TEXT))
                                        .notNull()),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        0,
                        true));
        sides.target("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id)");
        try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
            ReplicationSlot slot = new ReplicationSlot(sides.plan);
            assertThat(slot.create(c)).isEqualTo(List.of("t"));
            assertThat(slot.create(c)).isEmpty();
        }
        sides.fenced();
        sides.target("INSERT INTO t VALUES (1, 'a')");
        sides.target("UPDATE t SET note = 'b'");
        sides.target("DELETE FROM t");
        try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
            awaitMark(capture);
        }
        assertThat(sides.records().stream()
                        .filter(r -> r.kind() == ReverseRecord.Kind.CHANGE)
                        .map(r -> r.op() + " " + r.before() + r.key()))
                .isEqualTo(List.of("CREATE {}{note=a}", "UPDATE {note=a}{note=b}", "DELETE {}{note=b}"));
    }
}
