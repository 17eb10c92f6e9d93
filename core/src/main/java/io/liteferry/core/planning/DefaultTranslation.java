package io.liteferry.core.planning;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Defaults that mean the same on both sides. SQLite's text must never reach PostgreSQL as it is. */
final class DefaultTranslation {
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\s*\\d{1,40}(\\.\\d{0,40})?");
    private static final Pattern STRING = Pattern.compile("'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"", Pattern.DOTALL);
    private static final Map<String, String> SAME_MOMENT = Map.of(
            "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP",
            "DATETIME('NOW')", "CURRENT_TIMESTAMP",
            "CURRENT_DATE", "CURRENT_DATE",
            "DATE('NOW')", "CURRENT_DATE",
            "CURRENT_TIME", "CURRENT_TIME",
            "TIME('NOW')", "CURRENT_TIME");

    private DefaultTranslation() {}

    /** True where the source has no default that anyone would miss. */
    static boolean nothing(Optional<String> source) {
        return source.map(s -> s.trim().equalsIgnoreCase("NULL")).orElse(true);
    }

    /** The PostgreSQL expression; empty where none means the same. */
    static Optional<String> of(String source, Meaning target) {
        String written = source.trim();
        String upper = written.toUpperCase(Locale.ROOT).replace(" ", "");
        Matcher string = STRING.matcher(written);
        if (string.matches()) {
            String text = string.group(1) != null
                    ? string.group(1).replace("''", "'")
                    : string.group(2).replace("\"\"", "\"");
            return text(text, target);
        }
        if (NUMBER.matcher(written).matches()) {
            return number(new BigDecimal(written.replaceAll("[\\s+]", "")), target);
        }
        if (upper.equals("TRUE") || upper.equals("FALSE")) {
            return number(upper.equals("TRUE") ? BigDecimal.ONE : BigDecimal.ZERO, target);
        }
        return Optional.ofNullable(SAME_MOMENT.get(upper)).flatMap(moment -> moment(moment, target));
    }

    private static Optional<String> number(BigDecimal value, Meaning target) {
        TargetType type = target.type();
        boolean integral = value.stripTrailingZeros().scale() <= 0;
        return switch (type.kind()) {
            case SMALLINT, INTEGER, BIGINT ->
                integral && value.toBigInteger().bitLength() < Long.SIZE
                        ? Optional.of(value.toBigInteger().toString())
                        : Optional.empty();
            case NUMERIC -> fits(value, type) ? Optional.of(value.toPlainString()) : Optional.empty();
            case DOUBLE, REAL -> Optional.of(value.toPlainString());
            case BOOLEAN ->
                target.encoding() != Encoding.ZERO_ONE
                        ? Optional.empty()
                        : value.signum() == 0
                                ? Optional.of("false")
                                : value.compareTo(BigDecimal.ONE) == 0 ? Optional.of("true") : Optional.empty();
            // A number as the default of a text column is stored as its digits.
            case TEXT, VARCHAR -> integral && value.scale() == 0 ? Optional.of("'" + value + "'") : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean fits(BigDecimal value, TargetType type) {
        BigDecimal bare = value.stripTrailingZeros();
        return type.precision() == TargetType.NONE
                || bare.scale() <= type.scale() && bare.precision() - bare.scale() <= type.precision() - type.scale();
    }

    private static Optional<String> text(String text, Meaning target) {
        String literal = "'" + text.replace("'", "''") + "'";
        boolean held = text.indexOf('\0') < 0 && !text.contains("\\");
        return switch (target.type().kind()) {
            case TEXT, JSON, JSONB, UUID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, VARCHAR ->
                held && fits(text, target) ? Optional.of(literal) : Optional.empty();
            case BOOLEAN ->
                target.encoding() != Encoding.ZERO_ONE && fits(text, target)
                        ? Optional.of(text.matches("(?i)t|true|y|yes") ? "true" : "false")
                        : Optional.empty();
            case SMALLINT, INTEGER, BIGINT, NUMERIC, DOUBLE, REAL ->
                NUMBER.matcher(text).matches() && !text.contains(" ")
                        ? number(new BigDecimal(text.replace("+", "")), target)
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The default must pass the same test as the values. */
    private static boolean fits(String text, Meaning target) {
        PackedReader reader = new PackedReader()
                .reset(new PackedWriter()
                        .putText(text.getBytes(StandardCharsets.UTF_8))
                        .toBytes());
        ObservedValue value = new ObservedValue(reader);
        value.next();
        return ValueTest.of(target, DeclaredType.Affinity.TEXT).fits(value);
    }

    /** SQLite's moments are UTC and whole seconds. */
    private static Optional<String> moment(String moment, Meaning target) {
        Kind kind = target.type().kind();
        boolean iso = target.encoding() == Encoding.ISO8601;
        String utc = "(now() AT TIME ZONE 'UTC')";
        boolean text = kind == Kind.TEXT || kind == Kind.VARCHAR;
        return switch (moment) {
            case "CURRENT_TIMESTAMP" ->
                text
                        ? Optional.of("to_char(" + utc + ", 'YYYY-MM-DD HH24:MI:SS')")
                        : !iso
                                ? Optional.empty()
                                : kind == Kind.TIMESTAMP
                                        ? Optional.of("date_trunc('second', " + utc + ")")
                                        : kind == Kind.TIMESTAMPTZ
                                                ? Optional.of("date_trunc('second', now())")
                                                : Optional.empty();
            case "CURRENT_DATE" ->
                text
                        ? Optional.of("to_char(" + utc + ", 'YYYY-MM-DD')")
                        : kind == Kind.DATE ? Optional.of(utc + "::date") : Optional.empty();
            default ->
                text
                        ? Optional.of("to_char(" + utc + ", 'HH24:MI:SS')")
                        : kind == Kind.TIME ? Optional.of("date_trunc('second', " + utc + ")::time") : Optional.empty();
        };
    }
}
