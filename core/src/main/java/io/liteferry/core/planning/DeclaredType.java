package io.liteferry.core.planning;

import static io.liteferry.core.plan.Encoding.ISO8601;
import static io.liteferry.core.plan.Encoding.JULIAN_DAY;
import static io.liteferry.core.plan.Encoding.PLAIN;
import static io.liteferry.core.plan.Encoding.TRUE_FALSE;
import static io.liteferry.core.plan.Encoding.T_F;
import static io.liteferry.core.plan.Encoding.UNIX_MICROS;
import static io.liteferry.core.plan.Encoding.UNIX_MILLIS;
import static io.liteferry.core.plan.Encoding.UNIX_SECONDS;
import static io.liteferry.core.plan.Encoding.UUID_BLOB;
import static io.liteferry.core.plan.Encoding.UUID_HEX;
import static io.liteferry.core.plan.Encoding.YES_NO;
import static io.liteferry.core.plan.Encoding.Y_N;
import static io.liteferry.core.plan.Encoding.ZERO_ONE;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a declared column type means: to SQLite its affinity, to a person the types to try, best first.
 *
 * @param meant targets the declaration stands for, before those that only the values suggest
 */
record DeclaredType(String written, Affinity affinity, List<Meaning> meant) {
    private static final Pattern SHAPE =
            Pattern.compile("([^(]*?)\\s*(?:\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\).*)?", Pattern.DOTALL);

    /** What SQLite turns a value into when it is stored. */
    enum Affinity {
        INTEGER,
        TEXT,
        /** Nothing is turned into anything. */
        NONE,
        REAL,
        NUMERIC;

        /** True where SQLite turns 4.0 into 4 or 4 into 4.0 itself, so that the class of a number means nothing. */
        boolean numeric() {
            return this == INTEGER || this == REAL || this == NUMERIC;
        }
    }

    /** A target type, and how SQLite's values stand for it. */
    record Meaning(TargetType type, Encoding encoding) {
        static Meaning plain(Kind kind) {
            return new Meaning(TargetType.of(kind), PLAIN);
        }

        static Meaning of(Kind kind, Encoding encoding) {
            return new Meaning(TargetType.of(kind), encoding);
        }
    }

    static DeclaredType of(String declared, boolean strictTable) {
        String upper = declared.trim().toUpperCase(Locale.ROOT);
        Matcher m = SHAPE.matcher(upper);
        boolean shaped = m.matches();
        String name = shaped ? m.group(1) : upper;
        int first = shaped && m.group(2) != null ? Integer.parseInt(m.group(2)) : TargetType.NONE;
        int second = shaped && m.group(3) != null ? Integer.parseInt(m.group(3)) : TargetType.NONE;
        Affinity affinity = strictTable && upper.equals("ANY") ? Affinity.NONE : affinity(upper);
        return new DeclaredType(declared, affinity, List.copyOf(meant(name, affinity, first, second)));
    }

    private static Affinity affinity(String declared) {
        if (declared.contains("INT")) {
            return Affinity.INTEGER;
        }
        if (containsAny(declared, "CHAR", "CLOB", "TEXT")) {
            return Affinity.TEXT;
        }
        if (declared.isEmpty() || declared.contains("BLOB")) {
            return Affinity.NONE;
        }
        return containsAny(declared, "REAL", "FLOA", "DOUB") ? Affinity.REAL : Affinity.NUMERIC;
    }

