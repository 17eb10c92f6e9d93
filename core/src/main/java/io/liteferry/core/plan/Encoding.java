package io.liteferry.core.plan;

import java.util.Locale;
import java.util.Optional;

/**
 * How SQLite's value stands for the target's value. Named here, decoded twice: by the sink and, with code of its own, by
 * the validator.
 */
public enum Encoding {
    /** The value itself: integer to integer, text to text, text digits to numeric, blob to bytea. */
    PLAIN,
    /** ISO 8601 text: date, time, or both with {@code T} or a space, optional fraction and offset. */
    ISO8601,
    /** Seconds since 1970-01-01T00:00:00Z, an integer or a real with a fraction. */
    UNIX_SECONDS,
    /** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
    UNIX_MILLIS,
    /** Microseconds since 1970-01-01T00:00:00Z, an integer. */
    UNIX_MICROS,
    /** Days since noon of 24 November 4714 BC (Gregorian), a real. */
    JULIAN_DAY,
    /** Integer 0 or 1 for a boolean. */
    ZERO_ONE,
    /** Text {@code true} or {@code false}, any case, for a boolean. */
    TRUE_FALSE,
    /** Text {@code t} or {@code f}, any case, for a boolean. */
    T_F,
    /** Text {@code yes} or {@code no}, any case, for a boolean. */
    YES_NO,
    /** Text {@code y} or {@code n}, any case, for a boolean. */
    Y_N,
    /** Sixteen bytes for a uuid. */
    UUID_BLOB,
    /** 32 hexadecimal digits in lower case, without hyphens, for a uuid. */
    UUID_HEX,
    /** One class byte, then the value's bytes, into bytea: for key columns that hold more than one storage class. */
    EXACT;

    /** The name in a migration file: lower case. */
    public String yaml() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a column of the type is read as where a migration file does not say. */
    public static Encoding usual(TargetType.Kind kind) {
        return switch (kind) {
            case BOOLEAN -> ZERO_ONE;
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> ISO8601;
            default -> PLAIN;
        };
    }

    /** Whether values written so can stand for values of the type. */
    public boolean fits(TargetType.Kind kind) {
        return switch (this) {
            case PLAIN -> usual(kind) == PLAIN;
            case ISO8601 -> usual(kind) == ISO8601;
            case UNIX_SECONDS, UNIX_MILLIS, UNIX_MICROS, JULIAN_DAY ->
                kind == TargetType.Kind.TIMESTAMP || kind == TargetType.Kind.TIMESTAMPTZ;
            case ZERO_ONE, TRUE_FALSE, T_F, YES_NO, Y_N -> kind == TargetType.Kind.BOOLEAN;
            case UUID_BLOB, UUID_HEX -> kind == TargetType.Kind.UUID;
            case EXACT -> kind == TargetType.Kind.BYTEA;
        };
    }

    public static Optional<Encoding> parse(String yaml) {
        for (Encoding e : values()) {
            if (e.yaml().equals(yaml)) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }
}
