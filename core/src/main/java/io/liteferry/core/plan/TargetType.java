package io.liteferry.core.plan;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL column type as the plan names it.
 *
 * @param name of an enum, as PostgreSQL writes it; empty for every other type
 * @param precision total digits of numeric, length of varchar and char, fraction digits of time types; {@link #NONE}
 *     where not declared
 * @param scale fraction digits of numeric; {@link #NONE} where not declared
 */
public record TargetType(Kind kind, int precision, int scale, String name) {
    public static final int NONE = -1;

    /** PostgreSQL's longest varchar(n). */
    public static final int LONGEST_VARCHAR = 10_485_760;

    /** PostgreSQL's largest declared precision of numeric. */
    public static final int MOST_DIGITS = 1_000;

    private static final int FINEST_TIME = 6;
    /** {@code enum mood}, {@code enum app."Order status"}. */
    private static final Pattern ENUMERATION = Pattern.compile(
            "enum ((?:[a-z_][a-z0-9_]*|\"(?:[^\"]|\"\")+\")(?:\\.(?:[a-z_][a-z0-9_]*|\"(?:[^\"]|\"\")+\"))?)");

    private static final Pattern WRITTEN = Pattern.compile(
            "([a-z][a-z ]*[a-z0-9])\\s*(?:\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\))?( without time zone| with time zone)?");

    /** The types Liteferry can carry, each with its name in PostgreSQL. */
    public enum Kind {
        SMALLINT("smallint"),
        INTEGER("integer"),
        BIGINT("bigint"),
        NUMERIC("numeric"),
        REAL("real"),
        DOUBLE("double precision"),
        BOOLEAN("boolean"),
        TEXT("text"),
        VARCHAR("varchar"),
        CHAR("char"),
        BYTEA("bytea"),
        UUID("uuid"),
        JSON("json"),
        JSONB("jsonb"),
        DATE("date"),
        TIME("time"),
        TIMESTAMP("timestamp"),
        TIMESTAMPTZ("timestamptz"),
        /** Of the extension citext: text that compares without case. */
        CITEXT("citext"),
        /** One of the labels of a type that {@code CREATE TYPE … AS ENUM} has made. */
        ENUM("enum");

        private final String sql;

        Kind(String sql) {
            this.sql = sql;
        }

        public String sql() {
            return sql;
        }
    }

    private static final Map<String, Kind> ALIASES = Map.ofEntries(
            Map.entry("int2", Kind.SMALLINT),
            Map.entry("int", Kind.INTEGER),
            Map.entry("int4", Kind.INTEGER),
            Map.entry("int8", Kind.BIGINT),
            Map.entry("decimal", Kind.NUMERIC),
            Map.entry("float4", Kind.REAL),
            Map.entry("float8", Kind.DOUBLE),
            Map.entry("bool", Kind.BOOLEAN),
            Map.entry("character varying", Kind.VARCHAR),
            Map.entry("character", Kind.CHAR),
            Map.entry("bpchar", Kind.CHAR));

    /** Other names that are read for a type. */
    static Set<String> aliases() {
        return ALIASES.keySet();
    }

    public TargetType(Kind kind, int precision, int scale) {
        this(kind, precision, scale, "");
    }

    /** @param name as {@code format_type} gives it: quoted, and with its schema where that is needed */
    public static TargetType enumeration(String name) {
        return new TargetType(Kind.ENUM, NONE, NONE, name);
    }

    public static TargetType of(Kind kind) {
        return new TargetType(kind, NONE, NONE);
    }

    public static TargetType of(Kind kind, int precision) {
        return new TargetType(kind, precision, NONE);
    }

    public static TargetType numeric(int precision, int scale) {
        return new TargetType(Kind.NUMERIC, precision, scale);
    }

    /** Reads a type as written in a plan or by PostgreSQL's {@code format_type}; empty where Liteferry cannot carry it. */
    public static Optional<TargetType> parse(String written) {
        Matcher enumeration = ENUMERATION.matcher(written.trim());
        if (enumeration.matches()) {
            return Optional.of(enumeration(enumeration.group(1)));
        }
        Matcher m = WRITTEN.matcher(written.trim().toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            return Optional.empty();
        }
        String name = m.group(1);
        String suffix = m.group(4) == null ? "" : m.group(4).trim();
        if (name.endsWith(" with time zone")) {
            suffix = "with time zone";
            name = name.substring(0, name.length() - " with time zone".length());
        } else if (name.endsWith(" without time zone")) {
            suffix = "without time zone";
            name = name.substring(0, name.length() - " without time zone".length());
        }
        int precision = m.group(2) == null ? NONE : Integer.parseInt(m.group(2));
        int scale = m.group(3) == null ? NONE : Integer.parseInt(m.group(3));
        Kind kind = ALIASES.get(name);
        for (Kind k : Kind.values()) {
            if (k.sql.equals(name)) {
                kind = k;
            }
        }
        if (kind == null || kind == Kind.ENUM) {
            return Optional.empty();
        }
        if (suffix.equals("with time zone")) {
            if (kind != Kind.TIMESTAMP) {
                return Optional.empty();
            }
            kind = Kind.TIMESTAMPTZ;
        } else if (suffix.equals("without time zone") && kind != Kind.TIMESTAMP && kind != Kind.TIME) {
            return Optional.empty();
        }
        boolean lengths = kind == Kind.VARCHAR
                || kind == Kind.CHAR
                || kind == Kind.NUMERIC
                || kind == Kind.TIME
                || kind == Kind.TIMESTAMP
                || kind == Kind.TIMESTAMPTZ;
        if (precision != NONE && !lengths || scale != NONE && kind != Kind.NUMERIC) {
            return Optional.empty();
        }
        if (kind == Kind.NUMERIC && precision != NONE && scale == NONE) {
            scale = 0;
        }
        TargetType type = new TargetType(kind, precision, scale);
        return type.allowed() ? Optional.of(type) : Optional.empty();
    }

    /** Whether PostgreSQL takes the length, precision and scale. */
    private boolean allowed() {
        return precision == NONE
                || switch (kind) {
                    case VARCHAR, CHAR -> precision >= 1 && precision <= LONGEST_VARCHAR;
                    case NUMERIC -> precision >= 1 && precision <= MOST_DIGITS && scale <= precision;
                    default -> precision <= FINEST_TIME;
                };
    }

    /** The type as PostgreSQL reads it. */
    public String sql() {
        if (kind == Kind.ENUM) {
            return name;
        }
        if (precision == NONE) {
            return kind.sql();
        }
        return kind.sql() + (scale == NONE ? "(" + precision + ")" : "(" + precision + "," + scale + ")");
    }

    /** The type as {@link #parse} and a migration file have it. */
    @Override
    public String toString() {
        return kind == Kind.ENUM ? "enum " + name : sql();
    }
}
