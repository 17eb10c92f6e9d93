package io.liteferry.core.sqlite;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;

/** The columns of a CREATE TABLE statement with a COLLATE of their own. SQLite's catalogue does not tell. */
final class CollationText {
    private CollationText() {}

    /** In lower case. */
    static Set<String> columns(String createTable) {
        Set<String> columns = new HashSet<>();
        Matcher m = CheckText.TOKEN.matcher(createTable);
        int depth = 0;
        String column = "";
        while (m.find()) {
            String token = m.group();
            boolean blank = token.isBlank() || token.startsWith("--") || token.startsWith("/*");
            if (blank) {
                continue;
            }
            depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
            boolean begins = depth == 1 && (token.equals("(") || token.equals(","));
            if (begins) {
                column = "";
            } else if (column.isEmpty()) {
                column = CheckText.unquoted(token).toLowerCase(Locale.ROOT);
            } else if (depth == 1 && token.equalsIgnoreCase("collate")) {
                columns.add(column);
            }
        }
        return columns;
    }
}
