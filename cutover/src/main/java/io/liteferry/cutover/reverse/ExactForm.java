package io.liteferry.cutover.reverse;

import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One class byte, then the value: eight bytes for a number, the bytes of text and blobs. Means PostgreSQL's text of them. */
final class ExactForm implements ColumnForm {
    @Override
    public Object ofTarget(String text) throws Unfit {
        if (text.length() <= TextForms.HEX.length()) {
            throw new Unfit("no class byte");
        }
        return text;
    }

    @Override
    public Optional<Object> ofSource(SqliteValue stored) {
        // A key: an integral REAL is the integer.
        SqliteValue value = RowKey.of(List.of(stored)).values().get(0);
        byte[] bytes = switch (value.storageClass()) {
            case NULL -> new byte[0];
            case INTEGER ->
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(((SqliteValue.Int) value).value())
                        .array();
            case REAL ->
                ByteBuffer.allocate(Long.BYTES)
                        .putDouble(((SqliteValue.Real) value).value())
                        .array();
            case TEXT -> ((SqliteValue.Text) value).utf8();
            case BLOB -> ((SqliteValue.Blob) value).bytes();
        };
        HexFormat hex = HexFormat.of();
        return Optional.of(
                TextForms.HEX + hex.toHexDigits((byte) value.storageClass().tag()) + hex.formatHex(bytes));
    }

    @Override
    public SqliteValue written(Object meaning) throws Unfit {
        byte[] all = TextForms.bytes((String) meaning);
        byte[] bytes = Arrays.copyOfRange(all, 1, all.length);
        boolean number = bytes.length == Long.BYTES;
        for (StorageClass c : StorageClass.values()) {
            if (c.tag() == all[0]) {
                return switch (c) {
                    case INTEGER -> new SqliteValue.Int(demand(number, bytes).getLong());
                    case REAL -> new SqliteValue.Real(demand(number, bytes).getDouble());
                    case TEXT -> new SqliteValue.Text(bytes);
                    case BLOB -> new SqliteValue.Blob(bytes);
                    case NULL -> throw new Unfit("the class byte of NULL");
                };
            }
        }
        throw new Unfit("a class byte that SQLite does not have");
    }

    private static ByteBuffer demand(boolean number, byte[] bytes) throws Unfit {
        if (!number) {
            throw new Unfit("a number that has not eight bytes");
        }
        return ByteBuffer.wrap(bytes);
    }
}
