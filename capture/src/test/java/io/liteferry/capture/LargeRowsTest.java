package io.liteferry.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Rows of about the size that a record can have: the last one that is carried, and how capture goes on after one too many. */
class LargeRowsTest {
    private static final Pattern BYTES = Pattern.compile("it has ([0-9]+) bytes");

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    private Plan plan;

    @BeforeEach
    void makeTheSource(TestInfo test) throws Exception {
        source = new SourceFixture(folder.resolve("app.db"))
                .option(Options.BOOTSTRAP_SERVERS, SharedServers.kafka())
                .sql("CREATE TABLE docs(id INTEGER PRIMARY KEY, data)", "CREATE TABLE tags(tag TEXT PRIMARY KEY)")
                .table("docs", List.of("id"), "id", "data")
                .table("tags", List.of("tag"), "tag");
        plan = source.plan("large-" + test.getTestMethod().orElseThrow().getName());
        new SourceInstaller(plan).install();
        SourceFixture.makeTopics(plan);
    }

    @AfterEach
    void closeTheSource() throws Exception {
        source.close();
    }

    @Test
    void aRowOfTheLargestSizeIsCarriedAndOneByteMoreEndsCaptureUntilItIsShortenedOrGone() throws Exception {
        source.sql("INSERT INTO docs VALUES (1, zeroblob(" + (64 << 20) + "))");
        String found = ended();
        Matcher bytes = BYTES.matcher(found);
        assertThat(bytes.find()).as(found).isTrue();
        long largest = KafkaClients.MAX_ROW_BYTES - (Long.parseLong(bytes.group(1)) - (64 << 20));

        source.sql("UPDATE docs SET data = zeroblob(" + (largest + 1) + ")");
        assertThat(ended()).contains("table docs with key 1", "it has " + (KafkaClients.MAX_ROW_BYTES + 1) + " bytes");
        // Bytes that cannot be compressed: the brokers look at what arrives.
        source.sql("UPDATE docs SET data = randomblob(" + largest + ")");
        try (StreamReader stream = new StreamReader(plan)) {
            try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
                service.start();
                awaitEnd(stream);
                assertThat(stream.changes("docs"))
                        .extracting(StreamReader.Change::key)
                        .contains(key(1));
                source.sql("DELETE FROM docs", "INSERT INTO docs VALUES (2, 'before')");
                awaitEnd(stream);
                source.sql("INSERT INTO docs VALUES (3, zeroblob(" + (largest + 1) + "))");
                await().until(() -> service.failure() != null);
                assertThat(told(service)).contains("table docs with key 3", "Shorten its values");
            }
            source.sql("UPDATE docs SET data = 'short' WHERE id = 3");
            goesOn(stream);
            assertThat(stream.changes("docs"))
                    .extracting(StreamReader.Change::key)
                    .contains(key(3));

            source.sql("INSERT INTO docs VALUES (4, zeroblob(" + (largest + 1) + "))");
            assertThat(ended()).contains("table docs with key 4");
            source.sql("DELETE FROM docs WHERE id = 4");
            goesOn(stream);
            assertThat(stream.changes("docs"))
                    .filteredOn(c -> c.key().equals(key(4)))
                    .extracting(c -> c.header().op())
                    .containsExactly(Operation.DELETE);
            assertThat(stream.incomplete()).isEmpty();
        }
    }

    @Test
    void aKeyThatNoRecordCanHoldIsToldInShortAndItsRowMayBeDeleted() throws Exception {
        source.sql(
                "INSERT INTO tags VALUES ('a')",
                "INSERT INTO tags VALUES (hex(zeroblob(" + (32 << 20) + ")))",
                "INSERT INTO tags VALUES ('b')");
        assertThat(ended()).contains("table tags with key '000").hasSizeLessThan(1_000);
        source.sql("DELETE FROM tags WHERE tag > '0' AND tag < 'a'");
        try (StreamReader stream = new StreamReader(plan)) {
            goesOn(stream);
            assertThat(stream.changes("tags"))
                    .extracting(StreamReader.Change::key)
                    .contains(key("a"), key("b"))
                    .allMatch(k -> k.packed().length < 10);
            assertThat(stream.incomplete()).isEmpty();
        }
    }

    private void goesOn(StreamReader stream) throws Exception {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
            service.start();
            awaitEnd(stream);
            assertThat(service.failure()).isNull();
        }
    }

    private void awaitEnd(StreamReader stream) throws Exception {
        long last = lastSeq();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            List<BatchEnd> ends = stream.read().ends();
            return stream.consistent() && ends.get(ends.size() - 1).position().seq() == last;
        });
    }

    private long lastSeq() throws Exception {
        try (Statement s = source.connection().createStatement();
                ResultSet rs = s.executeQuery("SELECT max(seq) FROM _liteferry_log")) {
            return rs.getLong(1);
        }
    }

    /** Starts capture and waits for what ends it. */
    private String ended() {
        try (CaptureService service = new CaptureService(plan, Clock.systemUTC())) {
            service.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> service.failure() != null);
            return told(service);
        } catch (LiteferryException e) {
            return told(e);
        }
    }

    private static String told(CaptureService service) {
        assertThat(service.failure()).isInstanceOf(LiteferryException.class);
        return service.failure() instanceof LiteferryException known ? told(known) : "";
    }

    private static String told(LiteferryException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.ROW_TOO_LARGE);
        return String.valueOf(e.getMessage());
    }

    private static RowKey key(long id) {
        return RowKey.of(List.of(new SqliteValue.Int(id)));
    }

    private static RowKey key(String tag) {
        return RowKey.of(List.of(SqliteValue.Text.of(tag)));
    }
}
