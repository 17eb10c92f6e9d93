package io.liteferry.core.row;

import java.util.Arrays;

/**
 * Writes values in the packed form: a tag byte (see {@link StorageClass}), then for INTEGER a zigzag varint,
 * for REAL eight bytes big-endian, for TEXT and BLOB a varint length and the bytes as SQLite gave them. One writer is
 * used again for many rows; it is not safe for use by several threads.
 */
public final class PackedWriter {
    private static final int FIRST = 256;
    /** What one large value needed is not kept for all time. */
    private static final int MOST_KEPT = 16 << 20;

    private byte[] bytes = new byte[FIRST];
    private int length;

    public PackedWriter reset() {
        length = 0;
        if (bytes.length > MOST_KEPT) {
            bytes = new byte[FIRST];
        }
        return this;
    }

    public int length() {
        return length;
    }

    /** What was written, at the beginning of this; written over by what follows. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Whether exactly these bytes were written. */
    public boolean contentEquals(byte[] other) {
        return Arrays.equals(bytes, 0, length, other, 0, other.length);
    }

    public PackedWriter putNull() {
        return putByte(StorageClass.NULL.tag());
    }

    public PackedWriter putInteger(long value) {
        return putByte(StorageClass.INTEGER.tag()).putVarint((value << 1) ^ (value >> 63));
    }

    public PackedWriter putReal(double value) {
        ensure(9);
        bytes[length++] = (byte) StorageClass.REAL.tag();
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (bits >>> shift);
        }
        return this;
    }

    public PackedWriter putText(byte[] utf8) {
        return putByte(StorageClass.TEXT.tag()).putVarint(utf8.length).putBytes(utf8, 0, utf8.length);
    }

    public PackedWriter putBlob(byte[] blob) {
        return putByte(StorageClass.BLOB.tag()).putVarint(blob.length).putBytes(blob, 0, blob.length);
    }

    public PackedWriter putValue(SqliteValue value) {
        return switch (value.storageClass()) {
            case NULL -> putNull();
            case INTEGER -> putInteger(((SqliteValue.Int) value).value());
            case REAL -> putReal(((SqliteValue.Real) value).value());
            case TEXT -> putText(((SqliteValue.Text) value).utf8());
            case BLOB -> putBlob(((SqliteValue.Blob) value).bytes());
        };
    }

    /** A bare byte, for headers around the values. */
    public PackedWriter putByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** An unsigned varint, seven bits a byte, lowest first. */
    public PackedWriter putVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    public PackedWriter putBytes(byte[] source, int offset, int count) {
        ensure(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            int wanted = Math.addExact(length, more);
            int doubled = bytes.length > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE - 8 : bytes.length * 2;
            bytes = Arrays.copyOf(bytes, Math.max(wanted, doubled));
        }
    }
}
