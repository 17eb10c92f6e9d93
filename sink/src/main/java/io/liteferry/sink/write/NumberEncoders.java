package io.liteferry.sink.write;

import static io.liteferry.sink.write.FieldEncoders.demand;

import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Numbers: an integer stays one, a double keeps its bits, a decimal keeps its digits. */
final class NumberEncoders {
    private static final int NUMERIC_DIGITS_AT_MOST = 16_383;

    private NumberEncoders() {}

    static FieldEncoder integer(TargetType.Kind kind) {
        return switch (kind) {
            case SMALLINT ->
                (c, v, out) -> {
                    out.putInt(2);
                    out.putShort((int) inRange(c, v, Short.MIN_VALUE, Short.MAX_VALUE));
                };
            case INTEGER ->
                (c, v, out) -> {
                    out.putInt(4);
                    out.putInt((int) inRange(c, v, Integer.MIN_VALUE, Integer.MAX_VALUE));
                };
            default ->
                (c, v, out) -> {
                    demand(c, StorageClass.INTEGER);
                    out.putInt(8);
                    out.putLong(v.integer());
                };
        };
    }

    private static long inRange(StorageClass c, PackedReader v, long low, long high) throws Misfit {
        demand(c, StorageClass.INTEGER);
        if (v.integer() < low || v.integer() > high) {
            throw new Misfit(Misfit.Reason.OUT_OF_RANGE);
        }
        return v.integer();
    }

    /** A double as it is, an infinity too; an integer only where a double holds it exactly. */
    static void doublePrecision(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        out.putInt(8);
        out.putLong(Double.doubleToRawLongBits(asDouble(c, v)));
    }

    static void real(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        double d = asDouble(c, v);
        float f = (float) d;
        if (Double.compare(f, d) != 0) {
            throw new Misfit(Misfit.Reason.NOT_EXACT);
        }
        out.putInt(4);
        out.putInt(Float.floatToRawIntBits(f));
    }

    private static double asDouble(StorageClass c, PackedReader v) throws Misfit {
        if (c == StorageClass.INTEGER) {
            double d = v.integer();
            // 2^63 saturates on the way back, so Long.MAX_VALUE would look exact.
            if ((long) d != v.integer() || v.integer() == Long.MAX_VALUE) {
                throw new Misfit(Misfit.Reason.NOT_EXACT);
            }
            return d;
        }
        demand(c, StorageClass.REAL);
        return v.real();
    }

    static FieldEncoder numeric(TargetType type) {
        int scale = type.scale();
        int whole = type.precision() == TargetType.NONE ? TargetType.NONE : type.precision() - scale;
        return (c, v, out) -> putNumeric(fitting(decimal(c, v), whole, scale), out);
    }

    private static BigDecimal decimal(StorageClass c, PackedReader v) throws Misfit {
        return switch (c) {
            case INTEGER -> BigDecimal.valueOf(v.integer());
            case REAL -> shortest(v.real());
            case TEXT -> plainDecimal(v);
            case NULL, BLOB -> throw new Misfit(Misfit.Reason.WRONG_CLASS);
        };
    }

    /** An optional sign, digits, and a point with more digits; no exponent, no spaces, no names of infinities. */
    private static BigDecimal plainDecimal(PackedReader v) throws Misfit {
        byte[] b = v.array();
        int digits = 0;
        int points = 0;
        for (int i = v.offset(); i < v.offset() + v.length(); i++) {
            if (b[i] >= '0' && b[i] <= '9') {
                digits++;
            } else if (b[i] == '.' && points == 0 && digits > 0) {
                points++;
            } else if (!(i == v.offset() && (b[i] == '-' || b[i] == '+'))) {
                throw new Misfit(Misfit.Reason.NOT_A_NUMBER);
            }
        }
        if (digits == 0 || b[v.offset() + v.length() - 1] == '.') {
            throw new Misfit(Misfit.Reason.NOT_A_NUMBER);
        }
        if (digits > NUMERIC_DIGITS_AT_MOST) {
            throw new Misfit(Misfit.Reason.TOO_MANY_DIGITS);
        }
        return new BigDecimal(new String(b, v.offset(), v.length(), StandardCharsets.US_ASCII));
    }

    /**
     * The shortest decimal that reads back as this double. Not {@code Double.toString}: before Java 19 it is now and
     * then one digit too long.
     */
    static BigDecimal shortest(double d) throws Misfit {
        if (!Double.isFinite(d) || d == 0 && Double.doubleToRawLongBits(d) != 0) {
            throw new Misfit(Misfit.Reason.NOT_EXACT);
        }
        BigDecimal exact = new BigDecimal(d);
        for (int digits = 15; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == d) {
                return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    private static BigDecimal fitting(BigDecimal d, int whole, int scale) throws Misfit {
        if (scale == TargetType.NONE) {
            return d;
        }
        BigDecimal stripped = d.signum() == 0 ? BigDecimal.ZERO : d.stripTrailingZeros();
        if (stripped.scale() > scale || stripped.precision() - stripped.scale() > whole && stripped.signum() != 0) {
            throw new Misfit(Misfit.Reason.TOO_MANY_DIGITS);
        }
        return d.setScale(scale, RoundingMode.UNNECESSARY);
    }

    /** numeric's network form: number of base-10000 digits, weight of the first, sign, display scale, the digits. */
    private static void putNumeric(BigDecimal d, BinaryBuffer out) throws Misfit {
        BigDecimal value = d.scale() < 0 ? d.setScale(0, RoundingMode.UNNECESSARY) : d;
        if (value.scale() > NUMERIC_DIGITS_AT_MOST) {
            throw new Misfit(Misfit.Reason.TOO_MANY_DIGITS);
        }
        int scale = value.scale();
        String digits = value.unscaledValue().abs().toString();
        int wholeDigits = Math.max(0, digits.length() - scale);
        String padded = "0".repeat(Math.max(0, scale - digits.length())) + digits;
        String before = padded.substring(0, wholeDigits);
        String after = padded.substring(wholeDigits);
        before = "0".repeat((4 - before.length() % 4) % 4) + before;
        after = after + "0".repeat((4 - after.length() % 4) % 4);
        String all = before + after;
        int first = 0;
        int last = all.length() / 4;
        while (first < last && all.startsWith("0000", first * 4)) {
            first++;
        }
        while (last > first && all.startsWith("0000", (last - 1) * 4)) {
            last--;
        }
        int count = last - first;
        out.putInt(8 + 2 * count);
        out.putShort(count);
        out.putShort(count == 0 ? 0 : before.length() / 4 - 1 - first);
        out.putShort(value.signum() < 0 ? 0x4000 : 0);
        out.putShort(scale);
        for (int i = first; i < last; i++) {
            out.putShort(Integer.parseInt(all, i * 4, i * 4 + 4, 10));
        }
    }
}
