package io.liteferry.validator.canonical;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads numbers in network order, as PostgreSQL's binary format has them. */
final class BigEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    static int signedShort(byte[] b, int offset) {
        return (short) SHORT.get(b, offset);
    }

    static int unsignedShort(byte[] b, int offset) {
        return signedShort(b, offset) & 0xFFFF;
    }

    static int integer(byte[] b, int offset) {
        return (int) INT.get(b, offset);
    }

    static long number(byte[] b, int offset) {
        return (long) LONG.get(b, offset);
    }
}
