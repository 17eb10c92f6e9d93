package io.liteferry.sink;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes batches into the topics as capture does, one record at a time, so that a test can leave any of them out. */
final class HandMadeStream implements AutoCloseable {
    static final String LOG = "log-1";

    private final Plan plan;
    private final TopicNames names;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Long> counts = new HashMap<>();
    private long epoch = 1;
    private long batch = 1;
    private long ordinal;
    private long seq;
    private final Map<String, TableEvolution> evolution = new HashMap<>();
    private final List<SchemaChange> schemaChanges = new ArrayList<>();
    private String source;
    private TableProgress.State state = TableProgress.State.STREAMING;
    private @Nullable RecordTag since;

    HandMadeStream(Plan plan) {
        this.plan = plan;
        source = plan.source();
        names = TopicNames.of(plan);
        KafkaClients clients = KafkaClients.of(plan.options());
        try (Admin admin = clients.admin("hand-made")) {
            Topics.makeMissing(admin, plan);
        }
        producer = clients.producer("hand-made");
    }

    HandMadeStream epoch(long number) {
        epoch = number;
        batch = 1;
        ordinal = 0;
        counts.clear();
        return this;
    }

    /** As a capture would whose sources were listed in another order. */
    HandMadeStream of(String otherSource) {
        source = otherSource;
        return this;
    }

    HandMadeStream inSnapshot() {
        state = TableProgress.State.SNAPSHOT;
        return this;
    }

    /** A snapshot that begins anew at the next record; another one, where an earlier one is given. */
    RecordTag snapshotAgain() {
        return snapshotAgain(new RecordTag(epoch, batch, ordinal));
    }

    RecordTag snapshotAgain(RecordTag from) {
        since = from;
        state = TableProgress.State.SNAPSHOT;
        return from;
    }

    HandMadeStream streaming() {
        state = TableProgress.State.STREAMING;
        return this;
    }

    /** The next END carries these changes of a table's columns, after those of before. */
    HandMadeStream evolve(String table, ColumnChange... changes) {
        List<ColumnChange> all = new ArrayList<>();
        TableEvolution before = evolution.get(table);
        if (before != null) {
            all.addAll(before.changes());
        }
        all.addAll(List.of(changes));
        return evolved(table, all, List.of(changes));
    }

    /** As a capture that began before a table's changes were applied. */
    HandMadeStream unaware(String table) {
        evolution.remove(table);
        return this;
    }

    /** The next END carries this history of a table's columns. */
    HandMadeStream evolved(String table, List<ColumnChange> all, List<ColumnChange> now) {
        String digest = EvolvedPlan.digest(plan.table(table).orElseThrow());
        evolution.put(table, new TableEvolution(digest, List.of(), all));
        schemaChanges.add(
                new SchemaChange(table, SchemaChange.Kind.EVOLVED, "a change", List.of(), List.of(), now, false));
        return this;
    }

    HandMadeStream row(String table, Operation op, SqliteValue... values) {
        TablePlan t = plan.table(table).orElseThrow();
        List<SqliteValue> key = t.keyPositions().stream().map(i -> values[i]).toList();
        return send(table, op, key, values);
    }

    /** A row of a table that is carried by its rowid. */
    HandMadeStream rowid(String table, Operation op, long rowid, SqliteValue... values) {
        return send(table, op, List.of(new SqliteValue.Int(rowid)), values);
    }

    HandMadeStream delete(String table, SqliteValue... key) {
        return send(table, Operation.DELETE, List.of(key));
    }

    private HandMadeStream send(String table, Operation op, List<SqliteValue> key, SqliteValue... values) {
        send(record(table, op, key, ordinal++, values));
        counts.merge(names.table(table), 1L, Long::sum);
        return this;
    }

    /** A record as Debezium's envelope in JSON. */
    HandMadeStream json(String table, String key, String after) {
        String value = "{\"before\":null,\"after\":" + after + ",\"source\":{\"epoch\":" + epoch + ",\"batch\":" + batch
                + ",\"ordinal\":" + ordinal++ + ",\"misfit\":null},\"op\":\"c\",\"ts_ms\":1000}";
        send(new ProducerRecord<>(
                names.table(table), 0, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
        counts.merge(names.table(table), 1L, Long::sum);
        return this;
    }

    /** Counts a record that is never sent. */
    HandMadeStream loseOne(String table) {
        ordinal++;
        counts.merge(names.table(table), 1L, Long::sum);
        return this;
    }

    /** Sends a record of the current batch once more, as a retried send of a producer that is not idempotent. */
    HandMadeStream again(String table, long sameOrdinal, Operation op, List<SqliteValue> key, SqliteValue... values) {
        send(record(table, op, key, sameOrdinal, values));
        return this;
    }

    private ProducerRecord<byte[], byte[]> record(
            String table, Operation op, List<SqliteValue> key, long at, SqliteValue... values) {
        PackedWriter w = new PackedWriter();
        ChangeFormat.writeHeader(w, op, new BatchId(epoch, batch), at, 0, values.length);
        for (SqliteValue v : values) {
            w.putValue(v);
        }
        return new ProducerRecord<>(names.table(table), 0, RowKey.of(key).packed(), w.toBytes());
    }

    BatchEnd end() {
        return end(seq + 1);
    }

    BatchEnd end(long atSeq) {
        producer.flush();
        seq = atSeq;
        BatchEnd end = ending(atSeq);
        schemaChanges.clear();
        send(new ProducerRecord<>(
                names.transaction(), 0, plan.name().getBytes(StandardCharsets.UTF_8), Json.bytes(end)));
        producer.flush();
        batch++;
        ordinal = 0;
        counts.clear();
        return end;
    }

    private BatchEnd ending(long atSeq) {
        Map<String, TableProgress> tables = new HashMap<>();
        plan.tables().forEach(t -> tables.put(t.source(), new TableProgress(state, null, 0, 0, null, since)));
        return new BatchEnd(
                source,
                new Position(LOG, epoch, atSeq, atSeq * 31),
                batch,
                1,
                Map.copyOf(counts),
                tables,
                state == TableProgress.State.STREAMING,
                1_000,
                Map.copyOf(evolution),
                List.copyOf(schemaChanges));
    }

    void flush() {
        producer.flush();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush() waits for all of them
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    static List<SqliteValue> key(SqliteValue... values) {
        return new ArrayList<>(List.of(values));
    }

    @Override
    public void close() {
        producer.close();
    }
}
