package io.liteferry.core.postgres;

import java.util.List;
import java.util.stream.Collectors;

/** Quoting for PostgreSQL. */
public final class PgSql {
    private PgSql() {}

    /** A name as an identifier, whatever stands in it. */
    public static String name(String name) {
        if (name.indexOf('\0') >= 0 || name.isEmpty()) {
            throw new IllegalArgumentException("a name is not empty and holds no NUL");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String name(String schema, String table) {
        return name(schema) + "." + name(table);
    }

    public static String names(List<String> names) {
        return names.stream().map(PgSql::name).collect(Collectors.joining(", "));
    }
}
