package io.liteferry.sink.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Debezium's envelope in JSON, with or without schemas, made the packed record again that capture had read: exactly, with
 * what {@code source.misfit} holds.
 */
public final class JsonChange {
    private static final JsonMapper MAPPER = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    // A value may be as long as a record.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private JsonChange() {}

    /** Whether a record's value is JSON; a packed one begins with its version. */
    public static boolean isJson(byte[] value) {
        return value.length > 0 && value[0] == '{';
    }

    /** @throws IllegalArgumentException where the record is not of this form */
    public static ChangeRecord of(TablePlan table, byte[] key, byte[] value, long offset) {
        try {
            JsonNode envelope = Json.payload(MAPPER.readTree(value));
            byte[] packedKey = key(table, Json.payload(MAPPER.readTree(key)), envelope);
            return ChangeRecord.of(new PackedReader(), packedKey, value(table, envelope), offset);
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * A record without its key and its row, which this plan cannot read: it may stand behind a change of columns.
     *
     * @throws IllegalArgumentException where it does not even tell its batch
     */
    public static ChangeRecord withoutRow(byte[] value, long offset) {
        try {
            byte[] header = header(Json.payload(MAPPER.readTree(value)), 0).toBytes();
            return ChangeRecord.of(new PackedReader(), new byte[0], header, offset);
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    private static byte[] key(TablePlan table, JsonNode key, JsonNode envelope) throws IOException {
        PackedWriter w = new PackedWriter();
        if (table.key().isRowid()) {
            return w.putInteger(integer(required(key, KeyPlan.ROWID_COLUMN))).toBytes();
        }
        for (ColumnPlan c : table.keyColumns()) {
            JsonNode field = required(key, c.source());
            RowKey.putCanonical(w, field.isNull() ? exact(keyMisfit(envelope, c.source())) : plain(c, field));
        }
        return w.toBytes();
    }

    /** No key holds NULL: what its field could not hold stands among the misfits. */
    private static JsonNode keyMisfit(JsonNode envelope, String column) {
        return required(required(required(envelope, "source"), "misfit"), column);
    }

    private static byte[] value(TablePlan table, JsonNode envelope) throws IOException {
        JsonNode source = required(envelope, "source");
        int columns =
                operation(envelope) == Operation.DELETE ? 0 : table.columns().size();
        PackedWriter w = header(envelope, columns);
        for (ColumnPlan c : table.columns().subList(0, columns)) {
            JsonNode misfit = source.path("misfit").path(c.source());
            w.putValue(misfit.isObject() ? exact(misfit) : plain(c, required(required(envelope, "after"), c.source())));
        }
        return w.toBytes();
    }

    private static PackedWriter header(JsonNode envelope, int columns) throws IOException {
        JsonNode source = required(envelope, "source");
        return ChangeFormat.writeHeader(
                new PackedWriter(),
                operation(envelope),
                new BatchId(integer(required(source, "epoch")), integer(required(source, "batch"))),
                integer(required(source, "ordinal")),
                integer(required(envelope, "ts_ms")),
                columns);
    }

    private static Operation operation(JsonNode envelope) {
        return Operation.ofCode(required(envelope, "op").asText().charAt(0));
    }

    private static SqliteValue plain(ColumnPlan column, JsonNode field) throws IOException {
        if (field.isNull()) {
            return SqliteValue.NULL;
        }
        if (column.encoding() == Encoding.EXACT) {
            byte[] tagged = field.binaryValue();
            return exact(tagged[0], Arrays.copyOfRange(tagged, 1, tagged.length));
        }
        return switch (column.storageClass()) {
            case INTEGER -> new SqliteValue.Int(integer(field));
            case REAL -> new SqliteValue.Real(real(field));
            case TEXT -> new SqliteValue.Text(text(field).getBytes(StandardCharsets.UTF_8));
            case BLOB, NULL -> new SqliteValue.Blob(field.binaryValue());
        };
    }

    private static SqliteValue exact(JsonNode misfit) throws IOException {
        StorageClass c = StorageClass.valueOf(required(misfit, "class").asText());
        return exact(c.tag(), required(misfit, "bytes").binaryValue());
    }

    private static SqliteValue exact(int tag, byte[] bytes) {
        return switch (StorageClass.ofTag(tag)) {
            case NULL -> SqliteValue.NULL;
            case INTEGER -> new SqliteValue.Int(ByteBuffer.wrap(bytes).getLong());
            case REAL -> new SqliteValue.Real(ByteBuffer.wrap(bytes).getDouble());
            case TEXT -> new SqliteValue.Text(bytes);
            case BLOB -> new SqliteValue.Blob(bytes);
        };
    }

    private static JsonNode required(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the field " + name + " is missing");
        }
        return value;
    }

    private static long integer(JsonNode node) {
        if (!node.canConvertToLong() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException("not a 64-bit integer: a " + node.getNodeType());
        }
        return node.longValue();
    }

    private static double real(JsonNode node) {
        if (!node.isNumber()) {
            throw new IllegalArgumentException("not a number: a " + node.getNodeType());
        }
        return node.doubleValue();
    }

    private static String text(JsonNode node) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException("not text: a " + node.getNodeType());
        }
        return node.textValue();
    }
}
