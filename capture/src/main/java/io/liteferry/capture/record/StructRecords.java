package io.liteferry.capture.record;

import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.SchemaChangeEvent;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Debezium's envelope, with the schema names by which its transforms and sinks know it; ENDs as structs of our own. */
final class StructRecords implements RecordFormat {
    private final List<TableStructs> tables;
    private final boolean tombstones;
    private final Schema endKeySchema;
    private final Struct endKey;

    StructRecords(Plan plan, String version) {
        TopicNames names = TopicNames.of(plan);
        tables = plan.tables().stream()
                .map(t -> new TableStructs(plan, t, version))
                .toList();
        tombstones = plan.options().flag(Options.TOMBSTONES_ON_DELETE);
        endKeySchema = SchemaBuilder.struct()
                .name(names.transaction() + ".Key")
                .field("source", Schema.STRING_SCHEMA)
                .build();
        endKey = new Struct(endKeySchema).put("source", plan.source());
    }

    @Override
    public Payload change(ChangeRecord change) {
        return tables.get(change.table()).change(change);
    }

    @Override
    public Payload end(BatchEnd end) {
        return new Payload(endKeySchema, endKey, JavaRecords.schema(BatchEnd.class), JavaRecords.struct(end));
    }

    @Override
    public Payload schemaChange(SchemaChangeEvent event) {
        return new Payload(
                endKeySchema, endKey, JavaRecords.schema(SchemaChangeEvent.class), JavaRecords.struct(event));
    }

    @Override
    public boolean tombstones() {
        return tombstones;
    }
}
