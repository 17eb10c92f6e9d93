package io.liteferry.core.sqlite;

import java.util.Arrays;

/**
 * Text of a UTF-16 database as UTF-8, exactly. SQLite's own conversion and the driver's turn what is no character (a
 * surrogate without its other half) into another text; here it keeps its bits, in three bytes that are not valid UTF-8,
 * so that it is found a misfit like any other text that is none.
 */
final class Utf16Text {
    private Utf16Text() {}

    static byte[] toUtf8(byte[] utf16, boolean bigEndian) {
        byte[] out = new byte[utf16.length / 2 * 3 + 2];
        int n = 0;
        int i = 0;
        while (i + 1 < utf16.length) {
            int c = unit(utf16, i, bigEndian);
            i += 2;
            boolean pair = Character.isHighSurrogate((char) c)
                    && i + 1 < utf16.length
                    && Character.isLowSurrogate((char) unit(utf16, i, bigEndian));
            if (pair) {
                c = Character.toCodePoint((char) c, (char) unit(utf16, i, bigEndian));
                i += 2;
            }
            n = put(out, n, c);
        }
        if (i < utf16.length) {
            // Half a unit: 0xFF stands nowhere in UTF-8.
            out[n++] = (byte) 0xFF;
            out[n++] = utf16[i];
        }
        return Arrays.copyOf(out, n);
    }

    private static int unit(byte[] utf16, int at, boolean bigEndian) {
        int first = utf16[at] & 0xFF;
        int second = utf16[at + 1] & 0xFF;
        return bigEndian ? first << 8 | second : second << 8 | first;
    }

    private static int put(byte[] out, int at, int c) {
        int n = at;
        if (c < 0x80) {
            out[n++] = (byte) c;
        } else if (c < 0x800) {
            out[n++] = (byte) (0xC0 | c >> 6);
            out[n++] = (byte) (0x80 | c & 0x3F);
        } else if (c < 0x10000) {
            out[n++] = (byte) (0xE0 | c >> 12);
            out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
            out[n++] = (byte) (0x80 | c & 0x3F);
        } else {
            out[n++] = (byte) (0xF0 | c >> 18);
            out[n++] = (byte) (0x80 | c >> 12 & 0x3F);
            out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
            out[n++] = (byte) (0x80 | c & 0x3F);
        }
        return n;
    }
}
