package io.liteferry.cli.command;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A key as somebody types it. Which class a value has must be right: a key of another class is no row's, and capture would
 * say that it is gone. So what does not fit its column is refused.
 */
final class TypedKey {
    private TypedKey() {}

    /** @throws IllegalArgumentException saying what does not fit */
    static RowKey read(TablePlan table, String written) {
        List<String> columns = table.key().columns();
        int count = Math.max(1, columns.size());
        List<String> parts = count == 1 ? List.of(written) : split(written);
        if (parts.size() != count) {
            throw new IllegalArgumentException("it has " + parts.size() + " values, the key " + count + " columns");
        }
        List<SqliteValue> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(
                    table.key().isRowid()
                            ? value(StorageClass.INTEGER, parts.get(i))
                            : value(column(table, columns.get(i)), parts.get(i)));
        }
        return RowKey.of(values);
    }

    private static ColumnPlan column(TablePlan table, String name) {
        return table.columns().stream()
                .filter(c -> c.source().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the plan lacks its column " + name));
    }

    private static SqliteValue value(ColumnPlan column, String part) {
        return column.encoding() == Encoding.EXACT ? literal(part) : value(column.storageClass(), part);
    }

    private static SqliteValue value(StorageClass planned, String part) {
        return switch (planned) {
            case INTEGER -> new SqliteValue.Int(integer(part));
            case REAL -> new SqliteValue.Real(real(part));
            case TEXT -> SqliteValue.Text.of(isQuoted(part) ? unquoted(part) : part);
            case BLOB, NULL -> new SqliteValue.Blob(blob(part));
        };
    }

    /** The class stands in how it is written. */
    private static SqliteValue literal(String part) {
        if (isQuoted(part)) {
            return SqliteValue.Text.of(unquoted(part));
        }
        if (part.startsWith("x'")) {
            return new SqliteValue.Blob(blob(part));
        }
        return part.matches("[+-]?[0-9]+") ? new SqliteValue.Int(integer(part)) : new SqliteValue.Real(real(part));
    }

    private static long integer(String part) {
        try {
            return Long.parseLong(part);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(part + " is no 64-bit integer", e);
        }
    }

    private static double real(String part) {
        try {
            return Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(part + " is no number; text is written 'so', a blob x'0fa0'", e);
        }
    }

    private static byte[] blob(String part) {
        boolean marked = part.startsWith("x'") && part.endsWith("'") && part.length() > 2;
        return HexFormat.of().parseHex(marked ? part.substring(2, part.length() - 1) : part);
    }

    private static boolean isQuoted(String part) {
        return part.length() > 1 && part.startsWith("'") && part.endsWith("'");
    }

    private static String unquoted(String part) {
        return part.substring(1, part.length() - 1).replace("''", "'");
    }

    /** At commas that stand in no quotes. */
    private static List<String> split(String written) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < written.length(); i++) {
            quoted ^= written.charAt(i) == '\'';
            if (written.charAt(i) == ',' && !quoted) {
                parts.add(written.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(written.substring(from));
        return parts;
    }
}
