package io.liteferry.sink.write;

import static io.liteferry.sink.write.FieldEncoders.demand;

import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;

/** Text, bytes, booleans and uuids. Text is checked here: PostgreSQL would refuse the whole COPY for one bad byte. */
final class TextEncoders {
    private static final String HEX = "0123456789abcdef";

    private TextEncoders() {}

    static void text(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.TEXT);
        codePoints(v);
        out.putField(v.array(), v.offset(), v.length());
    }

    static void jsonb(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.TEXT);
        codePoints(v);
        out.putInt(v.length() + 1);
        out.putByte(1); // version of jsonb's network form
        out.putBytes(v.array(), v.offset(), v.length());
    }

    /** varchar(n) and char(n): a cast would cut spaces or pad without a word, so lengths are counted here. */
    static FieldEncoder limited(TargetType type) {
        boolean padded = type.kind() == TargetType.Kind.CHAR;
        int limit = type.precision() != TargetType.NONE ? type.precision() : padded ? 1 : Integer.MAX_VALUE;
        return (c, v, out) -> {
            demand(c, StorageClass.TEXT);
            int length = codePoints(v);
            if (length > limit) {
                throw new Misfit(Misfit.Reason.TOO_LONG);
            }
            if (padded && length < limit && length > 0 && v.array()[v.offset() + v.length() - 1] == ' ') {
                throw new Misfit(Misfit.Reason.NOT_EXACT);
            }
            out.putField(v.array(), v.offset(), v.length());
        };
    }

    static void blob(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.BLOB);
        out.putField(v.array(), v.offset(), v.length());
    }

    /** One class byte, then the value: eight bytes big-endian for numbers, the bytes for text and blobs. */
    static void exact(StorageClass c, PackedReader v, BinaryBuffer out) {
        boolean number = c == StorageClass.INTEGER || c == StorageClass.REAL;
        out.putInt(1 + (number ? 8 : v.length()));
        out.putByte(c.tag());
        if (number) {
            out.putLong(c == StorageClass.INTEGER ? v.integer() : Double.doubleToRawLongBits(v.real()));
        } else {
            out.putBytes(v.array(), v.offset(), v.length());
        }
    }

    static void zeroOne(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.INTEGER);
        if (v.integer() != 0 && v.integer() != 1) {
            throw new Misfit(Misfit.Reason.NOT_A_BOOLEAN);
        }
        out.putInt(1);
        out.putByte((int) v.integer());
    }

    static FieldEncoder words(String yes, String no) {
        return (c, v, out) -> {
            demand(c, StorageClass.TEXT);
            boolean isYes = equalsIgnoringCase(v, yes);
            if (!isYes && !equalsIgnoringCase(v, no)) {
                throw new Misfit(Misfit.Reason.NOT_A_BOOLEAN);
            }
            out.putInt(1);
            out.putByte(isYes ? 1 : 0);
        };
    }

    private static boolean equalsIgnoringCase(PackedReader v, String lower) {
        if (v.length() != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if ((v.array()[v.offset() + i] | 0x20) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static void uuidBlob(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.BLOB);
        if (v.length() != 16) {
            throw new Misfit(Misfit.Reason.NOT_A_UUID);
        }
        out.putField(v.array(), v.offset(), 16);
    }

    /** Only 32 digits in lower case: so they can be given back. */
    static void uuidHex(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.TEXT);
        if (v.length() != 32) {
            throw new Misfit(Misfit.Reason.NOT_A_UUID);
        }
        out.putInt(16);
        for (int i = 0; i < 32; i += 2) {
            int high = HEX.indexOf(v.array()[v.offset() + i]);
            int low = HEX.indexOf(v.array()[v.offset() + i + 1]);
            if (high < 0 || low < 0) {
                throw new Misfit(Misfit.Reason.NOT_A_UUID);
            }
            out.putByte(high << 4 | low);
        }
    }

    /** Only the form PostgreSQL gives back: 36 characters, lower case, hyphens. */
    static void uuidText(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        demand(c, StorageClass.TEXT);
        if (v.length() != 36) {
            throw new Misfit(Misfit.Reason.NOT_A_UUID);
        }
        out.putInt(16);
        int high = -1;
        for (int i = 0; i < 36; i++) {
            int ch = v.array()[v.offset() + i];
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (ch != '-') {
                    throw new Misfit(Misfit.Reason.NOT_A_UUID);
                }
                continue;
            }
            int digit = HEX.indexOf(ch);
            if (digit < 0) {
                throw new Misfit(Misfit.Reason.NOT_A_UUID);
            }
            if (high < 0) {
                high = digit;
            } else {
                out.putByte(high << 4 | digit);
                high = -1;
            }
        }
    }

    /** Counts code points of text PostgreSQL can hold: strict UTF-8 (no surrogates, no overlong forms), no NUL. */
    static int codePoints(PackedReader v) throws Misfit {
        byte[] b = v.array();
        int i = v.offset();
        int end = i + v.length();
        int count = 0;
        while (i < end) {
            int first = b[i];
            if (first > 0) {
                i++;
            } else if (first == 0) {
                throw new Misfit(Misfit.Reason.NUL_IN_TEXT);
            } else {
                i += multiByteLength(b, i, end);
            }
            count++;
        }
        return count;
    }

    private static int multiByteLength(byte[] b, int at, int end) throws Misfit {
        int first = b[at] & 0xFF;
        int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || end - at < length) {
            throw new Misfit(Misfit.Reason.INVALID_UTF8);
        }
        int second = b[at + 1] & 0xFF;
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        boolean good = second >= low && second <= high;
        for (int i = 2; i < length; i++) {
            good &= (b[at + i] & 0xC0) == 0x80;
        }
        if (!good) {
            throw new Misfit(Misfit.Reason.INVALID_UTF8);
        }
        return length;
    }
}
