package io.liteferry.sink;

import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Indexes and constraints are built beside the stream, which waits for none of them. */
class AfterTheLoadTest {
    private static final String SUSPENDED = "SELECT name FROM liteferry.suspended_constraint";

    private static TablePlan table(String name, List<IndexPlan> indexes, List<ForeignKeyPlan> keys) {
        return new TablePlan(
                name,
                name,
                KeyPlan.primaryKey("id"),
                List.of(
                        new ColumnPlan(
                                "id",
                                "id",
                                TargetType.of(Kind.BIGINT),
                                Encoding.PLAIN,
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                false),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))),
                Optional.empty(),
                indexes,
                keys,
                0,
                true);
    }

    private static IndexPlan unique(String table) {
        return new IndexPlan(table + "_name", true, true, List.of("\"name\""), Optional.empty());
    }

    private static IndexPlan slow(String table) {
        return new IndexPlan(table + "_slow", false, false, List.of("slow(\"name\")"), Optional.empty());
    }

    @Test
    void theStreamGoesOnWhileTwoTablesAreIndexedAtATime() {
        try (Migration m = new Migration(
                        table("a", List.of(slow("a")), List.of()), table("b", List.of(slow("b")), List.of()))
                .install()) {
            m.execute("CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS"
                    + " $$ BEGIN PERFORM pg_sleep(0.02); RETURN $1; END $$");
            m.stream.inSnapshot();
            for (int k = 0; k < 150; k++) {
                m.stream.row("a", Operation.SNAPSHOT, i(k), t("x")).row("b", Operation.SNAPSHOT, i(k), t("x"));
            }
            m.stream.end(1);
            m.stream.streaming().end(2);
            SinkService sink = m.start();
            await(() -> m.rows("SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database()")
                    .equals(List.of("2")));
            m.stream
                    .row("a", Operation.CREATE, i(1_000), t("new"))
                    .delete("b", i(1))
                    .end(3);
            m.awaitApplied(3);
            assertThat(
                            m.rows(
                                    "SELECT indisvalid FROM pg_index WHERE indexrelid IN ('a_slow'::regclass, 'b_slow'::regclass)"))
                    .as("still being built")
                    .containsExactly("f", "f");
            await(() -> sink.health().hints().getOrDefault("after-load", "").contains(" left; now "));
            assertThat(sink.health().hints().get("after-load"))
                    .startsWith("0 of 2 indexes and constraints built")
                    .contains("a_slow on a", "b_slow on b");
            await(() -> m.rows(
                            "SELECT bool_and(indisvalid) FROM pg_index WHERE indexrelid IN ('a_slow'::regclass, 'b_slow'::regclass)")
                    .equals(List.of("t")));
            await(() -> sink.health().hints().isEmpty());
            assertThat(m.rows("SELECT nextval('a_id_seq'), (SELECT reltuples FROM pg_class WHERE relname = 'a') >= 0"))
                    .containsExactly("1001|t");
        }
    }

    /** PostgreSQL enforces a unique index from the moment on in which it is filled, at once and not at commit. */
    @Test
    void aBatchThatRunsIntoAConstraintThatIsBeingBuiltDoesNotWaitForIt() throws Exception {
        try (Migration m = new Migration(table("a", List.of(unique("a")), List.of())).install();
                Connection reader = m.connect();
                Statement s = reader.createStatement()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            s.execute("SELECT count(*) FROM pg_class"); // its snapshot keeps the build from ending
            m.start();
            m.stream
                    .row("a", Operation.CREATE, i(1), t("ann"))
                    .row("a", Operation.CREATE, i(2), t("bob"))
                    .end(1);
            await(() -> m.rows(
                            "SELECT indisready AND NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass('a_name')")
                    .equals(List.of("t")));
            m.stream
                    .row("a", Operation.UPDATE, i(1), t("bob"))
                    .row("a", Operation.UPDATE, i(2), t("ann"))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT id, name FROM a ORDER BY id")).containsExactly("1|bob", "2|ann");
            reader.rollback();
            await(() -> m.rows("SELECT condeferred AND convalidated FROM pg_constraint WHERE conname = 'a_name'")
                            .equals(List.of("t"))
                    && m.rows(SUSPENDED).isEmpty());
        }
    }

    @Test
    void whatAKilledSinkHasLeftIsTakenAwayAndBuilt() {
        try (Migration m = new Migration(table("a", List.of(unique("a")), List.of())).install()) {
            m.execute("INSERT INTO a VALUES (8, 'twice'), (9, 'twice')");
            try {
                m.execute("CREATE UNIQUE INDEX CONCURRENTLY a_name ON a (name)");
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("could not create unique index");
            }
            assertThat(m.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_name'::regclass"))
                    .containsExactly("f");
            m.execute("TRUNCATE a");
            m.start();
            m.stream.row("a", Operation.CREATE, i(1), t("ann")).end(1);
            await(() -> m.rows("SELECT indisvalid FROM pg_constraint k JOIN pg_index x ON x.indexrelid = k.conindid"
                            + " WHERE conname = 'a_name'")
                    .equals(List.of("t")));
        }
    }

    /** An hour of building after the load is no reason to leave a healed constraint alone for twenty. */
    @Test
    void howLongTheFirstBuildTookDelaysNoneThatIsTriedAgain() {
        try (Migration m = new Migration(table("a", List.of(slow("a"), unique("a")), List.of())).install()) {
            m.execute("CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS"
                    + " $$ BEGIN PERFORM pg_sleep(1); RETURN $1; END $$");
            m.stream.inSnapshot();
            m.stream.row("a", Operation.SNAPSHOT, i(1), t("x")).row("a", Operation.SNAPSHOT, i(2), t("x"));
            m.stream.end(1);
            m.stream.streaming().end(2);
            m.start();
            await(() -> m.rows(SUSPENDED).equals(List.of("a_name")));
            m.stream.row("a", Operation.UPDATE, i(2), t("y")).end(3);
            await(() -> m.rows(SUSPENDED).isEmpty());
        }
    }

    @Test
    void aForeignKeyWithOrphansIsSuspendedAndLeavesNothingHalfDone() {
        ForeignKeyPlan key = new ForeignKeyPlan("b_a", List.of("id"), "a", List.of("id"), "NO ACTION", "NO ACTION");
        try (Migration m =
                new Migration(table("a", List.of(), List.of()), table("b", List.of(), List.of(key))).install()) {
            m.start();
            m.stream.row("b", Operation.CREATE, i(7), t("orphan")).end(1);
            await(() -> m.rows(SUSPENDED).equals(List.of("b_a")));
            m.stream.row("b", Operation.CREATE, i(8), t("another")).end(2);
            m.awaitApplied(2);
            m.stream
                    .row("a", Operation.CREATE, i(7), t("parent"))
                    .row("a", Operation.CREATE, i(8), t("parent"))
                    .end(3);
            await(() -> m.rows("SELECT convalidated FROM pg_constraint WHERE conname = 'b_a'")
                            .equals(List.of("t"))
                    && m.rows(SUSPENDED).isEmpty());
        }
    }
}
