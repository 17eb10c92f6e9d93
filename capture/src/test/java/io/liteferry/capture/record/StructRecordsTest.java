package io.liteferry.capture.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructRecordsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final SqliteValue INVALID = new SqliteValue.Text(new byte[] {(byte) 0xff, 'A'});
    private static final RowKey SEVEN = RowKey.of(List.of(new SqliteValue.Int(7)));

    private final RecordFormat format = RecordFormat.of(
            new Plan(
                    "shop",
                    Options.of(Map.of(Options.RECORD_FORMAT, Options.RECORD_FORMAT_STRUCT)),
                    List.of(
                            TablePlan.simple(
                                    "items",
                                    KeyPlan.primaryKey("id"),
                                    List.of(
                                            column("id", "bigint"),
                                            column("name", "text"),
                                            column("price", "numeric(10,2)"),
                                            column("photo", "bytea"),
                                            column("made", "timestamp").withEncoding(Encoding.UNIX_MILLIS),
                                            column("any", "bytea").withEncoding(Encoding.EXACT))),
                            TablePlan.simple("notes", KeyPlan.rowid(), List.of(column("n", "text"))))),
            "1");

    private static ColumnPlan column(String name, String type) {
        return ColumnPlan.plain(name, TargetType.parse(type).orElseThrow());
    }

    @Test
    void aRowAsPlannedStandsInAfterAndIsNoMisfit() throws IOException {
        JsonNode value = json(items(
                Operation.CREATE,
                new SqliteValue.Int(7),
                SqliteValue.Text.of("tea é"),
                new SqliteValue.Real(0.1),
                new SqliteValue.Blob(new byte[] {1, 2}),
                new SqliteValue.Int(Long.MAX_VALUE),
                SqliteValue.Text.of("x")));
        assertThat(value.get("op").asText()).isEqualTo("c");
        assertThat(value.get("before").isNull()).isTrue();
        assertThat(value.get("after").toString())
                .isEqualTo(
                        "{\"id\":7,\"name\":\"tea é\",\"price\":0.1,\"photo\":\"AQI=\",\"made\":9223372036854775807,\"any\":\"A3g=\"}");
        JsonNode source = value.get("source");
        assertThat(source.get("misfit").isNull()).isTrue();
        assertThat(source.toString())
                .startsWith(
                        "{\"version\":\"1\",\"connector\":\"liteferry\",\"name\":\"shop\",\"ts_ms\":1000,\"snapshot\":\"false\",\"db\":\"shop\",\"table\":\"items\",\"epoch\":3,\"batch\":4,\"ordinal\":5");
    }

    @Test
    void aValueThatTheFieldCannotHoldIsNullAndStandsBesideExactly() throws IOException {
        JsonNode value = json(items(
                Operation.UPDATE,
                new SqliteValue.Int(7),
                INVALID,
                new SqliteValue.Real(Double.POSITIVE_INFINITY),
                SqliteValue.Text.of("not bytes"),
                new SqliteValue.Real(0.5),
                SqliteValue.NULL));
        assertThat(value.get("after").toString())
                .isEqualTo("{\"id\":7,\"name\":null,\"price\":null,\"photo\":null,\"made\":null,\"any\":null}");
        assertThat(value.get("source").get("misfit").toString())
                .isEqualTo("{\"made\":{\"class\":\"REAL\",\"bytes\":\"P+AAAAAAAAA=\"},"
                        + "\"name\":{\"class\":\"TEXT\",\"bytes\":\"/0E=\"},"
                        + "\"photo\":{\"class\":\"TEXT\",\"bytes\":\"bm90IGJ5dGVz\"},"
                        + "\"price\":{\"class\":\"REAL\",\"bytes\":\"f/AAAAAAAAA=\"}}");
    }

    @Test
    void negativeZeroIsAMisfitAndAnIntegerInAFieldOfRealsIsReadableToo() throws IOException {
        JsonNode zero = json(items(new SqliteValue.Real(-0.0)));
        assertThat(zero.get("after").get("price").isNull()).isTrue();
        assertThat(zero.get("source").get("misfit").get("price").get("bytes").asText())
                .isEqualTo("gAAAAAAAAAA=");
        JsonNode ten = json(items(new SqliteValue.Int(10)));
        assertThat(ten.get("after").get("price").asDouble()).isEqualTo(10);
        assertThat(ten.get("source").get("misfit").get("price").get("class").asText())
                .isEqualTo("INTEGER");
        JsonNode odd = json(items(new SqliteValue.Int((1L << 53) + 1)));
        assertThat(odd.get("after").get("price").isNull()).isTrue();
    }

    @Test
    void aDeleteHoldsItsKeyBeforeAndIsFollowedByATombstone() throws IOException {
        Payload delete = format.change(change(0, Operation.DELETE, SEVEN));
        JsonNode value = json(delete);
        assertThat(value.get("before").get("id").asLong()).isEqualTo(7);
        assertThat(value.get("after").isNull()).isTrue();
        assertThat(value.get("op").asText()).isEqualTo("d");
        assertThat(format.tombstones()).isTrue();
        assertThat(delete.tombstone().value()).isNull();
        assertThat(delete.tombstone().key()).isEqualTo(delete.key());
    }

    @Test
    void aTableCarriedByRowidHasItInItsKey() {
        Payload note = format.change(change(1, Operation.CREATE, SEVEN, SqliteValue.Text.of("n")));
        assertThat(((Struct) note.key()).getInt64(KeyPlan.ROWID_COLUMN)).isEqualTo(7);
    }

    @Test
    void aKeyOfAnotherClassThanPlannedIsNullAndStandsAmongTheMisfits() throws IOException {
        RowKey text = RowKey.of(List.of(SqliteValue.Text.of("seven")));
        Payload delete = format.change(change(0, Operation.DELETE, text));
        assertThat(((Struct) delete.key()).get("id")).isNull();
        assertThat(delete.keySchema().field("id").schema().isOptional()).isTrue();
        JsonNode value = json(delete);
        assertThat(value.get("before").get("id").isNull()).isTrue();
        assertThat(value.get("source").get("misfit").toString())
                .isEqualTo("{\"id\":{\"class\":\"TEXT\",\"bytes\":\"c2V2ZW4=\"}}");
        Payload planned = format.change(change(0, Operation.DELETE, SEVEN));
        assertThat(planned.keySchema().field("id").schema().isOptional()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEndIsReadBackFromJsonAsItWas(boolean schemas) {
        Payload written = format.end(end());
        byte[] json = converted(written.valueSchema(), written.value(), schemas);
        BatchEnd read = Json.readRecord(json, BatchEnd.class, "test");
        assertThat(read).usingRecursiveComparison().isEqualTo(end());
    }

    private static BatchEnd end() {
        return new BatchEnd(
                "shop",
                new Position("log", 3, 17, Long.MIN_VALUE),
                4,
                9,
                Map.of("shop.items", 6L),
                Map.of(
                        "items", TableProgress.pending(10).snapshotAt(SEVEN.packed(), 2),
                        "notes", TableProgress.pending(0).suspended("because")),
                false,
                1234);
    }

    private Payload items(SqliteValue price) {
        return items(
                Operation.SNAPSHOT,
                new SqliteValue.Int(7),
                SqliteValue.NULL,
                price,
                SqliteValue.NULL,
                SqliteValue.NULL,
                SqliteValue.NULL);
    }

    private Payload items(Operation op, SqliteValue... values) {
        return format.change(change(0, op, SEVEN, values));
    }

    private static ChangeRecord change(int table, Operation op, RowKey key, SqliteValue... values) {
        PackedWriter w = new PackedWriter();
        ChangeFormat.writeHeader(w, op, new BatchId(3, 4), 5, 1000, values.length);
        for (SqliteValue v : values) {
            w.putValue(v);
        }
        return new ChangeRecord(table, op, key.packed(), w.toBytes());
    }

    private static JsonNode json(Payload p) throws IOException {
        return JSON.readTree(converted(p.valueSchema(), p.value(), false));
    }

    private static byte[] converted(@Nullable Schema schema, @Nullable Object value, boolean schemas) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", schemas), false);
            return converter.fromConnectData("topic", schema, value);
        }
    }
}
