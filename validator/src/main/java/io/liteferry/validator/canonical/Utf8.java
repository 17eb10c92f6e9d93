package io.liteferry.validator.canonical;

/** What PostgreSQL takes for text: valid UTF-8 (no surrogates, no overlong forms) without NUL. */
final class Utf8 {
    private Utf8() {}

    /** The number of characters, or -1 where the bytes are not such text. */
    static int characters(byte[] b, int offset, int length) {
        int end = offset + length;
        int characters = 0;
        int i = offset;
        while (i < end) {
            int lead = b[i];
            if (lead > 0) {
                i++;
            } else {
                int size = sequence(b, i, end);
                if (size == 0) {
                    return -1;
                }
                i += size;
            }
            characters++;
        }
        return characters;
    }

    /** Length of the sequence of several bytes at i, or 0. */
    private static int sequence(byte[] b, int i, int end) {
        int lead = b[i] & 0xFF;
        int size = lead >= 0xC2 && lead <= 0xDF
                ? 2
                : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
        if (size == 0 || end - i < size) {
            return 0;
        }
        for (int k = 1; k < size; k++) {
            if ((b[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        int second = b[i + 1] & 0xFF;
        boolean legal = switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second <= 0x9F;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second <= 0x8F;
            default -> true;
        };
        return legal ? size : 0;
    }
}
