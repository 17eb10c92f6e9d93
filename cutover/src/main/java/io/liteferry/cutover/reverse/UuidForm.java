package io.liteferry.cutover.reverse;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.row.SqliteValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** A uuid as text, as 32 digits or as sixteen bytes. Means a {@link UUID}. */
record UuidForm(Encoding encoding) implements ColumnForm {
    private static final int BYTES = 16;
    private static final String HYPHENS = "(.{8})(.{4})(.{4})(.{4})(.{12})";

    @Override
    public Object ofTarget(String text) {
        return UUID.fromString(text);
    }

    @Override
    public Optional<Object> ofSource(SqliteValue value) {
        if (encoding == Encoding.UUID_BLOB) {
            return value instanceof SqliteValue.Blob b && b.bytes().length == BYTES
                    ? Optional.of(new UUID(
                            ByteBuffer.wrap(b.bytes()).getLong(),
                            ByteBuffer.wrap(b.bytes()).getLong(Long.BYTES)))
                    : Optional.empty();
        }
        if (!(value instanceof SqliteValue.Text t)) {
            return Optional.empty();
        }
        String text = new String(t.utf8(), StandardCharsets.UTF_8);
        String hyphened =
                encoding == Encoding.UUID_HEX ? text.replaceFirst("^" + HYPHENS + "$", "$1-$2-$3-$4-$5") : text;
        try {
            UUID uuid = UUID.fromString(hyphened);
            return uuid.toString().equals(hyphened) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public SqliteValue written(Object meaning) {
        UUID uuid = (UUID) meaning;
        if (encoding == Encoding.UUID_BLOB) {
            return new SqliteValue.Blob(ByteBuffer.allocate(BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        }
        String text = uuid.toString();
        return SqliteValue.Text.of(encoding == Encoding.UUID_HEX ? text.replace("-", "") : text);
    }
}
