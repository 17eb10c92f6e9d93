package io.liteferry.core.row;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The canonical key of a row: its key values packed in key order, -0.0 as 0.0 and an integral REAL as the integer, so
 * that two values SQLite holds for equal (but for a collation) are one key. Equality is equality of the bytes.
 */
public record RowKey(byte[] packed) {
    private static final int LONGEST_SHOWN = 200;
    private static final int FNV_OFFSET = 0x811C9DC5;
    private static final int FNV_PRIME = 0x01000193;

    public static RowKey of(List<SqliteValue> values) {
        PackedWriter w = new PackedWriter();
        for (SqliteValue v : values) {
            putCanonical(w, v);
        }
        return new RowKey(w.toBytes());
    }

    /** Writes one key value in canonical form. */
    public static PackedWriter putCanonical(PackedWriter w, SqliteValue value) {
        return value instanceof SqliteValue.Real r ? putCanonicalReal(w, r.value()) : w.putValue(value);
    }

    /** Writes a REAL key value in canonical form. */
    public static PackedWriter putCanonicalReal(PackedWriter w, double value) {
        long integral = (long) value;
        // 2^63 saturates to Long.MAX_VALUE, which as a double is 2^63 again: it must stay REAL.
        boolean exact = integral == value && integral != Long.MAX_VALUE;
        return exact ? w.putInteger(integral) : w.putReal(value);
    }

    public List<SqliteValue> values() {
        PackedReader r = new PackedReader().reset(packed);
        List<SqliteValue> values = new ArrayList<>();
        while (r.hasNext()) {
            values.add(r.nextValue());
        }
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey k && Arrays.equals(packed, k.packed);
    }

    @Override
    public int hashCode() {
        return hash(packed);
    }

    /** FNV-1a: {@link Arrays#hashCode(byte[])} gives one value to several of the integers that follow one another. */
    public static int hash(byte[] key) {
        int hash = FNV_OFFSET;
        for (byte b : key) {
            hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
        }
        return hash;
    }

    /** For messages to the operator, SQL literals separated by commas: {@code 7,'abc'}. */
    @Override
    public String toString() {
        return values().stream().map(Object::toString).collect(Collectors.joining(","));
    }

    /** The same for messages: a key may be as long as a record. */
    public String shortened() {
        if (packed.length <= LONGEST_SHOWN) {
            return toString();
        }
        SqliteValue first = values().get(0);
        String start = first instanceof SqliteValue.Text t
                ? "'" + new String(t.utf8(), 0, Math.min(t.utf8().length, LONGEST_SHOWN / 2), StandardCharsets.UTF_8)
                : "a " + first.storageClass();
        return start + "… (" + packed.length + " bytes)";
    }
}
