package io.liteferry.capture.record;

import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * One table's changes in Debezium's envelope. {@code before} is null for updates and holds the key for deletes; every
 * field of a row is optional, because it may be a misfit.
 */
final class TableStructs {
    private static final Schema MISFIT = SchemaBuilder.struct()
            .name("io.liteferry.Misfit")
            .field("class", Schema.STRING_SCHEMA)
            .field("bytes", Schema.BYTES_SCHEMA)
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.liteferry.Source")
            .field("version", Schema.STRING_SCHEMA)
            .field("connector", Schema.STRING_SCHEMA)
            .field("name", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
            .field("db", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("epoch", Schema.INT64_SCHEMA)
            .field("batch", Schema.INT64_SCHEMA)
            .field("ordinal", Schema.INT64_SCHEMA)
            .field(
                    "misfit",
                    SchemaBuilder.map(Schema.STRING_SCHEMA, MISFIT).optional().build())
            .build();

    private final String name;
    private final String source;
    private final TablePlan plan;
    private final String version;
    private final List<FieldForm> keyForms;
    private final List<FieldForm> forms;
    private final Schema key;
    /** Of a key that one of its fields cannot hold: every field may be null. */
    private final Schema misfitKey;

    private final Schema row;
    private final Schema envelope;
    private final PackedReader reader = new PackedReader();

    TableStructs(Plan of, TablePlan plan, String version) {
        this.name = of.name();
        this.source = of.source();
        this.plan = plan;
        String topic = TopicNames.of(of).table(plan.source());
        this.version = version;
        keyForms = plan.key().isRowid()
                ? List.of(new FieldForm(KeyPlan.ROWID_COLUMN, StorageClass.INTEGER, false))
                : plan.keyColumns().stream().map(FieldForm::of).toList();
        forms = plan.columns().stream().map(FieldForm::of).toList();
        SchemaBuilder keys = SchemaBuilder.struct().name(topic + ".Key");
        SchemaBuilder misfitKeys = SchemaBuilder.struct().name(topic + ".Key");
        for (FieldForm f : keyForms) {
            keys.field(f.name(), f.schema());
            misfitKeys.field(f.name(), f.optionalSchema());
        }
        key = keys.build();
        misfitKey = misfitKeys.build();
        SchemaBuilder rows = SchemaBuilder.struct().name(topic + ".Value").optional();
        forms.forEach(f -> rows.field(f.name(), f.optionalSchema()));
        row = rows.build();
        envelope = SchemaBuilder.struct()
                .name(topic + ".Envelope")
                .field("before", row)
                .field("after", row)
                .field("source", SOURCE)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    Payload change(ChangeRecord change) {
        Map<String, Struct> misfits = new TreeMap<>();
        Struct keyStruct = keyOf(change.key(), misfits);
        ChangeFormat.Header h = ChangeFormat.readHeader(reader.reset(change.value()));
        boolean delete = h.op() == Operation.DELETE;
        Struct after = delete ? null : after(misfits);
        Struct value = new Struct(envelope)
                .put("before", delete ? before(keyStruct) : null)
                .put("after", after)
                .put("source", source(h, misfits))
                .put("op", String.valueOf(h.op().code()))
                .put("ts_ms", h.tsMillis());
        return new Payload(keyStruct.schema(), keyStruct, envelope, value);
    }

    private Struct after(Map<String, Struct> misfits) {
        Struct after = new Struct(row);
        List<Field> fields = row.fields();
        for (int i = 0; i < forms.size(); i++) {
            FieldForm form = forms.get(i);
            StorageClass c = reader.next();
            Object value = form.value(c, reader);
            after.put(fields.get(i), value);
            if (!form.isExact(c, value)) {
                misfits.put(form.name(), misfit(c, reader));
            }
        }
        return after;
    }

    private static Struct misfit(StorageClass c, PackedReader r) {
        return new Struct(MISFIT).put("class", c.name()).put("bytes", FieldForm.bytes(c, r));
    }

    private Struct source(ChangeFormat.Header h, Map<String, Struct> misfits) {
        return new Struct(SOURCE)
                .put("version", version)
                .put("connector", "liteferry")
                .put("name", name)
                .put("ts_ms", h.tsMillis())
                .put("snapshot", h.op() == Operation.SNAPSHOT ? "true" : "false")
                .put("db", source)
                .put("table", plan.source())
                .put("epoch", h.batch().epoch())
                .put("batch", h.batch().batch())
                .put("ordinal", h.ordinal())
                .put("misfit", misfits.isEmpty() ? null : misfits);
    }

    private Struct before(Struct keyStruct) {
        Struct before = new Struct(row);
        if (!plan.key().isRowid()) {
            keyForms.forEach(f -> before.put(f.name(), keyStruct.get(f.name())));
        }
        return before;
    }

    /** Where a field cannot hold its part of the key, that is null and stands exactly among the misfits. */
    private Struct keyOf(byte[] packed, Map<String, Struct> misfits) {
        reader.reset(packed);
        Map<String, Object> held = new HashMap<>();
        for (FieldForm form : keyForms) {
            StorageClass c = reader.next();
            Object value = form.value(c, reader);
            if (value == null) {
                misfits.put(form.name(), misfit(c, reader));
            } else {
                held.put(form.name(), value);
            }
        }
        Struct struct = new Struct(misfits.isEmpty() ? key : misfitKey);
        held.forEach(struct::put);
        return struct;
    }
}
