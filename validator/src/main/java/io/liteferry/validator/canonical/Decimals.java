package io.liteferry.validator.canonical;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Decimal numbers by their value: 1.50 is 1.5. Canonical bytes: sign, exponent of ten of the last digit, and the digits
 * without trailing zeros as an unsigned integer.
 */
final class Decimals {
    private static final int LONGEST_TEXT = 200_000;
    private static final int NUMERIC_NEGATIVE = 0x4000;
    private static final int NUMERIC_NAN = 0xC000;

    private Decimals() {}

    /** A decimal number as text, or empty where the text is none. */
    static Optional<BigDecimal> parse(byte[] text, int offset, int length) {
        if (length == 0 || length > LONGEST_TEXT) {
            return Optional.empty();
        }
        try {
            BigDecimal value = new BigDecimal(new String(text, offset, length, StandardCharsets.US_ASCII).strip());
            // PostgreSQL's limits; beyond them nothing can be equal and arithmetic would take for ever.
            return Math.abs((long) value.scale()) > 131_072 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The shortest decimal that reads back as this double: what the number meant to who wrote it. */
    static BigDecimal shortest(double finite) {
        BigDecimal exact = new BigDecimal(finite);
        for (int digits = 15; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == finite) {
                return rounded;
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
    }

    /** Whether numeric(precision, scale) holds the value without rounding. */
    static boolean fits(BigDecimal value, int precision, int scale) {
        if (value.signum() == 0) {
            // Zero counts as one digit before the point, which numeric(4,4) has no room for and does not need.
            return true;
        }
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() <= scale && stripped.precision() - stripped.scale() <= precision - scale;
    }

    static void put(CanonicalRow row, long value) {
        put(row, BigDecimal.valueOf(value));
    }

    static void put(CanonicalRow row, BigDecimal value) {
        byte[] bytes = bytes(value);
        row.putBytes(CanonicalRow.DECIMAL, bytes, 0, bytes.length);
    }

    static byte[] bytes(BigDecimal value) {
        if (value.signum() == 0) {
            return new byte[1];
        }
        BigDecimal stripped = value.stripTrailingZeros();
        byte[] digits = stripped.unscaledValue().abs().toByteArray();
        byte[] bytes = new byte[5 + digits.length];
        bytes[0] = (byte) stripped.signum();
        int scale = stripped.scale();
        for (int i = 0; i < 4; i++) {
            bytes[1 + i] = (byte) (scale >>> (24 - 8 * i));
        }
        System.arraycopy(digits, 0, bytes, 5, digits.length);
        return bytes;
    }

    /** PostgreSQL's binary numeric: digits of base 10,000, their weight, a sign, the display scale. */
    static void putNumeric(CanonicalRow row, byte[] b, int offset) {
        int count = BigEndian.unsignedShort(b, offset);
        int weight = BigEndian.signedShort(b, offset + 2);
        int sign = BigEndian.unsignedShort(b, offset + 4);
        if (sign != 0 && sign != NUMERIC_NEGATIVE) {
            // NaN and the infinities: no finite number, so told apart by their sign word alone.
            byte[] special = {2, (byte) (sign == NUMERIC_NAN ? 0 : sign >>> 12)};
            row.putBytes(CanonicalRow.DECIMAL, special, 0, special.length);
            return;
        }
        int scale = 4 * (count - 1 - weight);
        BigDecimal value;
        if (count <= 4) {
            long unscaled = 0;
            for (int i = 0; i < count; i++) {
                unscaled = unscaled * 10_000 + BigEndian.unsignedShort(b, offset + 8 + 2 * i);
            }
            value = BigDecimal.valueOf(sign == 0 ? unscaled : -unscaled, scale);
        } else {
            StringBuilder digits = new StringBuilder(4 * count + 1).append(sign == 0 ? "" : "-");
            for (int i = 0; i < count; i++) {
                int group = BigEndian.unsignedShort(b, offset + 8 + 2 * i);
                digits.append((char) ('0' + group / 1000))
                        .append((char) ('0' + group / 100 % 10))
                        .append((char) ('0' + group / 10 % 10))
                        .append((char) ('0' + group % 10));
            }
            value = new BigDecimal(new BigInteger(digits.toString()), scale);
        }
        put(row, value);
    }
}
