package io.liteferry.core.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terms and the predicate of a CREATE INDEX statement, as written. SQLite's catalogue gives the text of neither.
 *
 * @param terms without COLLATE, ASC and DESC
 */
record IndexText(List<String> terms, Optional<String> where) {
    private static final Pattern DIRECTION = Pattern.compile("\\s+(asc|desc)\\s*$", Pattern.CASE_INSENSITIVE);
    private static final Pattern COLLATION =
            Pattern.compile("\\s+collate\\s+(\"[^\"]*\"|\\[[^]]*]|`[^`]*`|\\S+)\\s*$", Pattern.CASE_INSENSITIVE);
    private static final Pattern WHERE =
            Pattern.compile("\\s*where\\s+(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    static IndexText parse(String createIndex) {
        List<String> terms = new ArrayList<>();
        StringBuilder term = new StringBuilder();
        int depth = 0;
        int i = 0;
        boolean open = true;
        while (open && i < createIndex.length()) {
            int end = endOfToken(createIndex, i);
            String token = createIndex.substring(i, end);
            i = end;
            if (token.equals("(")) {
                depth++;
                if (depth == 1) {
                    continue;
                }
            } else if (token.equals(")")) {
                depth--;
                open = depth > 0;
            } else if (token.equals(",") && depth == 1) {
                terms.add(bare(term.toString()));
                term.setLength(0);
                continue;
            }
            if (depth > 0) {
                term.append(token.startsWith("--") || token.startsWith("/*") ? " " : token);
            }
        }
        terms.add(bare(term.toString()));
        Matcher where = WHERE.matcher(createIndex.substring(i));
        return new IndexText(terms, where.matches() ? Optional.of(where.group(1).strip()) : Optional.empty());
    }

    /** A quoted run or a comment is one token, any other character is one. */
    private static int endOfToken(String sql, int from) {
        char c = sql.charAt(from);
        String closing = switch (c) {
            case '\'', '"', '`' -> String.valueOf(c);
            case '[' -> "]";
            case '-' -> sql.startsWith("--", from) ? "\n" : "";
            case '/' -> sql.startsWith("/*", from) ? "*/" : "";
            default -> "";
        };
        if (closing.isEmpty()) {
            return from + 1;
        }
        // A doubled quote reads as two quoted runs side by side, which joins to the same text.
        int end = sql.indexOf(closing, from + (closing.equals("*/") || closing.equals("\n") ? 2 : 1));
        return end < 0 ? sql.length() : end + closing.length();
    }

    private static String bare(String term) {
        String withoutDirection = DIRECTION.matcher(term).replaceFirst("");
        return COLLATION.matcher(withoutDirection).replaceFirst("").strip();
    }
}
