package io.liteferry.core.plan;

import io.liteferry.core.plan.TargetType.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in a non-production target in place of a column's values. NULL stays NULL. Named here, applied twice: by the
 * sink and, with code of its own, by the validator.
 *
 * @param argument the value of {@link Way#FIXED}, the number of characters that {@link Way#PARTIAL} keeps
 */
public record Mask(Way way, String argument) {
    /** Hexadecimal digits, or bytes twice over, of a hash. */
    public static final int HASH_DIGITS = 32;

    private static final String KEPT_BY_DEFAULT = "4";
    private static final Pattern WRITTEN =
            Pattern.compile("(hash|null)|partial(?::(\\d{1,4}))?|fixed:(.*)", Pattern.DOTALL);

    /** Ways of masking. */
    public enum Way {
        /** The first 16 bytes of HMAC-SHA-256 under {@code mask.secret}: equal values stay equal, others differ. */
        HASH,
        /** NULL in every row. */
        NULL,
        /** One value, written as SQLite would hold it. */
        FIXED,
        /** The last characters; an asterisk for each of the others, all of them where there are not more. */
        PARTIAL
    }

    /** Reads {@code hash}, {@code null}, {@code partial}, {@code partial:2}, {@code fixed:any text}. */
    public static Optional<Mask> parse(String written) {
        Matcher m = WRITTEN.matcher(written);
        if (!m.matches()) {
            return Optional.empty();
        }
        if (m.group(1) != null) {
            return Optional.of(new Mask(Way.valueOf(m.group(1).toUpperCase(Locale.ROOT)), ""));
        }
        return Optional.of(
                m.group(3) != null
                        ? new Mask(Way.FIXED, m.group(3))
                        : new Mask(Way.PARTIAL, m.group(2) == null ? KEPT_BY_DEFAULT : m.group(2)));
    }

    /** As a migration file has it. */
    public String yaml() {
        String name = way.name().toLowerCase(Locale.ROOT);
        return argument.isEmpty() && way != Way.FIXED ? name : name + ":" + argument;
    }

    /** Characters that {@link Way#PARTIAL} keeps. */
    public int kept() {
        return Integer.parseInt(argument);
    }

    /** Why a column cannot be masked so, as far as its type goes. */
    Optional<String> obstacle(ColumnPlan column) {
        Kind kind = column.type().kind();
        boolean plain = column.encoding() == Encoding.PLAIN;
        boolean text = kind == Kind.TEXT || kind == Kind.VARCHAR;
        boolean wide =
                column.type().precision() == TargetType.NONE || column.type().precision() >= HASH_DIGITS;
        return switch (way) {
            case NULL ->
                column.nullable() && !column.identity()
                        ? Optional.empty()
                        : Optional.of("null needs a column that may be NULL");
            case HASH ->
                text && wide || kind == Kind.UUID || kind == Kind.BYTEA && plain
                        ? Optional.empty()
                        : Optional.of("hash is for text, varchar of " + HASH_DIGITS
                                + " and more, uuid and bytea, not for " + column.type());
            case PARTIAL ->
                text ? Optional.empty() : Optional.of("partial is for text and varchar, not for " + column.type());
            case FIXED -> fixed(column);
        };
    }

    private Optional<String> fixed(ColumnPlan column) {
        TargetType type = column.type();
        boolean length = type.kind() == Kind.VARCHAR || type.kind() == Kind.CHAR;
        String number = switch (column.storageClass()) {
            case INTEGER -> "-?\\d{1,18}";
            case REAL -> "-?\\d{1,18}(\\.\\d{1,18})?";
            case BLOB -> "([0-9a-fA-F]{2})*";
            default -> ".*";
        };
        if (column.encoding() == Encoding.EXACT || !argument.matches("(?s)" + number) || argument.indexOf('\0') >= 0) {
            return Optional.of("fixed:" + argument + " is not a value that SQLite would hold for " + type
                    + ", encoding " + column.encoding().yaml());
        }
        boolean fits = !length
                || type.precision() == TargetType.NONE
                || argument.codePointCount(0, argument.length()) <= type.precision();
        return fits ? Optional.empty() : Optional.of("fixed:" + argument + " is too long for " + type);
    }
}
