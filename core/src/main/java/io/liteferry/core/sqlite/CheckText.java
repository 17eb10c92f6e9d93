package io.liteferry.core.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CHECK constraints of a CREATE TABLE statement, as written. SQLite's catalogue does not list them. */
final class CheckText {
    private static final Pattern TOKEN = Pattern.compile(
            "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\[[^]]*]|--[^\\n]*|/\\*.*?(?:\\*/|$)|\\w+|\\s+|.",
            Pattern.DOTALL);

    private CheckText() {}

    /** The expressions, without their outer parentheses and without comments. */
    static List<String> of(String createTable) {
        List<String> checks = new ArrayList<>();
        Matcher m = TOKEN.matcher(createTable);
        boolean check = false;
        int depth = 0;
        StringBuilder text = new StringBuilder();
        while (m.find()) {
            String token = m.group();
            boolean blank = token.isBlank() || token.startsWith("--") || token.startsWith("/*");
            if (depth == 0) {
                if (check && token.equals("(")) {
                    depth = 1;
                }
                check = token.equalsIgnoreCase("check") || check && blank;
                continue;
            }
            depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
            if (depth > 0) {
                text.append(blank ? " " : token);
            } else {
                checks.add(text.toString().strip());
                text.setLength(0);
            }
        }
        return checks;
    }
}
