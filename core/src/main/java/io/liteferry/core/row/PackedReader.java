package io.liteferry.core.row;

import java.util.Arrays;

/**
 * Reads the packed form, one value after the other, without copying: {@link #next()} moves to a value, the accessors give
 * it. For TEXT and BLOB the bytes stand in {@link #array()} from {@link #offset()}, {@link #length()} of them.
 *
 * <p>Every method throws {@link IllegalArgumentException} where the bytes are not of this form; nothing is guessed.
 */
public final class PackedReader {
    private byte[] bytes = new byte[0];
    private int position;
    private int end;
    private long integer;
    private double real;
    private int offset;
    private int length;

    public PackedReader reset(byte[] source) {
        return reset(source, 0, source.length);
    }

    public PackedReader reset(byte[] source, int from, int count) {
        this.bytes = source;
        this.position = from;
        this.end = from + count;
        return this;
    }

    public boolean hasNext() {
        return position < end;
    }

    /** Where the next value begins. */
    public int position() {
        return position;
    }

    public StorageClass next() {
        StorageClass c = StorageClass.ofTag(readByte());
        switch (c) {
            case NULL -> {}
            case INTEGER -> {
                long zigzag = readVarint();
                integer = (zigzag >>> 1) ^ -(zigzag & 1);
            }
            case REAL -> real = Double.longBitsToDouble(readLong());
            case TEXT, BLOB -> {
                long count = readVarint();
                if (count < 0 || count > end - position) {
                    throw new IllegalArgumentException(
                            "a value of " + count + " bytes, " + (end - position) + " are left");
                }
                offset = position;
                length = (int) count;
                position += length;
            }
        }
        return c;
    }

    public long integer() {
        return integer;
    }

    public double real() {
        return real;
    }

    public byte[] array() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** The next value as an object, for everything that is not a hot path. */
    public SqliteValue nextValue() {
        return switch (next()) {
            case NULL -> SqliteValue.NULL;
            case INTEGER -> new SqliteValue.Int(integer);
            case REAL -> new SqliteValue.Real(real);
            case TEXT -> new SqliteValue.Text(Arrays.copyOfRange(bytes, offset, offset + length));
            case BLOB -> new SqliteValue.Blob(Arrays.copyOfRange(bytes, offset, offset + length));
        };
    }

    public int readByte() {
        if (position >= end) {
            throw new IllegalArgumentException("the packed form ends in the middle of a value");
        }
        return bytes[position++] & 0xFF;
    }

    public long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = readByte();
            value |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint of more than ten bytes");
    }

    /** Eight bytes, big-endian. */
    public long readLong() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | readByte();
        }
        return value;
    }
}
