package io.liteferry.core.planning;

import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A table that is in the target already.
 *
 * @param key target names of its primary key, in key order; empty where it has none
 * @param uniques target names of the columns of its other unique indexes that could stand for a key
 */
record ExistingTable(String name, List<Column> columns, List<String> key, List<List<String>> uniques, boolean empty) {
    /**
     * A column of it.
     *
     * @param written the type as PostgreSQL names it
     * @param supplied true where PostgreSQL gives a value if none is given: a default, an identity
     * @param labels of an enum; empty for every other type
     * @param sequence true for an identity, or a default from a sequence
     */
    record Column(
            String name,
            String written,
            boolean notNull,
            boolean supplied,
            boolean sequence,
            boolean generated,
            boolean collateC,
            List<String> labels) {
        Optional<TargetType> type() {
            return !labels.isEmpty() ? TargetType.parse("enum " + written) : TargetType.parse(written);
        }
    }

    private static final String COLUMNS = """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.atthasdef OR a.attidentity <> '',
                   a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
                   a.attgenerated <> '', coalesce(o.collname IN ('C', 'POSIX'), false),
                   ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = a.atttypid)
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
              LEFT JOIN pg_collation o ON o.oid = a.attcollation
             WHERE n.nspname = ? AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             ORDER BY c.relname, a.attnum""";

    private static final String KEYS = """
            SELECT c.relname, i.indisprimary, array_agg(a.attname::text ORDER BY k.position)
              FROM pg_index i
              JOIN pg_class c ON c.oid = i.indrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
              CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
             WHERE n.nspname = ? AND i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
                   AND k.position <= i.indnkeyatts
             GROUP BY c.relname, i.indexrelid, i.indisprimary
            HAVING bool_and(a.attnotnull)
             ORDER BY c.relname, i.indexrelid""";

    static List<ExistingTable> read(Connection connection, String schema) throws SQLException {
        Map<String, List<Column>> columns = new LinkedHashMap<>();
        Map<String, List<String>> keys = new LinkedHashMap<>();
        Map<String, List<List<String>>> uniques = new LinkedHashMap<>();
        try (PreparedStatement ps = connection.prepareStatement(COLUMNS)) {
            ps.setString(1, schema);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    columns.computeIfAbsent(rs.getString(1), t -> new ArrayList<>())
                            .add(new Column(
                                    rs.getString(2),
                                    rs.getString(3),
                                    rs.getBoolean(4),
                                    rs.getBoolean(5),
                                    rs.getBoolean(6),
                                    rs.getBoolean(7),
                                    rs.getBoolean(8),
                                    List.of((String[]) rs.getArray(9).getArray())));
                }
            }
        }
        try (PreparedStatement ps = connection.prepareStatement(KEYS)) {
            ps.setString(1, schema);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    List<String> named = List.of((String[]) rs.getArray(3).getArray());
                    if (rs.getBoolean(2)) {
                        keys.put(rs.getString(1), named);
                    } else {
                        uniques.computeIfAbsent(rs.getString(1), t -> new ArrayList<>())
                                .add(named);
                    }
                }
            }
        }
        List<ExistingTable> tables = new ArrayList<>();
        for (Map.Entry<String, List<Column>> t : columns.entrySet()) {
            tables.add(new ExistingTable(
                    t.getKey(),
                    t.getValue(),
                    keys.getOrDefault(t.getKey(), List.of()),
                    uniques.getOrDefault(t.getKey(), List.of()),
                    empty(connection, schema, t.getKey())));
        }
        return tables;
    }

    private static boolean empty(Connection connection, String schema, String table) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(
                        "SELECT NOT EXISTS (SELECT 1 FROM " + PgSql.name(schema, table) + ")");
                ResultSet rs = ps.executeQuery()) {
            return rs.next() && rs.getBoolean(1);
        }
    }

    Optional<Column> column(String source) {
        return named(source, columns, Column::name);
    }

    /** The one of the name: exactly, without case, or in snake case. */
    static <T> Optional<T> named(String source, List<T> all, java.util.function.Function<T, String> name) {
        for (String wanted : List.of(source, source.toLowerCase(Locale.ROOT), snake(source))) {
            Optional<T> exact =
                    all.stream().filter(t -> name.apply(t).equals(wanted)).findFirst();
            if (exact.isPresent()) {
                return exact;
            }
        }
        List<T> folded =
                all.stream().filter(t -> name.apply(t).equalsIgnoreCase(source)).toList();
        return folded.size() == 1 ? Optional.of(folded.get(0)) : Optional.empty();
    }

    /** {@code InvoiceLine} and {@code invoiceLine} as {@code invoice_line}. */
    static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
