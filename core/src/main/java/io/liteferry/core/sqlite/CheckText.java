package io.liteferry.core.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CHECK constraints of a CREATE TABLE statement, as written. SQLite's catalogue does not list them. */
final class CheckText {
    static final Pattern TOKEN = Pattern.compile(
            "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\[[^]]*]|--[^\\n]*|/\\*.*?(?:\\*/|$)|\\w+|\\s+|.",
            Pattern.DOTALL);

    private CheckText() {}

    /** Without comments. */
    static List<SourceTable.Check> of(String createTable) {
        List<SourceTable.Check> checks = new ArrayList<>();
        Matcher m = TOKEN.matcher(createTable);
        String name = "";
        String last = "";
        boolean check = false;
        int depth = 0;
        StringBuilder text = new StringBuilder();
        while (m.find()) {
            String token = m.group();
            boolean blank = token.isBlank() || token.startsWith("--") || token.startsWith("/*");
            if (depth > 0) {
                depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
                if (depth > 0) {
                    text.append(blank ? " " : token);
                    continue;
                }
                checks.add(new SourceTable.Check(
                        name.isEmpty() ? Optional.empty() : Optional.of(name),
                        text.toString().strip()));
                text.setLength(0);
                name = "";
            } else if (!blank) {
                if (check && token.equals("(")) {
                    depth = 1;
                } else if (last.equalsIgnoreCase("constraint")) {
                    name = unquoted(token);
                } else if (!token.equalsIgnoreCase("check")) {
                    name = "";
                }
                check = token.equalsIgnoreCase("check") && !last.equalsIgnoreCase("constraint");
                last = token;
            }
        }
        return checks;
    }

    static String unquoted(String name) {
        char first = name.charAt(0);
        return "\"`[".indexOf(first) < 0
                ? name
                : name.substring(1, name.length() - 1).replace("" + first + first, "" + first);
    }
}
