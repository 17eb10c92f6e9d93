package io.liteferry.core.planning;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.planning.DeclaredType.Affinity;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.row.StorageClass;

/** Whether a value fits a target type in an encoding, and can be given back. Never asked about NULL. */
@FunctionalInterface
interface ValueTest {
    boolean fits(ObservedValue v);

    /** Integers a double holds exactly. */
    long EXACT_IN_DOUBLE = 1L << 53;

    static ValueTest of(Meaning meaning, Affinity affinity) {
        TargetType type = meaning.type();
        if (meaning.encoding() == Encoding.EXACT) {
            return v -> true;
        }
        return switch (type.kind()) {
            case SMALLINT -> v -> v.is(StorageClass.INTEGER) && (short) v.integer() == v.integer();
            case INTEGER -> v -> v.is(StorageClass.INTEGER) && (int) v.integer() == v.integer();
            case BIGINT -> v -> v.is(StorageClass.INTEGER);
            case NUMERIC -> v -> DecimalTest.fits(v, type, affinity);
            case REAL -> v -> v.is(StorageClass.REAL) && Double.compare((float) v.real(), v.real()) == 0;
            case DOUBLE ->
                v -> v.is(StorageClass.REAL)
                        || affinity.numeric()
                                && v.is(StorageClass.INTEGER)
                                && Math.abs(v.integer()) <= EXACT_IN_DOUBLE
                                && v.integer() != Long.MIN_VALUE;
            case BOOLEAN -> bool(meaning.encoding());
            case TEXT, CITEXT, ENUM -> ObservedValue::isText;
            case VARCHAR ->
                v -> v.isText() && (type.precision() == TargetType.NONE || v.characters() <= type.precision());
            case CHAR -> v -> v.isText() && v.characters() == Math.max(1, type.precision());
            case BYTEA -> v -> v.is(StorageClass.BLOB);
            case UUID ->
                switch (meaning.encoding()) {
                    case UUID_BLOB -> v -> v.is(StorageClass.BLOB) && v.bytes() == 16;
                    case UUID_HEX -> v -> v.is(StorageClass.TEXT) && v.bytes() == 32 && hexadecimal(v, 0, 32);
                    default -> ValueTest::canonicalUuid;
                };
            case JSON -> v -> v.isText() && JsonText.look(v).valid();
            case JSONB -> v -> v.isText() && JsonText.look(v).sameAsJsonb();
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> moment(meaning);
        };
    }

    private static ValueTest bool(Encoding encoding) {
        return switch (encoding) {
            case TRUE_FALSE -> v -> word(v, "true") || word(v, "false");
            case T_F -> v -> word(v, "t") || word(v, "f");
            case YES_NO -> v -> word(v, "yes") || word(v, "no");
            case Y_N -> v -> word(v, "y") || word(v, "n");
            default -> v -> v.is(StorageClass.INTEGER) && (v.integer() == 0 || v.integer() == 1);
        };
    }

    private static boolean word(ObservedValue v, String lower) {
        return v.is(StorageClass.TEXT)
                && v.bytes() == lower.length()
                && v.ascii(0, v.bytes()).equalsIgnoreCase(lower);
    }

    /** Only the form PostgreSQL gives back: lower case with hyphens. */
    private static boolean canonicalUuid(ObservedValue v) {
        if (!v.is(StorageClass.TEXT) || v.bytes() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            if (hyphen ? v.at(i) != '-' : !hexadecimal(v, i, i + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hexadecimal(ObservedValue v, int from, int to) {
        for (int i = from; i < to; i++) {
            int c = v.at(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static ValueTest moment(Meaning meaning) {
        return switch (meaning.encoding()) {
            case UNIX_SECONDS -> v -> v.is(StorageClass.REAL) ? DecimalTest.seconds(v.real()) : plausible(v, 1L);
            case UNIX_MILLIS -> v -> plausible(v, 1_000L);
            case UNIX_MICROS -> v -> plausible(v, 1_000_000L);
            case JULIAN_DAY -> ValueTest::julianDay;
            default -> iso(meaning.type());
        };
    }

    private static ValueTest iso(TargetType type) {
        int digits = type.precision() == TargetType.NONE ? 6 : type.precision();
        return v -> {
            IsoShape shape = IsoShape.of(v);
            return shape.fractionDigits() <= digits
                    && switch (type.kind()) {
                        case DATE -> shape.date() && !shape.time();
                        case TIME -> shape.time() && !shape.date() && !shape.offset();
                        case TIMESTAMP -> shape.date() && !shape.offset();
                        default -> shape.date() && shape.offset();
                    };
        };
    }

    /** Between 1973 and 2100, or 0 for "never": seconds, milliseconds and microseconds then cannot be taken for another. */
    private static boolean plausible(ObservedValue v, long unitsPerSecond) {
        return v.is(StorageClass.INTEGER)
                && (v.integer() == 0
                        || v.integer() >= 100_000_000L * unitsPerSecond
                                && v.integer() <= 4_102_444_800L * unitsPerSecond);
    }

    /** Between 1900 and 2100, and a whole number of milliseconds, as SQLite's own functions give it. */
    private static boolean julianDay(ObservedValue v) {
        if (!v.is(StorageClass.REAL) || !(v.real() >= 2_415_020.5 && v.real() <= 2_488_070)) {
            return false;
        }
        long millis = (long) (v.real() * 86_400_000.0 + 0.5);
        return millis / 86_400_000.0 == v.real();
    }
}
