package io.liteferry.validator.canonical;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads canonical columns back, one after the other: keys become literals and look-ups from here. */
final class CanonicalReader {
    private final byte[] bytes;
    private int at;
    private int tag;
    private int offset;
    private int length;

    CanonicalReader(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean next() {
        if (at == bytes.length) {
            return false;
        }
        tag = bytes[at++];
        length = 0;
        for (int shift = 0; ; shift += 7) {
            int b = bytes[at++];
            length |= (b & 0x7F) << shift;
            if (b >= 0) {
                break;
            }
        }
        offset = at;
        at += length;
        return true;
    }

    int tag() {
        return tag;
    }

    int offset() {
        return offset;
    }

    int end() {
        return at;
    }

    long number() {
        return BigEndian.number(bytes, offset);
    }

    long lowerNumber() {
        return BigEndian.number(bytes, offset + 8);
    }

    boolean truth() {
        return bytes[offset] != 0;
    }

    byte[] body() {
        return Arrays.copyOfRange(bytes, offset, at);
    }

    String text() {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    /** Only where {@link #finiteDecimal()}. */
    BigDecimal decimal() {
        if (length == 1) {
            return BigDecimal.ZERO;
        }
        BigInteger digits = new BigInteger(1, Arrays.copyOfRange(bytes, offset + 5, at));
        BigDecimal magnitude = new BigDecimal(digits, BigEndian.integer(bytes, offset + 1));
        return bytes[offset] < 0 ? magnitude.negate() : magnitude;
    }

    boolean finiteDecimal() {
        return length == 1 || bytes[offset] != 2;
    }
}
