package io.liteferry.sink;

import static io.liteferry.sink.Migration.USERS;
import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static io.liteferry.sink.Migration.users;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The same service: how rows come into the tables, what is put aside, what is too large for memory. */
class SinkWritesTest {
    private static final String ALL = "SELECT id, name FROM users ORDER BY id";

    private static TablePlan orders() {
        return new TablePlan(
                "orders",
                "orders",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("user_id", TargetType.of(Kind.BIGINT))),
                Optional.of(new PartitionPlan.ByHash(List.of("id"), 4)),
                List.of(),
                List.of(new ForeignKeyPlan(
                        "orders_user", List.of("user_id"), "users", List.of("id"), "CASCADE", "NO ACTION")),
                0,
                true);
    }

    @Test
    void spoolsABatchThatIsTooLargeForMemoryAndMergesItAtItsEnd() {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "4096"), USERS).install()) {
            for (int k = 0; k < 3_000; k++) {
                m.stream.row("users", Operation.CREATE, i(k), t("first"));
            }
            m.stream.end(1);
            m.start();
            m.awaitApplied(1);
            for (int k = 0; k < 3_000; k++) {
                m.stream.row("users", Operation.UPDATE, i(k), t("second"));
            }
            for (int k = 0; k < 1_000; k++) {
                m.stream.delete("users", i(k));
            }
            m.stream.row("users", Operation.CREATE, i(5), t("third"));
            m.stream.row("users", Operation.UPDATE, i(2_000), new SqliteValue.Text(new byte[] {'a', 0}));
            m.stream.row("users", Operation.UPDATE, i(2_001), new SqliteValue.Text(new byte[] {'a', 0}));
            m.stream.row("users", Operation.UPDATE, i(2_001), t("good again"));
            m.stream.flush();
            await(() ->
                    !m.rows("SELECT 1 FROM liteferry." + stage(m) + " LIMIT 1").isEmpty());
            assertThat(m.rows("SELECT name, count(*) FROM users GROUP BY name")).containsExactly("first|3000");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT name, count(*) FROM users GROUP BY name ORDER BY name"))
                    .containsExactly("first|1", "good again|1", "second|1998", "third|1");
            assertThat(m.rows("SELECT key_text, sqlstate, column_name FROM liteferry.quarantine"))
                    .containsExactly("2000|22021|name");
            await(() -> m.read(TopicNames.of(m.plan).deadLetter()).size() == 1);
            assertThat(m.rows("SELECT count(*) FROM liteferry." + stage(m))).containsExactly("0");
        }
    }

    @Test
    void readsABatchAgainWhenACrashHasEmptiedTheStage() {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "4096"), USERS).install()) {
            SinkService sink = m.start();
            for (int k = 0; k < 1_000; k++) {
                m.stream.row("users", Operation.CREATE, i(k), t("first"));
            }
            m.stream.flush();
            await(() ->
                    !m.rows("SELECT 1 FROM liteferry." + stage(m) + " LIMIT 1").isEmpty());
            m.execute("TRUNCATE liteferry." + stage(m));
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT count(*) FROM users")).containsExactly("1000");
            assertThat(m.rows("SELECT generation FROM liteferry.applied")).containsExactly("1");
            assertThat(sink.failure()).isNull();
        }
    }

    private static String stage(Migration m) {
        return m.rows("SELECT relname FROM pg_class WHERE relname LIKE 'stage_users%'")
                .get(0);
    }

    @Test
    void loadsASnapshotStraightIntoTheTableAndUpsertsItWhenRowsAreThereAlready() {
        try (Migration m = new Migration(USERS).install()) {
            m.start();
            m.stream.inSnapshot();
            for (int k = 0; k < 5_000; k++) {
                m.stream.row("users", Operation.SNAPSHOT, i(k), t("one"));
            }
            m.stream.end(1);
            m.awaitApplied(1);
            m.stream.epoch(2);
            for (int k = 2_500; k < 7_500; k++) {
                m.stream.row("users", Operation.SNAPSHOT, i(k), t("two"));
            }
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT name, count(*) FROM users GROUP BY name ORDER BY name"))
                    .containsExactly("one|2500", "two|5000");
            assertThat(m.rows("SELECT consistent FROM liteferry.applied")).containsExactly("f");
        }
    }

    /** TRUNCATE gives the stage another file. */
    private static String stagesFile(Migration m) {
        return m.rows("SELECT pg_relation_filenode('liteferry." + stage(m) + "'::regclass)")
                .get(0);
    }

    private static void create(Migration m, int from, int to, String name) {
        for (int k = from; k < to; k++) {
            m.stream.row("users", Operation.CREATE, i(k), t(name));
        }
    }

    @Test
    void newRowsGoStraightIntoTheTableAndAreUpsertedWhereOneIsThere() {
        try (Migration m = new Migration(USERS).install()) {
            m.start();
            create(m, 0, 5_000, "one");
            m.stream.end(1);
            m.awaitApplied(1);
            String file = stagesFile(m);

            m.stream.delete("users", i(1));
            create(m, 1, 2, "again");
            m.stream.row("users", Operation.UPDATE, i(2), t("changed"));
            create(m, 5_000, 10_000, "two");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(stagesFile(m)).as("not used").isEqualTo(file);

            create(m, 9_000, 15_000, "three");
            m.stream.end(3);
            m.awaitApplied(3);
            assertThat(stagesFile(m)).as("used").isNotEqualTo(file);
            assertThat(m.rows("SELECT name, count(*) FROM users GROUP BY name ORDER BY name"))
                    .containsExactly("again|1", "changed|1", "one|4998", "three|6000", "two|4000");
        }
    }

    @Test
    void quarantinesWhatDoesNotFitAndForgetsItWhenTheKeyIsGoodAgain() {
        try (Migration m = new Migration(USERS).install()) {
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            m.stream
                    .row("users", Operation.UPDATE, i(1), new SqliteValue.Blob(new byte[] {1}))
                    .row("users", Operation.CREATE, i(2), new SqliteValue.Text(new byte[] {(byte) 0xff}))
                    .row("users", Operation.CREATE, t("x"), t("key does not fit"))
                    .row("users", Operation.CREATE, i(3), t("cid"))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).containsExactly("1|ann", "3|cid");
            assertThat(m.rows("SELECT key_text, sqlstate FROM liteferry.quarantine ORDER BY 1"))
                    .containsExactly("'x'|42804", "1|42804", "2|22021");
            await(() -> m.read(TopicNames.of(m.plan).deadLetter()).size() == 3);
            ConsumerRecord<byte[], byte[]> dead =
                    m.read(TopicNames.of(m.plan).deadLetter()).get(0);
            assertThat(new String(
                            dead.headers().lastHeader("__connect.errors.topic").value(), StandardCharsets.UTF_8))
                    .isEqualTo(TopicNames.of(m.plan).table("users"));
            m.stream
                    .row("users", Operation.UPDATE, i(1), t("anna"))
                    .delete("users", i(2))
                    .delete("users", t("x"))
                    .end(3);
            m.awaitApplied(3);
            assertThat(m.rows(ALL)).containsExactly("1|anna", "3|cid");
            assertThat(m.rows("SELECT key_text FROM liteferry.quarantine")).isEmpty();
        }
    }

    @Test
    void findsTheRowPostgresRefusesAndKeepsTheOthers() {
        TablePlan docs = TablePlan.simple(
                "docs",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.INTEGER)),
                        ColumnPlan.plain("body", TargetType.of(Kind.JSONB))));
        try (Migration m = new Migration(docs).install()) {
            m.start();
            for (int k = 0; k < 20; k++) {
                m.stream.row("docs", Operation.CREATE, i(k), t(k == 7 || k == 13 ? "{broken" : "{\"a\": 1}"));
            }
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(m.rows("SELECT count(*) FROM docs")).containsExactly("18");
            assertThat(m.rows("SELECT key_text, sqlstate FROM liteferry.quarantine ORDER BY 1"))
                    .containsExactly("13|22P02", "7|22P02");
        }
    }

    @Test
    void carriesATableByItsRowidAndOneInHashPartitions() {
        TablePlan notes =
                TablePlan.simple("notes", KeyPlan.rowid(), List.of(ColumnPlan.plain("text", TargetType.of(Kind.TEXT))));
        try (Migration m = new Migration(notes, USERS, orders()).install()) {
            m.start();
            m.stream
                    .rowid("notes", Operation.CREATE, 4, t("four"))
                    .rowid("notes", Operation.CREATE, 5, t("five"))
                    .row("orders", Operation.CREATE, i(10), i(1))
                    .row("orders", Operation.CREATE, i(11), i(1))
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .end(1);
            m.stream
                    .delete("notes", i(4))
                    .rowid("notes", Operation.UPDATE, 5, t("FIVE"))
                    .delete("orders", i(10))
                    .row("orders", Operation.UPDATE, i(11), SqliteValue.NULL)
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT _liteferry_rowid, text FROM notes")).containsExactly("5|FIVE");
            assertThat(m.rows("SELECT id, user_id FROM orders")).containsExactly("11|null");
            assertThat(m.rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders'::regclass"))
                    .containsExactly("4");
            await(() -> m.rows("SELECT 1 FROM pg_constraint WHERE conname = 'orders_user' AND conparentid = 0")
                    .equals(List.of("1")));
        }
    }

    @Test
    void suspendsAConstraintThatStandsInTheWayAndRestoresItLater() {
        IndexPlan unique = new IndexPlan("users_name", true, false, List.of("\"name\""), Optional.empty());
        try (Migration m = new Migration(users(List.of(unique)), orders()).install()) {
            m.start();
            m.stream
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .row("users", Operation.CREATE, i(2), t("bob"))
                    .end(1);
            String built = "SELECT count(*) FROM pg_class WHERE relname = 'users_name'";
            await(() -> m.rows(built).equals(List.of("1")));
            m.stream
                    .row("users", Operation.UPDATE, i(1), t("bob"))
                    .row("orders", Operation.CREATE, i(1), i(77))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).containsExactly("1|bob", "2|bob");
            String suspended = "SELECT table_name, name FROM liteferry.suspended_constraint ORDER BY 1";
            await(() -> m.rows(suspended).equals(List.of("orders|orders_user", "users|users_name")));
            m.stream
                    .row("users", Operation.UPDATE, i(2), t("ann"))
                    .row("users", Operation.CREATE, i(77), t("new"))
                    .end(3);
            m.awaitApplied(3);
            await(() -> m.rows(suspended).isEmpty());
            assertThat(m.rows(built)).containsExactly("1");
        }
    }

    @Test
    void aUniqueConstraintLetsTwoRowsSwapTheirValuesInOneBatch() {
        IndexPlan unique = new IndexPlan("users_name", true, true, List.of("\"name\""), Optional.empty());
        try (Migration m = new Migration(users(List.of(unique))).install()) {
            m.start();
            m.stream
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .row("users", Operation.CREATE, i(2), t("bob"))
                    .end(1);
            await(() -> m.rows("SELECT condeferred FROM pg_constraint WHERE conname = 'users_name'")
                    .equals(List.of("t")));
            m.stream
                    .row("users", Operation.UPDATE, i(1), t("bob"))
                    .row("users", Operation.UPDATE, i(2), t("ann"))
                    .end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).containsExactly("1|bob", "2|ann");
            assertThat(m.rows("SELECT name FROM liteferry.suspended_constraint"))
                    .isEmpty();
        }
    }
}
