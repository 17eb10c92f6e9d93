package io.liteferry.sink;

import static io.liteferry.sink.Migration.USERS;
import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The service against a real broker and a real PostgreSQL, fed by hand: which batches it applies, and what ends it. */
class SinkServiceTest {
    private static final String ALL = "SELECT id, name FROM users ORDER BY id";

    @Test
    void appliesABatchOnlyOnceItsEndIsThere() {
        try (Migration m = new Migration(USERS).install()) {
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).row("users", Operation.UPDATE, i(1), t("anna"));
            m.stream.flush();
            assertThat(m.rows(ALL)).containsExactly("1|ann");
            m.stream.delete("users", i(1)).end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).containsExactly("2|bob");
        }
    }

    @Test
    void goesOnFromTheStoredOffsetsAndAnnouncesWhereItIs() {
        try (Migration m = new Migration(USERS).install()) {
            SinkService first = m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(5);
            m.awaitApplied(5);
            m.stream.row("users", Operation.CREATE, i(2), t("bob"));
            m.stream.flush();
            first.close();
            assertThat(first.failure()).isNull();
            m.start();
            m.stream.row("users", Operation.CREATE, i(3), t("cid")).end(7);
            m.awaitApplied(7);
            assertThat(m.rows(ALL)).containsExactly("1|ann", "2|bob", "3|cid");
            assertThat(m.rows("SELECT generation, consistent FROM liteferry.applied"))
                    .containsExactly("2|t");
            await(() -> announced(m) == 7);
        }
    }

    private static long announced(Migration m) {
        List<ConsumerRecord<byte[], byte[]>> records =
                m.read(TopicNames.of(m.plan).applied());
        return records.isEmpty()
                ? -1
                : Json.read(records.get(records.size() - 1).value(), AppliedPosition.class, "applied")
                        .position()
                        .seq();
    }

    @Test
    void anOlderSinkIsFencedByAYoungerOne() {
        try (Migration m = new Migration(USERS).install()) {
            SinkService older = m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            SinkService younger = m.start();
            await(() -> m.rows("SELECT generation FROM liteferry.applied").equals(List.of("2")));
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).end(2);
            m.awaitApplied(2);
            await(() -> older.failure() != null);
            assertThat(older.failure()).hasMessageStartingWith("LF-405");
            assertThat(younger.failure()).isNull();
            assertThat(m.rows(ALL)).containsExactly("1|ann", "2|bob");
        }
    }

    @Test
    void dropsDuplicatesAndDeadEpochs() {
        try (Migration m = new Migration(USERS).install()) {
            m.stream
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .again("users", 0, Operation.CREATE, HandMadeStream.key(i(1)), i(1), t("ann"))
                    .end(1);
            m.stream.row("users", Operation.CREATE, i(9), t("never ended"));
            m.stream.epoch(2).row("users", Operation.CREATE, i(2), t("bob")).end(2);
            m.stream.epoch(1).row("users", Operation.CREATE, i(8), t("zombie")).end(3);
            m.stream.epoch(3).row("users", Operation.CREATE, i(3), t("cid")).end(4);
            m.start();
            m.awaitApplied(4);
            assertThat(m.rows(ALL)).containsExactly("1|ann", "2|bob", "3|cid");
        }
    }

    @Test
    void saysSoWhenRecordsOfABatchNeverCame() {
        try (Migration m = new Migration(USERS).install()) {
            m.stream
                    .row("users", Operation.CREATE, i(1), t("ann"))
                    .loseOne("users")
                    .end(1);
            SinkService sink = m.start();
            await(() -> sink.failure() != null);
            assertThat(sink.failure()).hasMessageStartingWith("LF-303");
            assertThat(m.rows(ALL)).isEmpty();
        }
    }

    @Test
    void saysSoWhenKafkaNoLongerHasTheOffset() throws Exception {
        try (Migration m = new Migration(USERS).install()) {
            SinkService first = m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            first.close();
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).end(2);
            try (Admin admin = KafkaClients.of(m.plan.options()).admin("test")) {
                admin.deleteRecords(Map.of(
                                new TopicPartition(TopicNames.of(m.plan).table("users"), 0),
                                RecordsToDelete.beforeOffset(2)))
                        .all()
                        .get();
            }
            SinkService second = m.start();
            await(() -> second.failure() != null);
            assertThat(second.failure()).hasMessageStartingWith("LF-303");
        }
    }

    @Test
    void refusesToGoBack() {
        try (Migration m = new Migration(USERS).install()) {
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(10);
            m.stream.epoch(2).row("users", Operation.CREATE, i(2), t("bob")).end(4);
            SinkService sink = m.start();
            await(() -> sink.failure() != null);
            assertThat(sink.failure()).hasMessageStartingWith("LF-406");
            assertThat(m.rows(ALL)).containsExactly("1|ann");
        }
    }

    @Test
    void refusesTheEndOfAnotherSource() {
        try (Migration m = new Migration(USERS).install()) {
            m.stream.of("bolt").row("users", Operation.CREATE, i(1), t("ann")).end(1);
            SinkService sink = m.start();
            await(() -> sink.failure() != null);
            assertThat(sink.failure()).hasMessageStartingWith("LF-302").hasMessageContaining("source bolt");
            assertThat(m.rows(ALL)).isEmpty();
        }
    }

    @Test
    void goesOnWhenItsConnectionIsCut() throws Exception {
        try (Migration m = new Migration(USERS).install()) {
            SinkService sink = m.start();
            for (int n = 1; n <= 5; n++) {
                m.stream.row("users", Operation.CREATE, i(n), t("ann")).end(n);
                m.awaitApplied(n);
                try (Connection c = m.connect();
                        Statement s = c.createStatement()) {
                    s.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'liteferry-sink' AND datname = current_database()");
                }
            }
            m.stream.delete("users", i(1)).end(6);
            m.awaitApplied(6);
            assertThat(sink.failure()).isNull();
            assertThat(m.rows("SELECT count(*) FROM users")).containsExactly("4");
        }
    }
}
