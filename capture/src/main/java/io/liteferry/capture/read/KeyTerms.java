package io.liteferry.capture.read;

import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table's key in SQL: its terms as they are selected, and the same in the collation of the index that makes it unique,
 * as they are compared and ordered. In any other collation the index could not serve, or the order would not be total.
 */
record KeyTerms(List<String> selected, List<String> compared) {
    static KeyTerms of(TablePlan plan, SourceTable table) {
        if (plan.key().isRowid()) {
            String rowid = "t." + table.rowidName().orElseThrow();
            return new KeyTerms(List.of(rowid), List.of(rowid));
        }
        List<String> selected =
                plan.key().columns().stream().map(c -> "t." + Sql.name(c)).toList();
        List<String> compared = uniqueIndex(plan, table)
                .map(i -> IntStream.range(0, selected.size())
                        .mapToObj(n -> selected.get(n) + " COLLATE "
                                + Sql.name(i.terms().get(n).collation()))
                        .toList())
                .orElse(selected);
        return new KeyTerms(selected, compared);
    }

    private static Optional<SourceTable.Index> uniqueIndex(TablePlan plan, SourceTable table) {
        List<String> key = lower(plan.key().columns());
        return table.indexes().stream()
                .filter(i -> i.unique() && i.where().isEmpty() && i.plainColumns())
                .filter(i -> lower(i.terms().stream()
                                .map(t -> t.column().orElseThrow())
                                .toList())
                        .equals(key))
                .findFirst();
    }

    private static List<String> lower(List<String> names) {
        return names.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
    }

    int count() {
        return selected.size();
    }

    String selectedSql() {
        return String.join(", ", selected);
    }

    String orderSql() {
        return String.join(", ", compared);
    }

    /**
     * Rows that have the first values of a key and a greater one after them.
     *
     * @param bound the values that {@link #bind} binds
     */
    record Range(String where, RowKey bound) {
        static final Range ALL = new Range("", RowKey.of(List.of()));
    }

    /**
     * The rows above a key, in order, as ranges of the index: SQLite would use no more of a comparison of whole keys than
     * its first column, and nothing at all under some collations.
     */
    List<Range> rangesAbove(RowKey cursor) {
        List<SqliteValue> values = cursor.values();
        List<Range> ranges = new ArrayList<>();
        for (int last = count() - 1; last >= 0; last--) {
            StringBuilder where = new StringBuilder(" WHERE ");
            for (int i = 0; i < last; i++) {
                where.append(compared.get(i))
                        .append(" = ")
                        .append(parameter(values.get(i)))
                        .append(" AND ");
            }
            where.append(compared.get(last)).append(" > ").append(parameter(values.get(last)));
            ranges.add(new Range(where.toString(), RowKey.of(values.subList(0, last + 1))));
        }
        return ranges;
    }

    /** {@code (k0, k1) > (?, ?)} */
    String above(RowKey cursor) {
        return "(" + orderSql() + ") > ("
                + cursor.values().stream().map(KeyTerms::parameter).collect(Collectors.joining(", ")) + ")";
    }

    String equalTo(RowKey key) {
        List<SqliteValue> values = key.values();
        return IntStream.range(0, count())
                .mapToObj(i -> compared.get(i) + " = " + parameter(values.get(i)))
                .collect(Collectors.joining(" AND "));
    }

    /** The key of log row {@code l}. */
    String equalToLogged() {
        return IntStream.range(0, count())
                .mapToObj(i -> compared.get(i) + " = l.k" + i)
                .collect(Collectors.joining(" AND "));
    }

    private static String parameter(SqliteValue value) {
        // The driver binds text from a String only, which cannot hold every text that SQLite can.
        return value instanceof SqliteValue.Text t && !representable(t)
                ? "CAST(x'" + HexFormat.of().formatHex(t.utf8()) + "' AS TEXT)"
                : "?";
    }

    private static boolean representable(SqliteValue.Text text) {
        return SqliteValue.Text.of(new String(text.utf8(), StandardCharsets.UTF_8))
                .equals(text);
    }

    /** Binds the parameters that {@link #above} and {@link #equalTo} left; returns the number of the next one. */
    static int bind(PreparedStatement ps, int first, RowKey key) throws SQLException {
        int next = first;
        for (SqliteValue value : new ArrayList<>(key.values())) {
            if (value instanceof SqliteValue.Int i) {
                ps.setLong(next++, i.value());
            } else if (value instanceof SqliteValue.Real r) {
                ps.setDouble(next++, r.value());
            } else if (value instanceof SqliteValue.Blob b) {
                ps.setBytes(next++, b.bytes());
            } else if (value instanceof SqliteValue.Text t && representable(t)) {
                ps.setString(next++, new String(t.utf8(), StandardCharsets.UTF_8));
            }
        }
        return next;
    }
}
