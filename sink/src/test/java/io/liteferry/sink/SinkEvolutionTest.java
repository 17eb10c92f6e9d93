package io.liteferry.sink;

import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.ColumnChange.Kind;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.sink.schema.TargetInstaller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of columns that arrive with a batch, against a real PostgreSQL. */
class SinkEvolutionTest {
    private static final ColumnChange ADDED = new ColumnChange(Kind.ADD, "n", null, "n", "bigint", "plain", false, "7");
    private static final ColumnChange RENAMED = ColumnChange.rename("v", "value", "value");
    private static final ColumnChange DROPPED = ColumnChange.drop("value", "value");
    private static final String COLUMNS =
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'public.t'::regclass"
                    + " AND attnum > 0 AND NOT attisdropped";

    private static final String UNIQUE =
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND contype = 'u'";

    private static TablePlan table() {
        return new TablePlan(
                "t",
                "t",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                .notNull(),
                        ColumnPlan.plain("v", TargetType.of(TargetType.Kind.TEXT))),
                Optional.empty(),
                List.of(new IndexPlan("t_v", false, false, List.of("lower(\"v\")"), Optional.of("\"v\" <> 'v'"))),
                List.of(),
                0,
                true);
    }

    @Test
    void columnsAreAddedRenamedAndDroppedBetweenTheRowsOfTwoLayouts() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream.row("t", Operation.CREATE, i(1), t("a")).evolve("t", ADDED).end();
            m.stream.row("t", Operation.CREATE, i(2), t("b"), i(9)).end();
            m.stream.evolve("t", RENAMED).end(2);
            m.stream
                    .row("t", Operation.UPDATE, i(1), t("c"), i(8))
                    .evolve("t", DROPPED)
                    .end();
            m.stream.row("t", Operation.CREATE, i(3), i(6)).end();
            m.start();
            m.awaitApplied(4);
            assertThat(m.rows(COLUMNS)).containsExactly("id,n");
            assertThat(m.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|8", "2|9", "3|6");
        }
    }

    @Test
    void anotherSinkAndApplyWithTheOldMigrationFileGoOnWithTheNewColumns() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream
                    .inSnapshot()
                    .row("t", Operation.CREATE, i(1), t("a"))
                    .evolve("t", RENAMED, ADDED)
                    .end();
            SinkService first = m.start();
            m.awaitApplied(1);
            first.close();
            new TargetInstaller(m.plan).install();
            m.stream.streaming().row("t", Operation.CREATE, i(2), t("b"), i(9)).end();
            m.start();
            m.awaitApplied(2);
            assertThat(m.rows("SELECT id, value, n FROM t ORDER BY id")).containsExactly("1|a|7", "2|b|9");
            Migration.await(() -> m.rows("SELECT indexdef FROM pg_indexes WHERE indexname = 't_v'").stream()
                    .anyMatch(d -> d.contains("lower(value)")));
        }
    }

    @Test
    void aCaptureThatStartedFromAnOlderPositionMayTellItAgain() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream
                    .row("t", Operation.CREATE, i(1), t("a"))
                    .evolve("t", RENAMED)
                    .end();
            m.stream.evolve("t", ADDED).end();
            m.start();
            m.awaitApplied(2);
            m.stream
                    .epoch(2)
                    .evolved("t", List.of(RENAMED, ADDED), List.of(RENAMED, ADDED))
                    .end();
            m.stream.row("t", Operation.UPDATE, i(1), t("z"), i(5)).end();
            m.awaitApplied(4);
            assertThat(m.rows(COLUMNS)).containsExactly("id,value,n");
            assertThat(m.rows("SELECT * FROM t")).containsExactly("1|z|5");
        }
    }

    @Test
    void aSinkThatBeginsAnewAfterAChangeDoesNotFenceItsSuccessor() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            SinkService sink = m.start();
            m.stream.evolve("t", ADDED).end();
            m.stream.row("t", Operation.CREATE, i(1), t("a"), i(5)).end();
            m.awaitApplied(2);
            assertThat(m.rows("SELECT generation FROM liteferry.applied")).containsExactly("1");
            assertThat(sink.failure()).isNull();
        }
    }

    @Test
    void aNewLogOfTheSourceGoesOnWithTheColumnsOfTheTarget() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            SinkService sink = m.start();
            m.stream.evolve("t", ADDED).end();
            m.awaitApplied(1);
            sink.close();
            AppliedPosition moved = new RestartPoint(m.plan).move(new Position("log-2", 9, 1, 31));
            assertThat(moved.evolution()).containsKey("t");
            assertThat(m.rows("SELECT evolution ? 't' FROM liteferry.applied")).containsExactly("t");
        }
    }

    static Stream<Arguments> undone() {
        return Stream.of(
                Arguments.of(ADDED, new SqliteValue[] {i(1), t("a"), i(5)}, "1|a"),
                Arguments.of(ColumnChange.rename("v", "n", "n"), new SqliteValue[] {i(1), t("a")}, "1|a"),
                Arguments.of(ColumnChange.drop("v", "v"), new SqliteValue[] {i(1)}, "1|null"));
    }

    /** Its announcement was lost, or its sender was still on its way when the successor began. */
    @ParameterizedTest
    @MethodSource("undone")
    void rowsOfACaptureThatIsUnawareOfAChangeFindTheColumnsOfBefore(ColumnChange change, SqliteValue[] row, String left)
            throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream.evolve("t", change).end();
            m.stream.row("t", Operation.CREATE, row).end();
            m.stream.epoch(2).unaware("t");
            m.stream.row("t", Operation.CREATE, i(2), t("b")).end();
            m.stream
                    .row("t", Operation.CREATE, i(3), t("c"))
                    .evolve("t", RENAMED)
                    .end();
            m.stream.row("t", Operation.CREATE, i(4), t("d")).end();
            m.start();
            m.awaitApplied(5);
            assertThat(m.rows("SELECT id, value FROM t ORDER BY id")).containsExactly(left, "2|b", "3|c", "4|d");
            assertThat(m.rows("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
                            + " AND NOT attisdropped"))
                    .containsExactly("2");
        }
    }

    @Test
    void aTableThatOnlyTheApplicationAltersStaysAsItsOwnMigrationMadeIt() throws Exception {
        TablePlan t = table();
        TablePlan existing = new TablePlan(
                t.source(), t.target(), t.key(), t.columns(), Optional.empty(), List.of(), List.of(), 0, false);
        try (Migration m = new Migration(existing)) {
            m.execute("CREATE TABLE t(id bigint PRIMARY KEY, v text)");
            m.install();
            m.stream.row("t", Operation.CREATE, i(1), t("a")).end();
            m.start();
            m.awaitApplied(1);
            m.execute("ALTER TABLE t ADD COLUMN n smallint");
            ColumnChange added = new ColumnChange(Kind.ADD, "n", null, "n", "smallint", "plain", true, null);
            m.stream.evolve("t", added, ColumnChange.drop("v", "v")).end();
            m.stream.row("t", Operation.CREATE, i(2), i(5)).end();
            m.awaitApplied(3);
            assertThat(m.rows(COLUMNS)).containsExactly("id,v,n");
            assertThat(m.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|a|null", "2|null|5");
        }
    }

    @Test
    void aNewUniqueIndexIsMadeAndSuspendedVisiblyWherePostgresqlRefusesIt() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream
                    .row("t", Operation.CREATE, i(1), t("a"))
                    .evolve("t", ColumnChange.unique("t_v_once", "t_v_once", List.of("v")), RENAMED)
                    .end();
            m.start();
            Migration.await(() -> m.rows(UNIQUE).equals(List.of("UNIQUE (value) DEFERRABLE INITIALLY DEFERRED")));
            m.stream.row("t", Operation.CREATE, i(2), t("a")).end();
            m.awaitApplied(2);
            assertThat(m.rows(UNIQUE)).isEmpty();
            assertThat(m.rows("SELECT table_name, name FROM liteferry.suspended_constraint"))
                    .containsExactly("t|t_v_once");
            m.stream.delete("t", i(1)).end();
            Migration.await(() -> m.rows(UNIQUE).size() == 1);
            // A capture that did not know of it takes nothing back.
            m.stream.epoch(2).unaware("t").evolve("t", RENAMED).end();
            m.awaitApplied(4);
            assertThat(m.rows("SELECT * FROM t")).containsExactly("2|a");
        }
    }

    @Test
    void aColumnThatAViewNeedsStaysAndTheStreamGoesOn() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.execute("CREATE VIEW mine AS SELECT v FROM t");
            m.stream
                    .row("t", Operation.CREATE, i(1), t("a"))
                    .evolve("t", ColumnChange.drop("v", "v"))
                    .end();
            m.stream.row("t", Operation.CREATE, i(2)).end();
            m.start();
            m.awaitApplied(2);
            assertThat(m.rows("SELECT id, v FROM t ORDER BY id")).containsExactly("1|a", "2|null");
        }
    }

    @Test
    void aBatchTooLargeForMemoryAfterAChangeIsSpooledWithItsOwnColumns() throws Exception {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "1024"), table()).install()) {
            m.start();
            m.stream.row("t", Operation.CREATE, i(1), t("a")).evolve("t", ADDED).end();
            for (int k = 2; k < 300; k++) {
                m.stream.row("t", Operation.CREATE, i(k), t("row " + k), i(k));
            }
            m.stream.end();
            m.awaitApplied(2);
            assertThat(m.rows("SELECT count(*), sum(n) FROM t")).containsExactly("299|" + (7 + 300 * 299 / 2 - 1));
        }
    }

    @Test
    void jsonRecordsAreReadByTheColumnsOfTheirOwnBatch() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream
                    .json("t", "{\"id\":1}", "{\"id\":1,\"v\":\"a\"}")
                    .evolve("t", ADDED)
                    .end();
            m.stream
                    .json("t", "{\"id\":2}", "{\"id\":2,\"v\":\"b\",\"n\":9}")
                    .evolve("t", RENAMED)
                    .end();
            m.stream
                    .json("t", "{\"id\":3}", "{\"id\":3,\"value\":\"c\",\"n\":8}")
                    .evolve("t", ColumnChange.rename("id", "nr", "nr"), DROPPED)
                    .end();
            m.stream.json("t", "{\"nr\":4}", "{\"nr\":4,\"n\":6}").end();
            m.start();
            m.awaitApplied(4);
            assertThat(m.rows(COLUMNS)).containsExactly("nr,n");
            assertThat(m.rows("SELECT * FROM t ORDER BY nr")).containsExactly("1|7", "2|9", "3|8", "4|6");
        }
    }

    @Test
    void aJsonRecordThatDoesNotFitTheColumnsOfItsBatchStopsTheSink() throws Exception {
        try (Migration m = new Migration(table()).install()) {
            m.stream.json("t", "{\"id\":1}", "{\"id\":1,\"v\":\"a\"}").end();
            SinkService sink = m.start();
            m.awaitApplied(1);
            m.stream.json("t", "{\"id\":2}", "{\"id\":2,\"value\":\"b\"}").end();
            Migration.await(() -> sink.failure() != null);
            assertThat(sink.failure()).hasMessageContaining("the field v is missing");
            assertThat(m.rows("SELECT * FROM t")).containsExactly("1|a");
        }
    }
}
