package io.liteferry.cutover.reverse;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Booleans as 0 and 1, or as two words in the case that the column has them in. Means a {@link Boolean}. */
final class BooleanForm implements ColumnForm {
    private final boolean words;
    private final String yes;
    private final String no;

    BooleanForm(Encoding encoding, List<SqliteValue> newest) {
        words = encoding != Encoding.ZERO_ONE;
        String sample = newest.stream()
                .filter(v -> v instanceof SqliteValue.Text)
                .map(v -> new String(((SqliteValue.Text) v).utf8(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("");
        yes = inCaseOf(sample, yes(encoding));
        no = inCaseOf(sample, no(encoding));
    }

    private static String yes(Encoding encoding) {
        return switch (encoding) {
            case TRUE_FALSE -> "true";
            case T_F -> "t";
            case YES_NO -> "yes";
            case Y_N -> "y";
            default -> "1";
        };
    }

    private static String no(Encoding encoding) {
        return switch (encoding) {
            case TRUE_FALSE -> "false";
            case T_F -> "f";
            case YES_NO -> "no";
            case Y_N -> "n";
            default -> "0";
        };
    }

    private static String inCaseOf(String sample, String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        if (sample.isEmpty() || !Character.isUpperCase(sample.charAt(0))) {
            return word;
        }
        boolean all = sample.equals(sample.toUpperCase(Locale.ROOT));
        return all ? upper : upper.charAt(0) + word.substring(1);
    }

    @Override
    public Object ofTarget(String text) throws Unfit {
        if (!text.equals("t") && !text.equals("f")) {
            throw new Unfit("not a boolean");
        }
        return text.equals("t");
    }

    @Override
    public Optional<Object> ofSource(SqliteValue value) {
        String text = value instanceof SqliteValue.Int i && !words
                ? String.valueOf(i.value())
                : value instanceof SqliteValue.Text t && words ? new String(t.utf8(), StandardCharsets.UTF_8) : "";
        if (text.equalsIgnoreCase(yes)) {
            return Optional.of(true);
        }
        return text.equalsIgnoreCase(no) ? Optional.of(false) : Optional.empty();
    }

    @Override
    public SqliteValue written(Object meaning) {
        boolean value = (Boolean) meaning;
        return words ? SqliteValue.Text.of(value ? yes : no) : new SqliteValue.Int(value ? 1 : 0);
    }

    @Override
    public List<SqliteValue> spellings(Object meaning) {
        if (!words) {
            return List.of(written(meaning));
        }
        String word = (Boolean) meaning ? yes : no;
        String lower = word.toLowerCase(Locale.ROOT);
        String upper = word.toUpperCase(Locale.ROOT);
        return List.of(word, lower, upper, upper.charAt(0) + lower.substring(1)).stream()
                .distinct()
                .map(w -> (SqliteValue) SqliteValue.Text.of(w))
                .toList();
    }
}
