package io.liteferry.validator.canonical;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/**
 * The canonical form of one row, column by column: a tag byte, a varint length, the bytes. Two rows mean the same exactly
 * where these bytes are equal. One instance is used again for many rows.
 */
public final class CanonicalRow {
    /** Of the form: hashes that were kept can be compared with those of the same version only. */
    public static final int VERSION = 1;

    static final int NULL = 0;
    static final int INTEGER = 1;
    static final int DECIMAL = 2;
    static final int REAL = 3;
    static final int BOOLEAN = 4;
    static final int TEXT = 5;
    static final int BYTES = 6;
    static final int UUID = 7;
    static final int JSON = 8;
    static final int DATE = 9;
    static final int TIME = 10;
    static final int TIMESTAMP = 11;
    static final int INSTANT = 12;
    /** A source value that means nothing under the plan; equal to nothing the target can hold. */
    static final int MISFIT = 13;

    private static final Hasher64 HASHER = Hashing.xxh3_64();

    private final int[] starts;
    private byte[] bytes = new byte[512];
    private int length;
    private int columns;

    /** @param columns of a row at the most */
    public CanonicalRow(int columns) {
        this.starts = new int[columns + 1];
    }

    public CanonicalRow reset() {
        length = 0;
        columns = 0;
        return this;
    }

    /** Of all columns written since {@link #reset()}. */
    public long hash() {
        return HASHER.hashBytesToLong(bytes, 0, length);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Of one column. */
    public long hash(int column) {
        return HASHER.hashBytesToLong(bytes, starts[column], starts[column + 1] - starts[column]);
    }

    /** The bytes of one column. */
    public byte[] column(int column) {
        return Arrays.copyOfRange(bytes, starts[column], starts[column + 1]);
    }

    /** The bytes of some columns, one after the other: the key of the row. */
    public byte[] columns(int[] positions) {
        if (positions.length == 1) {
            return column(positions[0]);
        }
        int size = 0;
        for (int p : positions) {
            size += starts[p + 1] - starts[p];
        }
        byte[] joined = new byte[size];
        int at = 0;
        for (int p : positions) {
            int count = starts[p + 1] - starts[p];
            System.arraycopy(bytes, starts[p], joined, at, count);
            at += count;
        }
        return joined;
    }

    void putNull() {
        begin(NULL, 0);
        end();
    }

    void putMisfit() {
        begin(MISFIT, 0);
        end();
    }

    /** An integer, or a number of microseconds or days. */
    void putLong(int tag, long value) {
        begin(tag, 8);
        putBigEndian(value);
        end();
    }

    void putReal(double value) {
        // NaN has many bit patterns and one meaning; -0.0 is not 0.0.
        putLong(REAL, Double.doubleToLongBits(value));
    }

    void putBoolean(boolean value) {
        begin(BOOLEAN, 1);
        bytes[length++] = (byte) (value ? 1 : 0);
        end();
    }

    void putBytes(int tag, byte[] source, int offset, int count) {
        begin(tag, count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        end();
    }

    void putUuid(long high, long low) {
        begin(UUID, 16);
        putBigEndian(high);
        putBigEndian(low);
        end();
    }

    /** A class byte and eight bytes: a number kept exactly. */
    void putExact(int storageClass, long bits) {
        begin(BYTES, 9);
        bytes[length++] = (byte) storageClass;
        putBigEndian(bits);
        end();
    }

    /** A class byte and the value's bytes: text or a blob kept exactly. */
    void putExact(int storageClass, byte[] source, int offset, int count) {
        begin(BYTES, count + 1);
        bytes[length++] = (byte) storageClass;
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        end();
    }

    private void begin(int tag, int count) {
        int needed = length + 6 + count;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
        }
        starts[columns] = length;
        bytes[length++] = (byte) tag;
        int rest = count;
        while ((rest & ~0x7F) != 0) {
            bytes[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void end() {
        columns++;
        starts[columns] = length;
    }

    private void putBigEndian(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }
}
