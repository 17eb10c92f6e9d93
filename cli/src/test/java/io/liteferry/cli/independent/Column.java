package io.liteferry.cli.independent;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * A column on both sides and the canonical text of its values. A value of SQLite that does not mean anything in
 * PostgreSQL's type keeps its class in front, so it is equal to nothing.
 *
 * @param type PostgreSQL's internal name: {@code int8}, {@code varchar}, …
 */
record Column(String source, String target, String type, boolean key) {
    /** The NUL keeps it apart from the text {@code NULL}: no text of PostgreSQL holds one. */
    static final String NULL = "NULL\0";

    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
    private static final Set<String> TEXTS = Set.of("text", "varchar", "json", "jsonb");
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");
    /** Above these, a number since 1970 counts milliseconds or microseconds: seconds would be in the year 5138. */
    private static final long MILLIS_FROM = 100_000_000_000L;

    private static final long MICROS_FROM = 100_000_000_000_000L;

    /** The column as PostgreSQL selects it, always text. */
    String targetSql() {
        String c = '"' + target.replace("\"", "\"\"") + '"';
        return switch (type) {
            case "bytea" -> "encode(" + c + ", 'hex')";
            case "timestamp" -> "to_char(" + c + ", 'YYYY-MM-DD HH24:MI:SS.US')";
            case "timestamptz" -> "to_char(" + c + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
            case "date" -> "to_char(" + c + ", 'YYYY-MM-DD')";
            case "time" -> "to_char(" + c + ", 'HH24:MI:SS.US')";
            default -> c + "::text";
        };
    }

    /** Canonical text of what {@link #targetSql()} gave. */
    String ofTarget(String value) {
        return switch (type) {
            case "numeric" -> isNumber(value) ? decimal(new BigDecimal(value)) : value;
            case "float8" -> bits(Double.parseDouble(value));
            case "float4" -> bits(Float.parseFloat(value));
            case "bpchar" -> value.stripTrailing();
            default -> value;
        };
    }

    String ofInteger(long value) {
        return switch (type) {
            case "int2", "int4", "int8" -> Long.toString(value);
            case "numeric" -> decimal(BigDecimal.valueOf(value));
            case "float8" -> bits((double) value);
            case "float4" -> bits((float) value);
            case "bool" -> value == 0 ? "false" : value == 1 ? "true" : "integer " + value;
            case "timestamp", "timestamptz" -> sinceEpoch(value);
            case "date" -> sinceEpoch(value).substring(0, 10);
            default -> "integer " + value;
        };
    }

    String ofReal(double value) {
        return switch (type) {
            case "float8" -> bits(value);
            case "float4" -> bits((float) value);
            case "numeric" -> shortest(value);
            case "timestamp", "timestamptz" ->
                micros(BigDecimal.valueOf(value)
                        .movePointRight(6)
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValueExact());
            default ->
                INTEGERS.contains(type) && value == Math.rint(value) ? Long.toString((long) value) : "real " + value;
        };
    }

    String ofText(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "text x" + HexFormat.of().formatHex(bytes);
        }
        if (TEXTS.contains(type)) {
            return text;
        }
        try {
            return switch (type) {
                case "bpchar" -> text.stripTrailing();
                case "numeric" -> isNumber(text) ? decimal(new BigDecimal(text.strip())) : "text " + text;
                case "bool" -> truth(text);
                case "uuid" -> uuid(text);
                case "timestamp", "timestamptz" -> moment(text).format(MOMENT);
                case "date" ->
                    LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text)
                            .toString();
                case "time" -> LocalTime.parse(text).format(TIME);
                default -> "text " + text;
            };
        } catch (DateTimeException e) {
            return "text " + text;
        }
    }

    String ofBlob(String hex) {
        String lower = hex.toLowerCase(Locale.ROOT);
        return switch (type) {
            case "bytea" -> lower;
            case "uuid" -> uuid(lower);
            default -> "blob " + lower;
        };
    }

    static byte[] unhex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1" -> "true";
            case "false", "f", "no", "n", "0" -> "false";
            default -> "text " + text;
        };
    }

    private static LocalDateTime moment(String text) {
        String iso = text.strip().replace(' ', 'T');
        if (iso.length() == 10) {
            return LocalDate.parse(iso).atStartOfDay();
        }
        boolean zoned = iso.endsWith("Z") || iso.lastIndexOf('+') > 10 || iso.lastIndexOf('-') > 10;
        return zoned
                ? OffsetDateTime.parse(iso)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                : LocalDateTime.parse(iso);
    }

    private static String sinceEpoch(long value) {
        long size = Math.abs(value);
        return micros(size >= MICROS_FROM ? value : size >= MILLIS_FROM ? value * 1_000 : value * 1_000_000);
    }

    private static String micros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000)
                .atOffset(ZoneOffset.UTC)
                .format(MOMENT);
    }

    /** The decimal with the fewest digits that reads back as the same double. */
    private static String shortest(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "real " + value;
        }
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal d = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (d.doubleValue() == value) {
                return decimal(d);
            }
        }
        return decimal(new BigDecimal(value).round(new MathContext(17, RoundingMode.HALF_EVEN)));
    }

    private static String decimal(BigDecimal d) {
        return d.signum() == 0 ? "0" : d.stripTrailingZeros().toPlainString();
    }

    private static boolean isNumber(String text) {
        return text.strip().matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");
    }

    private static String bits(double value) {
        return value + " (" + Long.toHexString(Double.doubleToLongBits(value)) + ")";
    }

    private static String bits(float value) {
        return value + " (" + Integer.toHexString(Float.floatToIntBits(value)) + ")";
    }

    private static String uuid(String text) {
        String digits = text.toLowerCase(Locale.ROOT).replaceAll("[{}-]", "");
        return digits.length() == 32
                ? digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
                : "text " + text;
    }
}
