package io.liteferry.sink;

import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The application finds its own constraints after the switch; the stream has those it needs before and after. */
class ConstraintsAtTheSwitchTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String CONSTRAINTS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            + " WHERE contype IN ('f', 'u') AND connamespace = 'public'::regnamespace ORDER BY conname";
    private static final String DEFERRED = " DEFERRABLE INITIALLY DEFERRED";
    private static final String PARENT = "FOREIGN KEY (parent) REFERENCES a(id)";
    private static final String FRIEND = "FOREIGN KEY (friend) REFERENCES a(id)";

    private static TablePlan table(String name, boolean made, List<IndexPlan> indexes, List<ForeignKeyPlan> keys) {
        return new TablePlan(
                name,
                name,
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("parent", TargetType.of(Kind.BIGINT)),
                        ColumnPlan.plain("friend", TargetType.of(Kind.BIGINT)),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))),
                Optional.empty(),
                indexes,
                keys,
                0,
                made);
    }

    private static Migration made() {
        return new Migration(
                        table("a", true, List.of(), List.of()),
                        table(
                                "b",
                                true,
                                List.of(new IndexPlan("b_name", true, true, List.of("\"name\""), Optional.empty())),
                                List.of(key("b_parent", "parent", "CASCADE"), key("b_friend", "friend", "NO ACTION"))))
                .install();
    }

    private static ForeignKeyPlan key(String name, String column, String onDelete) {
        return new ForeignKeyPlan(name, List.of(column), "a", List.of("id"), onDelete, "NO ACTION");
    }

    private static void load(Migration m) {
        m.start();
        m.stream
                .row("a", Operation.CREATE, i(1), i(1), i(1), t("ann"))
                .row("a", Operation.CREATE, i(2), i(2), i(2), t("bob"))
                .row("b", Operation.CREATE, i(10), i(1), i(1), t("x"))
                .row("b", Operation.CREATE, i(11), i(2), i(1), t("y"))
                .end(1);
        m.awaitApplied(1);
    }

    private static void awaitConstraints(Migration m, String... expected) {
        await(() -> m.rows(CONSTRAINTS).equals(List.of(expected)));
    }

    private static PgConnections direct(Migration m) {
        return PgConnections.of(m.plan.options());
    }

    private static void handOver(Migration m, long seq) {
        TargetSwitch.prepare(m.plan, direct(m));
        Position at = new Position(HandMadeStream.LOG, 1, seq, seq * 31);
        try (TargetSwitch s = TargetSwitch.begin(m.plan, direct(m), at, Map.of(), SOON)) {
            s.commit();
        }
    }

    private static void takeBack(Migration m) {
        try (TargetSwitch s = TargetSwitch.back(m.plan, direct(m), SOON)) {
            s.commit();
        }
    }

    private static void application(Migration m, String sql) throws SQLException {
        try (Connection c = m.connect();
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    @Test
    void thePlansOwnConstraintsStandFromTheSwitchOnAndThoseOfTheStreamAfterTheWayBack() throws Exception {
        try (Migration m = made()) {
            load(m);
            String[] streaming = {
                "b_friend|" + FRIEND + DEFERRED, "b_name|UNIQUE (name)" + DEFERRED, "b_parent|" + PARENT + DEFERRED
            };
            awaitConstraints(m, streaming);
            TargetSwitch.prepare(m.plan, direct(m));
            TargetSwitch.prepare(m.plan, direct(m));
            // The stream goes on: the deferred form still stands.
            m.stream
                    .row("b", Operation.CREATE, i(12), i(3), i(2), t("z"))
                    .row("a", Operation.CREATE, i(3), i(3), i(3), t("cid"))
                    .end(2);
            m.awaitApplied(2);

            handOver(m, 2);
            assertThat(m.rows(CONSTRAINTS))
                    .containsExactly(
                            "b_friend|" + FRIEND,
                            "b_name|UNIQUE (name)",
                            "b_parent|" + PARENT + " ON DELETE CASCADE NOT VALID");
            application(m, "INSERT INTO b VALUES (13, 2, 2, 'x') ON CONFLICT (name) DO UPDATE SET friend = 2");
            assertThatThrownBy(() -> application(m, "INSERT INTO b VALUES (14, 99, 2, 'w')"))
                    .hasMessageContaining("b_parent");
            assertThatThrownBy(() -> application(m, "DELETE FROM a WHERE id = 1"))
                    .hasMessageContaining("b_friend");
            application(m, "DELETE FROM b WHERE friend = 1; DELETE FROM a WHERE id = 3");
            assertThat(m.rows("SELECT id, friend FROM b ORDER BY id")).containsExactly("10|2");
            TargetSwitch.settle(m.plan, direct(m));
            assertThat(m.rows(CONSTRAINTS).get(2)).isEqualTo("b_parent|" + PARENT + " ON DELETE CASCADE");

            takeBack(m);
            await(() ->
                    m.rows("SELECT generation = claimed FROM liteferry.applied").equals(List.of("t")));
            awaitConstraints(m, streaming[0], "b_name|UNIQUE (name)", streaming[2]);
            // A swap of unique values: what stood in the way is suspended, and comes back as streaming needs it.
            m.stream
                    .row("b", Operation.CREATE, i(20), i(1), i(1), t("p"))
                    .row("b", Operation.CREATE, i(21), i(1), i(1), t("q"))
                    .end(3);
            m.stream
                    .row("b", Operation.UPDATE, i(20), i(1), i(1), t("q"))
                    .row("b", Operation.UPDATE, i(21), i(1), i(1), t("p"))
                    .end(4);
            m.awaitApplied(4);
            awaitConstraints(m, streaming);
            await(() -> m.rows("SELECT FROM liteferry.suspended_constraint").isEmpty());
        }
    }

    /** PostgreSQL must take no action of its own for what the source did, or did not do, to other rows. */
    @Test
    void noActionOfAForeignKeyIsTakenForTheStream() throws Exception {
        try (Migration m = made()) {
            load(m);
            await(() -> m.rows(CONSTRAINTS).size() == 3);
            handOver(m, 1);
            takeBack(m);
            // As SQLite without enforced foreign keys: the child stays.
            m.stream
                    .row("a", Operation.UPDATE, i(2), i(1), i(1), t("x"))
                    .delete("a", i(1))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT id FROM b ORDER BY id")).containsExactly("10", "11");
            await(() -> m.rows("SELECT name FROM liteferry.suspended_constraint ORDER BY 1")
                    .contains("b_parent"));
        }
    }

    @Test
    void anUndoneSwitchLeavesTheConstraintsOfTheStreamAndUnprepareTheIndexes() {
        try (Migration m = made()) {
            load(m);
            await(() -> m.rows(CONSTRAINTS).size() == 3);
            List<String> before = m.rows(CONSTRAINTS);
            String indexes = "SELECT count(*) FROM pg_index WHERE indrelid = 'b'::regclass";
            assertThatThrownBy(() -> TargetSwitch.begin(
                            m.plan, direct(m), new Position(HandMadeStream.LOG, 1, 1, 31), Map.of(), SOON))
                    .hasMessageStartingWith("LF-602")
                    .hasMessageContaining("b_name of table b was not prepared");
            TargetSwitch.prepare(m.plan, direct(m));
            try (TargetSwitch s =
                    TargetSwitch.begin(m.plan, direct(m), new Position(HandMadeStream.LOG, 1, 1, 31), Map.of(), SOON)) {
                assertThat(s.sequences()).isEmpty();
            }
            assertThat(m.rows(CONSTRAINTS)).isEqualTo(before);
            assertThat(m.rows(indexes)).containsExactly("3");
            TargetSwitch.unprepare(m.plan, direct(m));
            assertThat(m.rows(indexes)).containsExactly("2");
        }
    }

    @Test
    void constraintsOfTheApplicationsOwnMigrationsComeBackAsTheyWere() throws Exception {
        try (Migration m =
                new Migration(table("a", false, List.of(), List.of()), table("b", false, List.of(), List.of()))) {
            m.execute("CREATE TABLE a (id bigint PRIMARY KEY, parent bigint, friend bigint, name text);"
                    + " CREATE TABLE b (id bigint PRIMARY KEY, parent bigint REFERENCES a (id) ON UPDATE CASCADE ON DELETE SET NULL,"
                    + " friend bigint REFERENCES a (id) DEFERRABLE, name text UNIQUE)");
            List<String> own = m.rows(CONSTRAINTS);
            m.install();
            load(m);
            await(() -> m.rows(CONSTRAINTS).size() == 3);
            List<String> streaming = m.rows(CONSTRAINTS);
            assertThat(streaming).isNotEqualTo(own);
            handOver(m, 1);
            TargetSwitch.settle(m.plan, direct(m));
            assertThat(m.rows(CONSTRAINTS)).isEqualTo(own);
            takeBack(m);
            awaitConstraints(m, streaming.toArray(String[]::new));
            handOver(m, 1);
            TargetSwitch.settle(m.plan, direct(m));
            assertThat(m.rows(CONSTRAINTS)).isEqualTo(own);
        }
    }
}
