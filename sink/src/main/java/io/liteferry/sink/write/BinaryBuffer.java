package io.liteferry.sink.write;

import java.util.Arrays;

/** A growing buffer of PostgreSQL's network form: big-endian, every field behind its length. */
final class BinaryBuffer {
    private static final int FIRST = 512;
    /** What one large value needed is not kept for all time. */
    private static final int MOST_KEPT = 16 << 20;

    private byte[] bytes = new byte[FIRST];
    private int length;

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Forgets everything from {@code mark} on. */
    void truncate(int mark) {
        length = mark;
        if (mark == 0 && bytes.length > MOST_KEPT) {
            bytes = new byte[FIRST];
        }
    }

    void putByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    void putShort(int value) {
        ensure(2);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    void putInt(int value) {
        ensure(4);
        setInt(length, value);
        length += 4;
    }

    void putLong(long value) {
        ensure(8);
        byte[] b = bytes;
        int at = length;
        for (int shift = 56; shift >= 0; shift -= 8) {
            b[at++] = (byte) (value >>> shift);
        }
        length = at;
    }

    void putBytes(byte[] source, int offset, int count) {
        ensure(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    /** A whole field: its length, then its bytes. */
    void putField(byte[] source, int offset, int count) {
        putInt(count);
        putBytes(source, offset, count);
    }

    void putNullField() {
        putInt(-1);
    }

    void setShort(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    void setInt(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    int getInt(int at) {
        return (bytes[at] & 0xFF) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            int wanted = Math.addExact(length, more);
            int doubled = bytes.length > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE - 8 : bytes.length * 2;
            bytes = Arrays.copyOf(bytes, Math.max(wanted, doubled));
        }
    }
}
