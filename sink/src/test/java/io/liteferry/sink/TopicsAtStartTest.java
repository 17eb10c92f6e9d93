package io.liteferry.sink;

import static io.liteferry.sink.Migration.USERS;
import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.sink.batch.BatchAssembler;
import io.liteferry.sink.stream.RecordDecoder;
import io.liteferry.sink.stream.SourceTopics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sink demands of the topics before it reads one record, and when a gap shows in what it reads. */
class TopicsAtStartTest {
    @Test
    void refusesATopicThatWasDeletedAndMadeAgainEvenWhereItsOffsetsFit() throws Exception {
        try (Migration m = new Migration(USERS).install();
                Admin admin = KafkaClients.of(m.plan.options()).admin("test")) {
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            m.stop();
            String topic = TopicNames.of(m.plan).table("users");
            admin.deleteTopics(List.of(topic)).all().get();
            await(() -> !admin.listTopics().names().get().contains(topic));
            Topics.makeMissing(admin, m.plan);
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).end(2);
            assertEnds(m, "LF-305", topic, "deleted and made again");
            assertThat(m.rows("SELECT count(*) FROM users")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "users, cleanup.policy, compact",
        "transaction, retention.ms, 86400000",
        "transaction, retention.bytes, 1000000"
    })
    void refusesATopicThatMayDropWhatIsStillNeeded(String name, String setting, String value) throws Exception {
        try (Migration m = new Migration(USERS).install()) {
            String topic = m.plan.name() + "." + name;
            alter(m, topic, setting, value);
            assertEnds(m, "LF-302", topic, setting + " is ", "kafka-configs.sh --alter");
        }
    }

    @Test
    void aTableTopicMayHaveARetentionThatTheOperatorHasSet() throws Exception {
        try (Migration m = new Migration(USERS).install()) {
            alter(m, TopicNames.of(m.plan).table("users"), "retention.bytes", "100000000");
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
        }
    }

    @Test
    void theOffsetsOfARowWithoutTopicIdsAreTakenAndTheIdsNoted() {
        try (Migration m = new Migration(USERS).install()) {
            m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            m.awaitApplied(1);
            m.stop();
            m.execute("UPDATE liteferry.applied SET offsets = (SELECT jsonb_object_agg(key, (value->>'next')::bigint)"
                    + " FROM jsonb_each(offsets))");
            m.start();
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT bool_and(length(value->>'id') > 20) FROM liteferry.applied, jsonb_each(offsets)"))
                    .containsExactly("t");
        }
    }

    /** Kafka Connect's consumer is put back to a topic's beginning when its offset is gone, and does not say so. */
    @Test
    void aGapIsALossWhereTheTopicBeginsBehindIt() throws Exception {
        try (Migration m = new Migration(USERS).install();
                SourceTopics topics = new SourceTopics(m.plan, () -> false)) {
            for (int n = 0; n < 4; n++) {
                m.stream.row("users", Operation.CREATE, i(n), t("ann"));
            }
            m.stream.end(1);
            long[] from = topics.open(Map.of());
            RecordDecoder decoder = decoder(m, topics, from);
            decoder.accept(0, 0, new byte[0], null);
            decoder.accept(0, 2, new byte[0], null); // a transaction of a producer left a gap: nothing is lost
            try (Admin admin = KafkaClients.of(m.plan.options()).admin("test")) {
                admin.deleteRecords(Map.of(
                                new TopicPartition(TopicNames.of(m.plan).table("users"), 0),
                                RecordsToDelete.beforeOffset(3)))
                        .all()
                        .get();
            }
            decoder.accept(0, 3, new byte[0], null);
            RecordDecoder behind = decoder(m, topics, from);
            assertThatThrownBy(() -> behind.accept(0, 3, new byte[0], null)).hasMessageStartingWith("LF-303");
            RecordDecoder again = decoder(m, topics, new long[] {4, 0});
            assertThatThrownBy(() -> again.accept(0, 3, new byte[0], null)).hasMessageStartingWith("LF-303");
        }
    }

    private static RecordDecoder decoder(Migration m, SourceTopics topics, long[] from) {
        BatchAssembler assembler = new BatchAssembler(
                TopicNames.of(m.plan).stream(m.plan), new BatchId(0, 0), new Position("", 0, 0, 0), from);
        return new RecordDecoder(m.plan, topics, assembler, from);
    }

    private static void alter(Migration m, String topic, String setting, String value) throws Exception {
        try (Admin admin = KafkaClients.of(m.plan.options()).admin("test")) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static void assertEnds(Migration m, String... message) {
        SinkService sink = m.start();
        await(() -> sink.failure() != null);
        assertThat(sink.failure()).hasMessageContainingAll(message);
    }
}
