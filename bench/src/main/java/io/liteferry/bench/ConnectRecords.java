package io.liteferry.bench;

import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** One topic of ours as Connect would hand it to a sink: Debezium's envelopes, made of the records that our sink reads. */
final class ConnectRecords implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final TopicPartition partition;
    private final Consumer<byte[], byte[]> consumer;
    private final Schema key;
    private final Schema row;
    private final Schema envelope;
    private final PackedReader reader = new PackedReader();

    ConnectRecords(Plan plan, UpsertTable table) {
        partition = new TopicPartition(TopicNames.of(plan).table(table.table()), 0);
        consumer = KafkaClients.of(plan.options()).consumer("bench-" + table.label());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        SchemaBuilder values = SchemaBuilder.struct().name("Value").optional();
        for (ColumnPlan c : table.plan().columns()) {
            // A deleted row's other columns are not in its record.
            values.field(c.source(), optional(c));
        }
        key = SchemaBuilder.struct()
                .name("Key")
                .field("id", table == UpsertTable.INTEGER_KEYS ? Schema.INT64_SCHEMA : Schema.STRING_SCHEMA)
                .build();
        row = values.build();
        envelope = SchemaBuilder.struct()
                .name("bench." + table.table() + ".Envelope")
                .field("before", row)
                .field("after", row)
                .field("op", Schema.STRING_SCHEMA)
                .build();
    }

    private static Schema optional(ColumnPlan c) {
        return switch (c.type().kind()) {
            case BIGINT -> Schema.OPTIONAL_INT64_SCHEMA;
            case DOUBLE -> Schema.OPTIONAL_FLOAT64_SCHEMA;
            default -> Schema.OPTIONAL_STRING_SCHEMA;
        };
    }

    /** All that the topic holds and was not read yet; tombstones are passed over. */
    List<SinkRecord> rest() {
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        List<SinkRecord> records = new ArrayList<>();
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(POLL)) {
                if (r.value() != null) {
                    records.add(record(r));
                }
            }
        }
        return records;
    }

    private SinkRecord record(ConsumerRecord<byte[], byte[]> r) {
        Struct keyStruct = new Struct(key).put("id", value(reader.reset(r.key()).nextValue()));
        ChangeFormat.Header header = ChangeFormat.readHeader(reader.reset(r.value()));
        Struct value = new Struct(envelope).put("op", String.valueOf(header.op().code()));
        if (header.op() == Operation.DELETE) {
            value.put("before", new Struct(row).put("id", keyStruct.get("id")));
        } else {
            Struct after = new Struct(row);
            for (int i = 0; i < header.columns(); i++) {
                after.put(row.fields().get(i), value(reader.nextValue()));
            }
            value.put("after", after);
        }
        return new SinkRecord(r.topic(), 0, key, keyStruct, envelope, value, r.offset());
    }

    private static @Nullable Object value(SqliteValue v) {
        if (v instanceof SqliteValue.Int i) {
            return i.value();
        }
        if (v instanceof SqliteValue.Real d) {
            return d.value();
        }
        return v instanceof SqliteValue.Text t ? new String(t.utf8(), StandardCharsets.UTF_8) : null;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
