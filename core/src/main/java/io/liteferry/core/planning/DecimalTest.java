package io.liteferry.core.planning;

import io.liteferry.core.plan.TargetType;
import io.liteferry.core.planning.DeclaredType.Affinity;
import java.math.BigDecimal;

/** Whether a number fits {@code numeric} and can be given back, without making objects for each of millions. */
final class DecimalTest {
    /** Below this, a scaled double is an integer with at most 15 digits, and its decimal form is the only short one. */
    private static final double FIFTEEN_DIGITS = 1e15;

    private static final double[] POWERS = new double[23];
    private static final int MOST_WHOLE_DIGITS = 131_072;
    private static final int MOST_FRACTION_DIGITS = 16_383;

    static {
        double power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
    }

    private DecimalTest() {}

    static boolean fits(ObservedValue v, TargetType type, Affinity affinity) {
        boolean declared = type.precision() != TargetType.NONE;
        int whole = declared ? type.precision() - type.scale() : MOST_WHOLE_DIGITS;
        return switch (v.storageClass()) {
            case INTEGER -> digits(v.integer()) <= whole;
            case REAL -> affinity.numeric() && (declared ? fits(v.real(), whole, type.scale()) : finite(v.real()));
            case TEXT -> text(v, whole, declared ? type.scale() : TargetType.NONE);
            default -> false;
        };
    }

    /** A real number of seconds, to the microsecond, between 1973 and 2100. */
    static boolean seconds(double seconds) {
        return seconds >= 1e8 && seconds <= 4_102_444_800.0 && decimal(seconds, 6, 1e16);
    }

    /** Whether the double is the nearest to a decimal with so many digits. */
    static boolean fits(double value, int whole, int scale) {
        if (!finite(value)) {
            return false;
        }
        if (scale >= POWERS.length) {
            BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
            return decimal.scale() <= scale && decimal.precision() - decimal.scale() <= whole;
        }
        return decimal(value, scale, FIFTEEN_DIGITS)
                && (whole >= POWERS.length || Math.abs(value) < POWERS[Math.max(whole, 0)]);
    }

    private static boolean decimal(double value, int scale, double limit) {
        double scaled = Math.rint(value * POWERS[scale]);
        // Both sides of the division are exact, so it is rounded once: to the double nearest to that decimal.
        return Math.abs(scaled) < limit && scaled / POWERS[scale] == value;
    }

    /** Finite, and not -0.0, which numeric has not. */
    private static boolean finite(double value) {
        return Double.isFinite(value) && Double.doubleToRawLongBits(value) != Long.MIN_VALUE;
    }

    private static int digits(long value) {
        int digits = 0;
        for (long rest = value; rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** Digits as PostgreSQL gives them back: no plus, no leading zeros, no exponent, no -0, exactly the declared scale. */
    private static boolean text(ObservedValue v, int whole, int scale) {
        int length = v.bytes();
        int at = length > 0 && v.at(0) == '-' ? 1 : 0;
        int start = at;
        boolean zero = true;
        while (at < length && digit(v.at(at))) {
            zero &= v.at(at) == '0';
            at++;
        }
        int wholeDigits = at - start;
        if (wholeDigits == 0 || wholeDigits > 1 && v.at(start) == '0') {
            return false;
        }
        int fraction = 0;
        if (at < length && v.at(at) == '.') {
            int point = at++;
            while (at < length && digit(v.at(at))) {
                zero &= v.at(at) == '0';
                at++;
            }
            fraction = at - point - 1;
            if (fraction == 0) {
                return false;
            }
        }
        boolean negativeZero = zero && start == 1;
        boolean significantWhole = v.at(start) != '0';
        return at == length
                && !negativeZero
                && fraction <= MOST_FRACTION_DIGITS
                && (scale == TargetType.NONE || fraction == scale)
                && (significantWhole ? wholeDigits : 0) <= whole;
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }
}
