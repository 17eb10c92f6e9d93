package io.liteferry.capture.record;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One column as a field: INT64, FLOAT64, STRING or BYTES by the planned storage class.
 *
 * @param exact any value, as BYTES: one class byte, then {@link #bytes}
 */
record FieldForm(String name, StorageClass planned, boolean exact) {
    private static final long NEGATIVE_ZERO = Double.doubleToRawLongBits(-0.0);

    static FieldForm of(ColumnPlan column) {
        return new FieldForm(column.source(), column.storageClass(), column.encoding() == Encoding.EXACT);
    }

    Schema schema() {
        return builder().build();
    }

    Schema optionalSchema() {
        return builder().optional().build();
    }

    private SchemaBuilder builder() {
        return switch (planned) {
            case INTEGER -> SchemaBuilder.int64();
            case REAL -> SchemaBuilder.float64();
            case TEXT -> SchemaBuilder.string();
            case BLOB, NULL -> SchemaBuilder.bytes();
        };
    }

    /** What the field holds of the value the reader stands on; null where it cannot hold it. */
    @Nullable
    Object value(StorageClass found, PackedReader r) {
        if (found == StorageClass.NULL) {
            return null;
        }
        if (exact) {
            byte[] bytes = bytes(found, r);
            byte[] tagged = new byte[bytes.length + 1];
            tagged[0] = (byte) found.tag();
            System.arraycopy(bytes, 0, tagged, 1, bytes.length);
            return tagged;
        }
        return switch (planned) {
            case INTEGER -> found == StorageClass.INTEGER ? r.integer() : null;
            case REAL -> real(found, r);
            case TEXT -> found == StorageClass.TEXT ? text(r) : null;
            case BLOB, NULL -> found == StorageClass.BLOB ? bytes(found, r) : null;
        };
    }

    /**
     * Whether the field alone tells the value and its class. An integer in a FLOAT64 field does not, though readers may
     * use it: a column of decimals holds 10 as an integer and 10.5 as a real.
     */
    boolean isExact(StorageClass found, @Nullable Object value) {
        return found == StorageClass.NULL || exact || found == planned && value != null;
    }

    private static @Nullable Double real(StorageClass found, PackedReader r) {
        if (found == StorageClass.REAL) {
            // JSON has no infinity, and converters make of it what they like.
            boolean plain = Double.isFinite(r.real()) && Double.doubleToRawLongBits(r.real()) != NEGATIVE_ZERO;
            return plain ? r.real() : null;
        }
        boolean same = found == StorageClass.INTEGER
                && (long) (double) r.integer() == r.integer()
                && r.integer() != Long.MAX_VALUE;
        return same ? (double) r.integer() : null;
    }

    private static @Nullable String text(PackedReader r) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(r.array(), r.offset(), r.length()))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The value's own bytes: big-endian for numbers, as SQLite holds them for text and blobs. */
    static byte[] bytes(StorageClass found, PackedReader r) {
        return switch (found) {
            case NULL -> new byte[0];
            case INTEGER -> ByteBuffer.allocate(Long.BYTES).putLong(r.integer()).array();
            case REAL ->
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(Double.doubleToRawLongBits(r.real()))
                        .array();
            case TEXT, BLOB -> Arrays.copyOfRange(r.array(), r.offset(), r.offset() + r.length());
        };
    }
}
