package io.liteferry.core.sqlite;

/** Quoting for SQLite. */
public final class Sql {
    private Sql() {}

    /** A name as an identifier, whatever stands in it. */
    public static String name(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name cannot hold NUL");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A string literal. */
    public static String text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a literal cannot hold NUL");
        }
        return "'" + value.replace("'", "''") + "'";
    }
}
