package io.liteferry.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.PlanNotes;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.embedded.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** An application's database with a migration installed on it, and what its topics hold. */
final class Shop implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    final String name;
    final Plan plan;
    final Path migration;
    private final Connection application;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();

    Shop(String name, Path folder) throws IOException, SQLException {
        this.name = name;
        Path file = Files.createFile(folder.resolve(name + ".db"));
        application = new SqliteFile(file).openWriter();
        sql(
                "PRAGMA journal_mode = wal",
                "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL, photo BLOB)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                        + " INSERT INTO items SELECT i, 'item ' || i, i / 4.0, x'00ff' FROM n");
        plan = new Plan(
                name,
                Options.of(Map.of(
                        Options.DATABASE_FILE_PATH, file.toString(),
                        Options.BOOTSTRAP_SERVERS, SharedServers.kafka(),
                        Options.SNAPSHOT_CHUNK_SIZE, "30")),
                List.of(TablePlan.simple(
                        "items",
                        KeyPlan.primaryKey("id"),
                        List.of(
                                column("id", "bigint").notNull(),
                                column("name", "text"),
                                column("price", "double precision"),
                                column("photo", "bytea")))));
        migration = folder.resolve(name + ".yaml");
        Files.writeString(migration, PlanFile.yaml(plan, PlanNotes.NONE));
        new SourceInstaller(plan).install();
        KafkaClients clients = KafkaClients.of(plan.options());
        try (Admin admin = clients.admin("test-" + name)) {
            Topics.makeMissing(admin, plan);
        }
        consumer = clients.consumer("test-" + name);
        List<TopicPartition> topics = TopicNames.of(plan).stream(plan).stream()
                .map(t -> new TopicPartition(t, 0))
                .toList();
        consumer.assign(topics);
        consumer.seekToBeginning(topics);
    }

    private static ColumnPlan column(String name, String type) {
        return ColumnPlan.plain(name, TargetType.parse(type).orElseThrow());
    }

    void sql(String... statements) throws SQLException {
        try (Statement s = application.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    long number(String sql) throws SQLException {
        try (Statement s = application.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }

    /** The table's rows, as JDBC gives them. */
    List<List<String>> rows() throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = application.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT id, name, price, CASE WHEN photo IS NOT NULL THEN hex(photo) END FROM items ORDER BY id")) {
            while (rs.next()) {
                rows.add(JdbcSink.row(rs));
            }
        }
        return rows;
    }

    /** The table's rows as SQL literals. */
    Set<String> literals() throws SQLException {
        Set<String> literals = new TreeSet<>();
        try (Statement s = application.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT id || ',' || quote(name) || ',' || quote(price) || ',' || lower(quote(photo)) FROM items")) {
            while (rs.next()) {
                literals.add(rs.getString(1).replace("null", "NULL"));
            }
        }
        return literals;
    }

    /** A connector's configuration of packed records. */
    Map<String, String> packed() {
        return connector(BYTES);
    }

    /** A connector's configuration of structs, written as JSON. */
    Map<String, String> json(boolean schemas) {
        Map<String, String> config = connector(JSON);
        config.put(Options.RECORD_FORMAT, Options.RECORD_FORMAT_STRUCT);
        config.put("key.converter.schemas.enable", String.valueOf(schemas));
        config.put("value.converter.schemas.enable", String.valueOf(schemas));
        return config;
    }

    /** A sink connector's configuration. */
    Map<String, String> sink(String connector, String url) {
        return sink(plan, migration, connector, url);
    }

    static Map<String, String> sink(Plan plan, Path migration, String connector, String url) {
        Map<String, String> config = new HashMap<>();
        config.put("name", connector);
        config.put("connector.class", "io.liteferry.sink.connector.LiteferrySinkConnector");
        config.put("tasks.max", "1");
        config.put("migration.file", migration.toString());
        config.put("topics", String.join(",", TopicNames.of(plan).stream(plan)));
        config.put(Options.CONNECTION_URL, url);
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        return config;
    }

    private Map<String, String> connector(String converter) {
        Map<String, String> config = new HashMap<>();
        config.put("name", name);
        config.put("connector.class", "io.liteferry.capture.connector.LiteferrySourceConnector");
        config.put("tasks.max", "1");
        config.put("migration.file", migration.toString());
        config.put("key.converter", converter);
        config.put("value.converter", converter);
        return config;
    }

    String itemsTopic() {
        return TopicNames.of(plan).table("items");
    }

    /** Records of the table so far. */
    List<ConsumerRecord<byte[], byte[]>> items() {
        return read(itemsTopic());
    }

    List<ConsumerRecord<byte[], byte[]>> ends() {
        return read(TopicNames.of(plan).transaction());
    }

    /** A change of the table, in whichever format it was written; a tombstone is none. */
    record Change(BatchId batch, long ordinal, Operation op, long id, String row) {
        private static Change packed(ConsumerRecord<byte[], byte[]> r) {
            PackedReader values = new PackedReader().reset(r.value());
            ChangeFormat.Header h = ChangeFormat.readHeader(values);
            List<SqliteValue> row = new ArrayList<>();
            while (values.hasNext()) {
                row.add(values.nextValue());
            }
            long id = ((SqliteValue.Int) new RowKey(r.key()).values().get(0)).value();
            return new Change(h.batch(), h.ordinal(), h.op(), id, literals(row));
        }

        private static Change struct(ConsumerRecord<byte[], byte[]> r) throws IOException {
            JsonNode envelope = Json.payload(MAPPER.readTree(r.value()));
            JsonNode source = envelope.path("source");
            return new Change(
                    new BatchId(
                            source.path("epoch").asLong(), source.path("batch").asLong()),
                    source.path("ordinal").asLong(),
                    Operation.ofCode(envelope.path("op").asText().charAt(0)),
                    Json.payload(MAPPER.readTree(r.key())).path("id").asLong(),
                    literals(row(envelope.path("after"))));
        }

        /** Empty where the row is gone. */
        private static List<SqliteValue> row(JsonNode after) throws IOException {
            if (!after.isObject()) {
                return List.of();
            }
            return List.of(
                    new SqliteValue.Int(after.path("id").asLong()),
                    after.path("name").isNull()
                            ? SqliteValue.NULL
                            : SqliteValue.Text.of(after.path("name").asText()),
                    after.path("price").isNull()
                            ? SqliteValue.NULL
                            : new SqliteValue.Real(after.path("price").asDouble()),
                    after.path("photo").isNull()
                            ? SqliteValue.NULL
                            : new SqliteValue.Blob(after.path("photo").binaryValue()));
        }

        private static String literals(List<SqliteValue> row) {
            return row.stream().map(Object::toString).collect(Collectors.joining(","));
        }
    }

    List<Change> changes() throws IOException {
        List<Change> changes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> r : items()) {
            if (r.value() != null) {
                changes.add(r.value()[0] == '{' ? Change.struct(r) : Change.packed(r));
            }
        }
        return changes;
    }

    List<BatchEnd> batches() {
        return ends().stream()
                .map(r -> Json.readRecord(r.value(), BatchEnd.class, "test"))
                .toList();
    }

    boolean isConsistent() {
        List<BatchEnd> batches = batches();
        return !batches.isEmpty() && batches.get(batches.size() - 1).consistent();
    }

    /** The last change of each key, up to an END at the log's end, is the table. */
    boolean standsAsInSqlite() throws IOException, SQLException {
        long seq = lastSeq();
        if (batches().stream().noneMatch(e -> e.position().seq() == seq)) {
            return false;
        }
        Map<Long, String> last = new HashMap<>();
        for (Change c : changes()) {
            if (c.op() == Operation.DELETE) {
                last.remove(c.id());
            } else {
                last.put(c.id(), c.row());
            }
        }
        return new TreeSet<>(last.values()).equals(literals());
    }

    /** ENDs that say more or fewer records than there are. */
    List<BatchEnd> incomplete() throws IOException {
        Map<BatchId, Set<Long>> ordinals = new HashMap<>();
        changes()
                .forEach(c -> ordinals.computeIfAbsent(c.batch(), b -> new HashSet<>())
                        .add(c.ordinal()));
        return batches().stream()
                .filter(e ->
                        e.records() != ordinals.getOrDefault(e.id(), Set.of()).size())
                .toList();
    }

    long lastSeq() {
        try {
            return number("SELECT max(seq) FROM _liteferry_log");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        consumer.poll(Duration.ofMillis(50))
                .forEach(r -> records.computeIfAbsent(r.topic(), t -> new ArrayList<>())
                        .add(r));
        return records.getOrDefault(topic, List.of());
    }

    @Override
    public void close() throws SQLException {
        consumer.close();
        application.close();
    }
}
