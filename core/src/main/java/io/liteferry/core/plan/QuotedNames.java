package io.liteferry.core.plan;

import io.liteferry.core.postgres.PgSql;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names in an index term or predicate of the plan: everything in double quotes outside string literals. */
public final class QuotedNames {
    /** A string literal, or a quoted name: group 1. */
    private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'')*'|\"((?:[^\"]|\"\")*)\"");

    private QuotedNames() {}

    public static List<String> of(String sql) {
        List<String> names = new ArrayList<>();
        Matcher m = QUOTED.matcher(sql);
        while (m.find()) {
            if (m.group(1) != null) {
                names.add(plain(m.group(1)));
            }
        }
        return names;
    }

    /** The same SQL with other names. */
    public static String renamed(String sql, UnaryOperator<String> name) {
        return QUOTED.matcher(sql)
                .replaceAll(m -> Matcher.quoteReplacement(
                        m.group(1) == null ? m.group() : PgSql.name(name.apply(plain(m.group(1))))));
    }

    private static String plain(String quoted) {
        return quoted.replace("\"\"", "\"");
    }
}