    private static List<Meaning> meant(String name, Affinity affinity, int first, int second) {
        if (name.startsWith("BOOL")) {
            return all(Kind.BOOLEAN, ZERO_ONE, TRUE_FALSE, T_F, YES_NO, Y_N);
        }
        if (containsAny(name, "UUID", "GUID", "UNIQUEIDENTIFIER")) {
            return all(Kind.UUID, PLAIN, UUID_BLOB, UUID_HEX);
        }
        if (name.startsWith("JSON")) {
            return List.of(Meaning.plain(Kind.JSONB), Meaning.plain(Kind.JSON));
        }
        if (name.startsWith("TIMESTAMP") || name.startsWith("DATETIME") || name.equals("SMALLDATETIME")) {
            boolean zoned = containsAny(name, "TZ", "WITH TIME ZONE");
            return moments(zoned ? Kind.TIMESTAMPTZ : Kind.TIMESTAMP, zoned ? Kind.TIMESTAMP : Kind.TIMESTAMPTZ);
        }
        if (name.equals("DATE")) {
            return moments(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);
        }
        if (name.equals("TIME")) {
            return all(Kind.TIME, ISO8601);
        }
        if (containsAny(name, "DECIMAL", "NUMERIC", "NUMBER", "MONEY") || name.equals("DEC")) {
            return decimal(first, second);
        }
        return switch (affinity) {
            case INTEGER -> all(Kind.BIGINT, PLAIN);
            case TEXT -> text(name, first);
            case REAL -> all(Kind.DOUBLE, PLAIN);
            case NONE -> name.isEmpty() ? List.of() : all(Kind.BYTEA, PLAIN);
            case NUMERIC ->
                containsAny(name, "STRING")
                        ? all(Kind.TEXT, PLAIN)
                        : containsAny(name, "BINARY", "BYTEA") ? all(Kind.BYTEA, PLAIN) : List.of();
        };
    }

    private static List<Meaning> moments(Kind... written) {
        List<Meaning> meanings = new ArrayList<>();
        for (Kind kind : written) {
            meanings.add(Meaning.of(kind, ISO8601));
        }
        for (Encoding number : List.of(UNIX_SECONDS, UNIX_MILLIS, UNIX_MICROS, JULIAN_DAY)) {
            meanings.add(Meaning.of(Kind.TIMESTAMPTZ, number));
        }
        return meanings;
    }

    private static List<Meaning> decimal(int precision, int scale) {
        Meaning any = Meaning.plain(Kind.NUMERIC);
        int fraction = scale == TargetType.NONE ? 0 : scale;
        boolean declared = precision >= 1 && precision <= TargetType.MOST_DIGITS && fraction <= precision;
        return declared ? List.of(new Meaning(TargetType.numeric(precision, fraction), PLAIN), any) : List.of(any);
    }

    /** A declared CHAR(n) becomes varchar(n): SQLite never pads, PostgreSQL's char(n) would. */
    private static List<Meaning> text(String name, int length) {
        boolean limited = name.contains("CHAR") && length >= 1 && length <= TargetType.LONGEST_VARCHAR;
        Meaning text = Meaning.plain(Kind.TEXT);
        return limited ? List.of(new Meaning(TargetType.of(Kind.VARCHAR, length), PLAIN), text) : List.of(text);
    }

    private static List<Meaning> all(Kind kind, Encoding... encodings) {
        List<Meaning> meanings = new ArrayList<>();
        for (Encoding e : encodings) {
            meanings.add(Meaning.of(kind, e));
        }
        return meanings;
    }

    private static boolean containsAny(String name, String... parts) {
        for (String part : parts) {
            if (name.contains(part)) {
                return true;
            }
        }
        return false;
    }

    /** The types to try: what is meant, then what values of one class fit whatever was declared. */
    List<Meaning> candidates() {
        List<Meaning> all = new ArrayList<>(meant);
        List<Kind> byClass = affinity.numeric()
                ? List.of(Kind.BIGINT, Kind.DOUBLE, Kind.NUMERIC, Kind.TEXT, Kind.BYTEA)
                : List.of(Kind.TEXT, Kind.BIGINT, Kind.DOUBLE, Kind.BYTEA);
        for (Kind kind : byClass) {
            Meaning m = Meaning.plain(kind);
            if (!all.contains(m)) {
                all.add(m);
            }
        }
        return all;
    }
}
