package io.liteferry.sink.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Operation;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonChangeTest {
    private static final TablePlan TABLE = TablePlan.simple(
            "t",
            KeyPlan.primaryKey("id"),
            List.of(
                    ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT)),
                    ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT)),
                    ColumnPlan.plain("price", TargetType.of(TargetType.Kind.DOUBLE))));
    private static final String SOURCE = "\"source\":{\"epoch\":3,\"batch\":4,\"ordinal\":5,\"misfit\":";

    @Test
    void isThePackedRecordAgainMisfitsIncluded() {
        ChangeRecord r = read(
                "{\"id\":7}",
                "{\"before\":null,\"after\":{\"id\":7,\"name\":null,\"price\":10.0}," + SOURCE
                        + "{\"name\":{\"class\":\"TEXT\",\"bytes\":\"/0E=\"},\"price\":{\"class\":\"INTEGER\",\"bytes\":\"AAAAAAAAAAo=\"}}},"
                        + "\"op\":\"u\",\"ts_ms\":1000}");
        assertThat(r.batch()).isEqualTo(new BatchId(3, 4));
        assertThat(r.ordinal()).isEqualTo(5);
        assertThat(r.operation()).isEqualTo(Operation.UPDATE);
        assertThat(r.rowKey()).isEqualTo(RowKey.of(List.of(new SqliteValue.Int(7))));
        PackedReader values = new PackedReader().reset(r.record(), r.values(), r.record().length - r.values());
        List<SqliteValue> row = new ArrayList<>();
        while (values.hasNext()) {
            row.add(values.nextValue());
        }
        assertThat(row)
                .containsExactly(
                        new SqliteValue.Int(7),
                        new SqliteValue.Text(new byte[] {(byte) 0xff, 'A'}),
                        new SqliteValue.Int(10));
    }

    @Test
    void aDeleteHasItsKeyAndNoValues() {
        ChangeRecord r = read(
                "{\"schema\":null,\"payload\":{\"id\":7}}",
                "{\"before\":{\"id\":7},\"after\":null," + SOURCE + "null},\"op\":\"d\",\"ts_ms\":1000}");
        assertThat(r.isDelete()).isTrue();
        assertThat(r.columns()).isZero();
    }

    @Test
    void aKeyThatItsFieldCannotHoldIsTakenFromTheMisfits() {
        ChangeRecord r = read(
                "{\"id\":null}",
                "{\"before\":{\"id\":null},\"after\":null," + SOURCE
                        + "{\"id\":{\"class\":\"TEXT\",\"bytes\":\"c2V2ZW4=\"}}},\"op\":\"d\",\"ts_ms\":1000}");
        assertThat(r.rowKey()).isEqualTo(RowKey.of(List.of(SqliteValue.Text.of("seven"))));
        assertThatThrownBy(() -> read("{\"id\":null}", "{\"after\":null," + SOURCE + "null}}"))
                .hasMessageContaining("the field id is missing");
    }

    @Test
    void guessesNothing() {
        assertThatThrownBy(() -> read("{}", "{\"after\":{}}")).hasMessageContaining("the field id is missing");
        assertThatThrownBy(() -> read("{\"id\":\"7\"}", "{}")).hasMessageContaining("not a 64-bit integer: a STRING");
        assertThatThrownBy(() -> read("{\"id\":7}", "{nonsense")).hasMessageContaining("not JSON");
    }

    private static ChangeRecord read(String key, String value) {
        return JsonChange.of(TABLE, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), 0);
    }
}
