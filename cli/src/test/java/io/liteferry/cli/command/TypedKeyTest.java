package io.liteferry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypedKeyTest {
    private static TablePlan table(KeyPlan key) {
        return TablePlan.simple(
                "t",
                key,
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT)),
                        ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT)),
                        ColumnPlan.plain("bytes", TargetType.of(TargetType.Kind.BYTEA))));
    }

    private static RowKey key(SqliteValue... values) {
        return RowKey.of(List.of(values));
    }

    @Test
    void aValueHasTheClassOfItsColumn() {
        assertThat(TypedKey.read(table(KeyPlan.primaryKey("id")), "7")).isEqualTo(key(new SqliteValue.Int(7)));
        assertThat(TypedKey.read(table(KeyPlan.primaryKey("name")), "7")).isEqualTo(key(SqliteValue.Text.of("7")));
        assertThat(TypedKey.read(table(KeyPlan.primaryKey("bytes")), "x'0fa0'"))
                .isEqualTo(key(new SqliteValue.Blob(new byte[] {15, -96})));
        assertThat(TypedKey.read(table(KeyPlan.rowid()), "7")).isEqualTo(key(new SqliteValue.Int(7)));
    }

    @Test
    void commasInQuotesAndInASingleKeyPartNothing() {
        assertThat(TypedKey.read(table(KeyPlan.primaryKey("id", "name")), "7,'it''s, well'"))
                .isEqualTo(key(new SqliteValue.Int(7), SqliteValue.Text.of("it's, well")));
        assertThat(TypedKey.read(table(KeyPlan.primaryKey("name")), "a,b")).isEqualTo(key(SqliteValue.Text.of("a,b")));
    }

    @Test
    void whatDoesNotFitItsColumnIsRefusedBecauseItWouldLookLikeARowThatIsGone() {
        assertThatThrownBy(() -> TypedKey.read(table(KeyPlan.primaryKey("id")), "seven"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no 64-bit integer");
        assertThatThrownBy(() -> TypedKey.read(table(KeyPlan.primaryKey("id", "name")), "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the key 2 columns");
    }
}
