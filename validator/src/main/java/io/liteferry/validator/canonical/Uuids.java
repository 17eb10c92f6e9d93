package io.liteferry.validator.canonical;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;

/** A uuid as PostgreSQL reads it: 32 hexadecimal digits of any case, hyphens after groups of four, braces; or 16 bytes. */
final class Uuids {
    private Uuids() {}

    static boolean put(Encoding encoding, StorageClass c, PackedReader v, CanonicalRow row) {
        if (encoding == Encoding.UUID_BLOB) {
            boolean whole = c == StorageClass.BLOB && v.length() == 16;
            if (whole) {
                row.putUuid(BigEndian.number(v.array(), v.offset()), BigEndian.number(v.array(), v.offset() + 8));
            }
            return whole;
        }
        boolean digitsOnly = encoding == Encoding.UUID_HEX;
        if (c != StorageClass.TEXT || digitsOnly && !bareDigits(v)) {
            return false;
        }
        return text(v.array(), v.offset(), v.length(), row);
    }

    private static boolean bareDigits(PackedReader v) {
        boolean bare = v.length() == 32;
        for (int i = 0; bare && i < 32; i++) {
            byte digit = v.array()[v.offset() + i];
            bare = Character.digit(digit, 16) >= 0 && !Character.isUpperCase(digit);
        }
        return bare;
    }

    private static boolean text(byte[] b, int offset, int length, CanonicalRow row) {
        int at = offset;
        int end = offset + length;
        if (length > 1 && b[at] == '{' && b[end - 1] == '}') {
            at++;
            end--;
        }
        long high = 0;
        long low = 0;
        int digits = 0;
        for (; at < end; at++) {
            if (b[at] == '-') {
                if (digits == 0 || digits == 32 || digits % 4 != 0 || b[at - 1] == '-') {
                    return false;
                }
                continue;
            }
            int digit = Character.digit(b[at], 16);
            if (digit < 0 || digits == 32) {
                return false;
            }
            if (digits < 16) {
                high = high << 4 | digit;
            } else {
                low = low << 4 | digit;
            }
            digits++;
        }
        if (digits != 32) {
            return false;
        }
        row.putUuid(high, low);
        return true;
    }
}
