package io.liteferry.core.planning;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.nio.charset.StandardCharsets;

/** The value a profile looks at; one object is used again for all. Text is checked once, for all its tests. */
final class ObservedValue {
    /** In place of a length: text that PostgreSQL cannot hold, invalid UTF-8 or with a NUL in it. */
    static final int NOT_TEXT = -1;

    private final PackedReader reader;
    private StorageClass storageClass = StorageClass.NULL;
    private int characters;

    ObservedValue(PackedReader reader) {
        this.reader = reader;
    }

    /** Moves to the row's next value. */
    void next() {
        storageClass = reader.next();
        characters = storageClass == StorageClass.TEXT ? countCharacters() : NOT_TEXT;
    }

    StorageClass storageClass() {
        return storageClass;
    }

    boolean is(StorageClass wanted) {
        return storageClass == wanted;
    }

    /** Text that PostgreSQL can hold. */
    boolean isText() {
        return characters != NOT_TEXT;
    }

    long integer() {
        return reader.integer();
    }

    double real() {
        return reader.real();
    }

    /** Length of text in characters (code points), or {@link #NOT_TEXT}. */
    int characters() {
        return characters;
    }

    int bytes() {
        return reader.length();
    }

    int at(int index) {
        return reader.array()[reader.offset() + index] & 0xFF;
    }

    /** The text of {@code count} bytes from {@code index}, where it is known to be ASCII. */
    String ascii(int index, int count) {
        return new String(reader.array(), reader.offset() + index, count, StandardCharsets.US_ASCII);
    }

    String text() {
        return new String(reader.array(), reader.offset(), reader.length(), StandardCharsets.UTF_8);
    }

    byte[] array() {
        return reader.array();
    }

    int offset() {
        return reader.offset();
    }

    private int countCharacters() {
        byte[] b = reader.array();
        int end = reader.offset() + reader.length();
        int count = 0;
        for (int i = reader.offset(); i < end; count++) {
            if (b[i] > 0) {
                i++;
                continue;
            }
            int length = sequenceLength(b, i, end);
            if (length == 0) {
                return NOT_TEXT;
            }
            i += length;
        }
        return count;
    }

    /** Bytes of the character that starts at {@code i} with a byte outside 1 to 127; 0 where it is none. */
    private static int sequenceLength(byte[] b, int i, int end) {
        int first = b[i] & 0xFF;
        int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || end - i < length) {
            return 0;
        }
        for (int k = 1; k < length; k++) {
            if ((b[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        int second = b[i + 1] & 0xFF;
        boolean good = switch (first) {
            case 0xE0 -> second >= 0xA0; // overlong
            case 0xED -> second < 0xA0; // surrogates
            case 0xF0 -> second >= 0x90; // overlong
            case 0xF4 -> second < 0x90; // beyond U+10FFFF
            default -> true;
        };
        return good ? length : 0;
    }
}
