package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TargetType;
import java.util.List;

/**
 * Writes the canonical form of a PostgreSQL row, read in PostgreSQL's binary format. Everything the target can hold has
 * one: what the plan would never put there (infinity, NaN) is a form of its own that no source value has.
 */
public final class TargetForm {
    private static final long EPOCH_DAYS = 10_957;
    private static final long EPOCH_MICROS = EPOCH_DAYS * Iso8601.MICROS_PER_DAY;

    private final TargetType.Kind[] kinds;
    private final int minusInfinityIsNull;

    public TargetForm(List<ColumnPlan> columns) {
        this(columns, -1);
    }

    /** @param minusInfinityIsNull position of the column in which the plan has NULL carried as {@code -infinity}, or -1 */
    public TargetForm(List<ColumnPlan> columns, int minusInfinityIsNull) {
        this.minusInfinityIsNull = minusInfinityIsNull;
        this.kinds = columns.stream().map(c -> c.type().kind()).toArray(TargetType.Kind[]::new);
    }

    public int columns() {
        return kinds.length;
    }

    /**
     * Appends the value of a column.
     *
     * @param length of the value in bytes; -1 for NULL
     */
    public void write(int column, byte[] b, int offset, int length, CanonicalRow row) {
        if (length < 0 || column == minusInfinityIsNull && isMinusInfinity(b, offset, length)) {
            row.putNull();
            return;
        }
        switch (kinds[column]) {
            case SMALLINT, INTEGER, BIGINT -> row.putLong(CanonicalRow.INTEGER, integer(b, offset, length));
            case NUMERIC -> Decimals.putNumeric(row, b, offset);
            case REAL -> row.putReal(Float.intBitsToFloat(BigEndian.integer(b, offset)));
            case DOUBLE -> row.putReal(Double.longBitsToDouble(BigEndian.number(b, offset)));
            case BOOLEAN -> row.putBoolean(b[offset] != 0);
            case TEXT, VARCHAR, CITEXT, ENUM -> row.putBytes(CanonicalRow.TEXT, b, offset, length);
            case CHAR -> row.putBytes(CanonicalRow.TEXT, b, offset, SourceForm.withoutPadding(b, offset, length));
            case BYTEA -> row.putBytes(CanonicalRow.BYTES, b, offset, length);
            case UUID -> row.putUuid(BigEndian.number(b, offset), BigEndian.number(b, offset + 8));
            case JSON -> row.putBytes(CanonicalRow.JSON, b, offset, length);
            case JSONB -> jsonb(b, offset, length, row);
            case DATE -> date(BigEndian.integer(b, offset), row);
            case TIME -> row.putLong(CanonicalRow.TIME, BigEndian.number(b, offset));
            case TIMESTAMP -> time(CanonicalRow.TIMESTAMP, BigEndian.number(b, offset), row);
            case TIMESTAMPTZ -> time(CanonicalRow.INSTANT, BigEndian.number(b, offset), row);
        }
    }

    private static boolean isMinusInfinity(byte[] b, int offset, int length) {
        return length == 4
                ? BigEndian.integer(b, offset) == Integer.MIN_VALUE
                : BigEndian.number(b, offset) == Long.MIN_VALUE;
    }

    private static long integer(byte[] b, int offset, int length) {
        return switch (length) {
            case 2 -> BigEndian.signedShort(b, offset);
            case 4 -> BigEndian.integer(b, offset);
            default -> BigEndian.number(b, offset);
        };
    }

    private static void jsonb(byte[] b, int offset, int length, CanonicalRow row) {
        // One version byte stands before the text.
        JsonForm.of(b, offset + 1, length - 1)
                .ifPresentOrElse(
                        form -> row.putBytes(CanonicalRow.JSON, form, 0, form.length),
                        () -> row.putBytes(CanonicalRow.JSON, b, offset, length));
    }

    private static void date(int days, CanonicalRow row) {
        boolean infinite = days == Integer.MAX_VALUE || days == Integer.MIN_VALUE;
        row.putLong(CanonicalRow.DATE, infinite ? days * (1L << 32) : days + EPOCH_DAYS);
    }

    private static void time(int tag, long micros, CanonicalRow row) {
        boolean infinite = micros == Long.MAX_VALUE || micros == Long.MIN_VALUE;
        row.putLong(tag, infinite ? micros : micros + EPOCH_MICROS);
    }
}
