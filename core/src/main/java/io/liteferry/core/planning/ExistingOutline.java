package io.liteferry.core.planning;

import io.liteferry.core.plan.TablePlan;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The outline of a schema that is in the target already; tables and columns that match the plan bear its source names. */
final class ExistingOutline {
    private static final String INDEXES = """
            SELECT c.relname, i.indisunique, coalesce(pg_get_expr(i.indpred, i.indrelid, true), ''),
                   (SELECT array_agg(pg_get_indexdef(i.indexrelid, k, true)
                                     || CASE WHEN i.indoption[k - 1] & 1 = 1 THEN ' DESC' ELSE '' END ORDER BY k)
                      FROM generate_series(1, i.indnkeyatts) k)
              FROM pg_index i
              JOIN pg_class c ON c.oid = i.indrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND NOT i.indisprimary AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             ORDER BY c.relname, i.indexrelid""";

    private static final String FOREIGN_KEYS = """
            SELECT c.relname, p.relname,
                   CASE f.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
                                      ELSE 'NO ACTION' END,
                   (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(f.conkey) WITH ORDINALITY k (att, n)
                      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.att),
                   (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(f.confkey) WITH ORDINALITY k (att, n)
                      JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.att)
              FROM pg_constraint f
              JOIN pg_class c ON c.oid = f.conrelid
              JOIN pg_class p ON p.oid = f.confrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND f.contype = 'f' AND f.conparentid = 0
             ORDER BY c.relname, f.oid""";

    private final SchemaOutline outline = new SchemaOutline();
    /** Source names by target names. */
    private final Map<String, String> sources = new HashMap<>();

    private ExistingOutline() {}

    /** @param plans already under the target's names */
    static SchemaOutline read(Connection connection, String schema, List<ExistingTable> tables, List<TablePlan> plans)
            throws SQLException {
        ExistingOutline o = new ExistingOutline();
        for (ExistingTable t : tables) {
            if (!ExistingSchema.isFrameworks(t.name())) {
                o.table(t, plans);
            }
        }
        o.indexes(connection, schema);
        o.foreignKeys(connection, schema);
        return o.outline;
    }

    private void table(ExistingTable t, List<TablePlan> plans) {
        Map<String, String> columns = new HashMap<>();
        String source = t.name();
        for (TablePlan p : plans) {
            if (p.target().equals(t.name())) {
                source = p.source();
                p.columns().forEach(c -> columns.put(c.target(), c.source()));
            }
        }
        sources.put(t.name(), source);
        outline.table(source);
        outline.key(source, t.key());
        for (ExistingTable.Column c : t.columns()) {
            boolean withDefault = c.supplied() && !c.sequence();
            String text = c.type()
                    .map(type -> SchemaOutline.column(type, !c.notNull(), c.sequence(), withDefault))
                    .orElseGet(() -> SchemaOutline.column(c.written(), !c.notNull(), c.sequence(), withDefault));
            outline.column(source, columns.getOrDefault(c.name(), c.name()), text);
        }
    }

    private void indexes(Connection connection, String schema) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(INDEXES)) {
            ps.setString(1, schema);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    String source = sources.get(rs.getString(1));
                    if (source != null) {
                        outline.index(source, rs.getBoolean(2), texts(rs.getArray(4)), rs.getString(3));
                    }
                }
            }
        }
    }

    private void foreignKeys(Connection connection, String schema) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(FOREIGN_KEYS)) {
            ps.setString(1, schema);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    String source = sources.get(rs.getString(1));
                    if (source != null) {
                        outline.foreignKey(
                                source, texts(rs.getArray(4)), rs.getString(2), texts(rs.getArray(5)), rs.getString(3));
                    }
                }
            }
        }
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
