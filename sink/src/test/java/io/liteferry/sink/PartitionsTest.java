package io.liteferry.sink;

import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.PartitionPlan.ByList;
import io.liteferry.core.plan.PartitionPlan.ByRange;
import io.liteferry.core.plan.PartitionPlan.Detached;
import io.liteferry.core.plan.PartitionPlan.Nulls;
import io.liteferry.core.plan.PartitionPlan.Period;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.SqliteValue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tables cut by the values of a column: a row has one partition, always, and the stream never waits for one. */
class PartitionsTest {
    private static final String ROWS = "SELECT id, at, tableoid::regclass FROM events ORDER BY id, at";
    private static final String ONCE = "SELECT count(*), count(DISTINCT id) FROM events";
    private static final Clock MAY = Clock.fixed(Instant.parse("2024-05-17T10:00:00Z"), ZoneOffset.UTC);
    private static final ByRange MONTHLY =
            new ByRange("at", Period.MONTH, 0, Nulls.QUARANTINE, Detached.NOT_READY, 4_000);

    private static TablePlan events(PartitionPlan partition, ColumnPlan at) {
        return table("events", partition, at);
    }

    private static TablePlan table(String name, PartitionPlan partition, ColumnPlan at) {
        return new TablePlan(
                name,
                name,
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(), at),
                Optional.of(partition),
                List.of(),
                List.of(),
                0,
                true);
    }

    private static ColumnPlan at(Kind kind, Encoding encoding) {
        return ColumnPlan.plain("at", TargetType.of(kind)).withEncoding(encoding);
    }

    private static TablePlan events(PartitionPlan partition) {
        return events(partition, at(Kind.TIMESTAMP, Encoding.ISO8601));
    }

    private static void event(Migration m, Operation op, long id, String at) {
        m.stream.row("events", op, i(id), t(at));
    }

    private static long partitions(Migration m) {
        return Long.parseLong(m.rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass")
                .get(0));
    }

    @Test
    void aChangedTimeMovesTheRowAndNeverDoublesIt() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-31 23:59:59.999999");
            event(m, Operation.CREATE, 2, "2024-02-01 00:00:00");
            event(m, Operation.CREATE, 3, "1969-12-31 12:00:00");
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows(ROWS))
                    .containsExactly(
                            "1|2024-01-31 23:59:59.999999|events_p2024_01",
                            "2|2024-02-01 00:00:00|events_p2024_02",
                            "3|1969-12-31 12:00:00|events_p1969_12");
            event(m, Operation.UPDATE, 1, "2024-02-02 00:00:00");
            event(m, Operation.UPDATE, 2, "2031-07-01 00:00:00");
            m.stream.delete("events", i(3)).end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ROWS))
                    .containsExactly("1|2024-02-02 00:00:00|events_p2024_02", "2|2031-07-01 00:00:00|events_p2031_07");
        }
    }

    @Test
    void rowsMoveInSnapshotsThatComeTwice() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            m.stream.inSnapshot();
            for (int k = 0; k < 3_000; k++) {
                event(m, Operation.SNAPSHOT, k, "2024-0" + (1 + k % 9) + "-01");
            }
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(partitions(m)).isEqualTo(9);
            m.stream.epoch(2);
            for (int k = 2_999; k < 6_000; k++) {
                event(m, Operation.SNAPSHOT, k, "2024-0" + (1 + (k + 1) % 9) + "-01");
            }
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ONCE)).containsExactly("6000|6000");
        }
    }

    @Test
    void rowsMoveInLargeBatchesAndInSpooledOnes() {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "600000"), events(MONTHLY)).install()) {
            m.start(MAY);
            for (int round = 1; round < 3; round++) {
                for (int k = 0; k < 2_100; k++) {
                    event(m, Operation.UPDATE, k, "202" + round + "-01-01");
                }
                m.stream.end(round);
                m.awaitApplied(round);
                assertThat(m.rows(ONCE)).containsExactly("2100|2100");
            }
            for (int k = 0; k < 6_000; k++) {
                event(m, Operation.UPDATE, k, "2026-0" + (1 + k % 3) + "-01");
            }
            for (int k = 0; k < 1_000; k++) {
                m.stream.delete("events", i(k));
            }
            awaitSpooled(m);
            m.stream.end(4);
            m.awaitApplied(4);
            assertThat(m.rows(ONCE)).containsExactly("5000|5000");
            assertThat(m.rows("SELECT DISTINCT date_part('year', at) FROM events"))
                    .containsExactly("2026");
        }
    }

    @Test
    void everyEncodingOfATimeFindsItsPartition() {
        record Written(String table, Kind kind, Encoding encoding, SqliteValue value, String partition) {}
        List<Written> all = List.of(
                new Written("a", Kind.DATE, Encoding.ISO8601, t("2024-02-29"), "a_p2024"),
                new Written("b", Kind.TIMESTAMP, Encoding.UNIX_SECONDS, i(1_709_164_800), "b_p2024"),
                new Written("c", Kind.TIMESTAMPTZ, Encoding.ISO8601, t("2024-01-01T00:30:00+01:00"), "c_p2023"),
                new Written("d", Kind.TIMESTAMPTZ, Encoding.UNIX_MILLIS, i(-1), "d_p1969"),
                new Written("e", Kind.TIMESTAMP, Encoding.UNIX_MICROS, i(0), "e_p1970"),
                new Written("f", Kind.TIMESTAMPTZ, Encoding.JULIAN_DAY, new SqliteValue.Real(0), "f_pbc4714"));
        ByRange yearly = new ByRange("at", Period.YEAR, 0, Nulls.QUARANTINE, Detached.NOT_READY, 4_000);
        TablePlan[] tables = all.stream()
                .map(w -> table(w.table, yearly, at(w.kind, w.encoding)))
                .toArray(TablePlan[]::new);
        try (Migration m = new Migration(tables).install()) {
            m.start(MAY);
            all.forEach(w -> m.stream.row(w.table, Operation.CREATE, i(1), w.value));
            m.stream.end(1);
            m.awaitApplied(1);
            for (Written w : all) {
                assertThat(m.rows("SELECT tableoid::regclass FROM " + w.table))
                        .as(w.toString())
                        .containsExactly(w.partition);
            }
        }
    }

    @Test
    void aRowWithoutATimeGoesWhereThePlanSays() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            m.stream.row("events", Operation.CREATE, i(1), SqliteValue.NULL);
            event(m, Operation.CREATE, 2, "no time");
            event(m, Operation.CREATE, 3, "2024-05-01");
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT key_text, sqlstate, column_name FROM liteferry.quarantine ORDER BY 1"))
                    .containsExactly("1|23502|at", "2|22007|at");
            assertThat(m.rows("SELECT id FROM events")).containsExactly("3");
        }
        for (Kind kind : List.of(Kind.DATE, Kind.TIMESTAMPTZ)) {
            ByRange carried = new ByRange("at", Period.DAY, 0, Nulls.MINUS_INFINITY, Detached.NOT_READY, 4_000);
            try (Migration m = new Migration(events(carried, at(kind, Encoding.ISO8601))).install()) {
                m.start(MAY);
                m.stream.row("events", Operation.CREATE, i(1), SqliteValue.NULL);
                event(m, Operation.CREATE, 2, "2024-05-01");
                m.stream.end(1);
                m.stream.row("events", Operation.UPDATE, i(2), SqliteValue.NULL).end(2);
                m.awaitApplied(2);
                assertThat(m.rows(ROWS)).containsExactly("1|-infinity|events_pnull", "2|-infinity|events_pnull");
                assertThat(m.rows("SELECT 1 FROM liteferry.quarantine")).isEmpty();
            }
        }
    }

    @Test
    void aTenantHasAPartitionOfItsOwnWhateverItIsCalled() {
        List<String> names = List.of("acme", "Acme", "o'neill \\ sons", "\u65e5\u672c", "", "x".repeat(300), "NULL");
        TablePlan table = events(
                new ByList("at", Detached.NOT_READY, 4_000),
                ColumnPlan.plain("at", TargetType.of(Kind.TEXT)).comparedByBytes());
        try (Migration m = new Migration(table).install()) {
            m.start(MAY);
            for (int k = 0; k < names.size(); k++) {
                event(m, Operation.CREATE, k, names.get(k));
                event(m, Operation.CREATE, 100 + k, names.get(k));
            }
            m.stream.row("events", Operation.CREATE, i(50), SqliteValue.NULL).end(1);
            m.awaitApplied(1);
            assertThat(partitions(m)).isEqualTo(names.size() + 1);
            assertThat(m.rows("SELECT at FROM events WHERE id >= 100 ORDER BY id"))
                    .isEqualTo(names);
            m.stream.row("events", Operation.UPDATE, i(0), SqliteValue.NULL);
            event(m, Operation.UPDATE, 50, "acme");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT id, at FROM events WHERE id IN (0, 50) ORDER BY 1"))
                    .containsExactly("0|null", "50|acme");
            assertThat(m.rows("SELECT count(*), count(DISTINCT id) FROM events"))
                    .containsExactly("15|15");
        }
    }

    @Test
    void aDetachedPartitionDoesNotStopTheSinkAndIsNotMadeAgain() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            event(m, Operation.CREATE, 2, "2024-02-05");
            event(m, Operation.CREATE, 3, "2024-03-05");
            m.stream.end(1);
            m.awaitApplied(1);
            m.execute("ALTER TABLE events DETACH PARTITION events_p2024_01");
            m.execute("ALTER TABLE events DETACH PARTITION events_p2024_02");
            m.execute("DROP TABLE events_p2024_02");
            event(m, Operation.UPDATE, 1, "2024-01-06");
            event(m, Operation.UPDATE, 2, "2024-02-06");
            event(m, Operation.UPDATE, 3, "2024-01-07");
            event(m, Operation.CREATE, 4, "2024-04-05");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ROWS)).containsExactly("4|2024-04-05 00:00:00|events_p2024_04");
            assertThat(m.rows("SELECT id, at FROM events_p2024_01")).containsExactly("1|2024-01-05 00:00:00");
            assertThat(m.rows("SELECT 1 FROM liteferry.quarantine")).isEmpty();
            m.stop();
            m.start(MAY);
            event(m, Operation.UPDATE, 4, "2024-02-09");
            m.stream.end(3);
            m.awaitApplied(3);
            assertThat(m.rows(ROWS)).isEmpty();
            m.execute(
                    "ALTER TABLE events ATTACH PARTITION events_p2024_01 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')");
            event(m, Operation.UPDATE, 1, "2024-01-10");
            event(m, Operation.UPDATE, 3, "2024-01-11");
            m.stream.end(4);
            m.awaitApplied(4);
            assertThat(m.rows(ROWS))
                    .containsExactly("1|2024-01-10 00:00:00|events_p2024_01", "3|2024-01-11 00:00:00|events_p2024_01");
        }
    }

    @Test
    void aTableThatIsMadeAnewHasNoDetachedPartitions() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            m.stream.end(1);
            m.awaitApplied(1);
            m.stop();
            m.execute("DROP TABLE events");
            m.install().start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ROWS)).containsExactly("1|2024-01-05 00:00:00|events_p2024_01");
        }
    }

    @Test
    void aPartitionMayBeDetachedWhileALargeBatchIsSpooled() {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "100000"), events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            m.stream.end(1);
            m.awaitApplied(1);
            for (int k = 0; k < 2_000; k++) {
                event(m, Operation.UPDATE, k, "2024-0" + (1 + k % 2) + "-07");
            }
            awaitSpooled(m);
            m.execute("ALTER TABLE events DETACH PARTITION events_p2024_01");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ONCE)).containsExactly("1000|1000");
            assertThat(m.rows("SELECT count(*) FROM events_p2024_01")).containsExactly("1");
            assertThat(m.rows("SELECT 1 FROM liteferry.quarantine")).isEmpty();
        }
    }

    private static void awaitSpooled(Migration m) {
        m.stream.flush();
        await(() -> !m.rows("SELECT 1 FROM pg_class WHERE relname LIKE 'stage_events%' AND pg_relation_size(oid) > 0")
                .isEmpty());
    }

    @Test
    void aReaderThatIsInTheMiddleOfATransactionDoesNotHoldUpANewPartition() throws SQLException {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            m.stream.end(1);
            m.awaitApplied(1);
            try (Connection reader = m.connect();
                    Statement s = reader.createStatement()) {
                reader.setAutoCommit(false);
                s.executeQuery("SELECT * FROM events").close();
                event(m, Operation.UPDATE, 1, "2024-08-05");
                m.stream.end(2);
                m.awaitApplied(2);
                assertThat(m.rows(ROWS)).containsExactly("1|2024-08-05 00:00:00|events_p2024_08");
                s.executeQuery("SELECT * FROM events").close();
            }
        }
    }

    @Test
    void aPartitionMadeInATransactionThatFailedIsMadeAgain() {
        IndexPlan unique = new IndexPlan("users_name", true, false, List.of("\"name\""), Optional.empty());
        try (Migration m = new Migration(events(MONTHLY), Migration.users(List.of(unique))).install()) {
            m.start(MAY);
            m.stream
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .row("users", Operation.CREATE, i(2), t("bob"))
                    .end(1);
            await(() -> !m.rows("SELECT 1 FROM pg_class WHERE relname = 'users_name'")
                    .isEmpty());
            event(m, Operation.CREATE, 1, "2024-01-05");
            m.stream.row("users", Operation.UPDATE, i(1), t("bob")).end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ROWS)).containsExactly("1|2024-01-05 00:00:00|events_p2024_01");
            assertThat(m.rows("SELECT 1 FROM liteferry.quarantine")).isEmpty();
            assertThat(m.rows("SELECT name FROM liteferry.suspended_constraint"))
                    .containsExactly("users_name");
        }
    }

    @Test
    void anIdThatStandsInTwoPartitionsIsOneRowAfterItsNextEvent() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.start(MAY);
            event(m, Operation.CREATE, 1, "2024-01-05");
            event(m, Operation.CREATE, 2, "2024-02-05");
            m.stream.end(1);
            m.awaitApplied(1);
            m.execute("INSERT INTO events VALUES (1, '2024-02-06'), (2, '2024-01-06')");
            event(m, Operation.UPDATE, 1, "2024-01-05");
            m.stream.delete("events", i(2)).end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ROWS)).containsExactly("1|2024-01-05 00:00:00|events_p2024_01");
        }
    }

    @Test
    void partitionsOfSomebodyElseAreTakenAsTheyAre() {
        try (Migration m = new Migration(events(MONTHLY)).install()) {
            m.execute("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2023-01-01')");
            m.execute("CREATE TABLE events_p2024_02 (other int)");
            m.execute("CREATE TABLE events_ides PARTITION OF events FOR VALUES FROM ('2024-03-10') TO ('2024-03-20')");
            m.start(MAY);
            event(m, Operation.CREATE, 1, "1999-01-05");
            event(m, Operation.CREATE, 2, "2022-12-31");
            event(m, Operation.CREATE, 3, "2024-02-05");
            event(m, Operation.CREATE, 4, "2024-03-15");
            event(m, Operation.CREATE, 5, "2024-03-25");
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT id, tableoid::regclass FROM events WHERE id <> 3 ORDER BY 1"))
                    .containsExactly("1|events_old", "2|events_old", "4|events_ides");
            assertThat(m.rows("SELECT tableoid::regclass::text ~ '^events_p2024_02_[0-9a-f]{8}$' FROM events"
                            + " WHERE id = 3"))
                    .containsExactly("t");
            assertThat(m.rows("SELECT key_text, sqlstate FROM liteferry.quarantine"))
                    .containsExactly("5|23514");
        }
    }

    @Test
    void makesPartitionsAheadAndNoMoreThanThePlanAllows() {
        ByRange daily = new ByRange("at", Period.DAY, 2, Nulls.QUARANTINE, Detached.NOT_READY, 4);
        try (Migration m = new Migration(events(daily)).install()) {
            m.start(MAY);
            await(() -> partitions(m) == 3);
            event(m, Operation.CREATE, 1, "2024-01-05");
            event(m, Operation.CREATE, 2, "2024-01-06");
            event(m, Operation.CREATE, 3, "2024-05-19");
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1"))
                    .containsExactly(
                            "events_p2024_01_05", "events_p2024_05_17", "events_p2024_05_18", "events_p2024_05_19");
            assertThat(m.rows("SELECT id FROM events ORDER BY 1")).containsExactly("1", "3");
            assertThat(m.rows("SELECT key_text, sqlstate, column_name FROM liteferry.quarantine"))
                    .containsExactly("2|23514|at");
        }
    }
}
