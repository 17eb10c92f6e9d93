package io.liteferry.cli.demo;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.sink.schema.TargetGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Changes a few rows of the target by hand, as somebody with psql would: one value, one row gone, one row too many. They
 * are rows that {@link ShopLoad} leaves alone, and changes that no constraint refuses, so nothing but a repair takes them
 * back.
 */
public final class Planted {
    private static final long CHANGED_PRODUCT = 7;
    private static final long REPRICED_PRODUCT = 11;
    private static final long EXTRA_TENANT = 1_000_001;

    private final Plan plan;
    private final PgConnections target;

    public Planted(Plan plan, PgConnections target) {
        this.plan = plan;
        this.target = target;
    }

    /**
     * One planted difference.
     *
     * @param table source name
     * @param key as reports show it, SQL literals separated by commas
     * @param kind {@code row_diff}, {@code missing_target} or {@code missing_source}, as the validator names it
     * @param what for people
     */
    public record Difference(String table, String key, String kind, String what) {}

    /** Makes all three in one transaction. */
    public List<Difference> plant() {
        try (Connection c = target.open("liteferry-demo");
                Statement s = c.createStatement()) {
            s.execute(TargetGate.pass("by hand"));
            List<Difference> planted = List.of(changedValue(c), deletedRow(c), extraRow(c));
            c.commit();
            return planted;
        } catch (SQLException e) {
            throw PgConnections.failure("Changing rows of the target by hand", e);
        }
    }

    private Difference changedValue(Connection c) throws SQLException {
        TablePlan products = table("products");
        execute(
                c,
                "UPDATE " + name(products) + " SET " + column(products, "name") + " = " + column(products, "name")
                        + " || ' (changed by hand)' WHERE " + column(products, "id") + " = " + CHANGED_PRODUCT);
        return new Difference(
                "products", key(CHANGED_PRODUCT), "row_diff", "one value changed: products " + CHANGED_PRODUCT);
    }

    private Difference deletedRow(Connection c) throws SQLException {
        TablePlan prices = table("price_history");
        execute(c, "DELETE FROM " + name(prices) + " WHERE " + column(prices, "product_id") + " = " + REPRICED_PRODUCT);
        return new Difference(
                "price_history",
                sourceKey(prices, "product_id", REPRICED_PRODUCT),
                "missing_target",
                "one row deleted: price_history of product " + REPRICED_PRODUCT);
    }

    /** A copy of tenant 1 under another id and name. */
    private Difference extraRow(Connection c) throws SQLException {
        TablePlan tenants = table("tenants");
        String columns =
                tenants.columns().stream().map(p -> PgSql.name(p.target())).collect(Collectors.joining(", "));
        String values = tenants.columns().stream()
                .map(p -> switch (p.source()) {
                    case "id" -> String.valueOf(EXTRA_TENANT);
                    case "slug" -> "'added-by-hand'";
                    default -> PgSql.name(p.target());
                })
                .collect(Collectors.joining(", "));
        execute(
                c,
                "INSERT INTO " + name(tenants) + " (" + columns + ") SELECT " + values + " FROM " + name(tenants)
                        + " WHERE " + column(tenants, "id") + " = 1");
        return new Difference("tenants", key(EXTRA_TENANT), "missing_source", "one row added: tenants " + EXTRA_TENANT);
    }

    /** Runs a statement that must change exactly one row. */
    private static void execute(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement()) {
            int rows = s.executeUpdate(sql);
            if (rows != 1) {
                throw new IllegalStateException("changed " + rows + " rows instead of one: " + sql);
            }
        }
    }

    /** The key of the one source row in which {@code column} has the value. */
    private String sourceKey(TablePlan t, String column, long value) {
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        List<String> key = t.key().columns();
        String selected =
                t.key().isRowid() ? "rowid" : key.stream().map(Sql::name).collect(Collectors.joining(", "));
        String sql = "SELECT " + selected + " FROM " + Sql.name(t.source()) + " WHERE " + Sql.name(column) + " = ?";
        try (Connection c = file.openReader();
                PreparedStatement p = c.prepareStatement(sql)) {
            p.setLong(1, value);
            try (ResultSet rs = p.executeQuery()) {
                if (!rs.next()) {
                    throw new IllegalStateException("no row of " + t.source() + " has " + column + " " + value);
                }
                PackedWriter w = new PackedWriter();
                new RowReader(p, RowReader.isUtf16(c)).key(w, 0, Math.max(1, key.size()));
                return new RowKey(w.toBytes()).toString();
            }
        } catch (SQLException e) {
            throw file.failure("Reading a key of " + t.source(), e);
        }
    }

    private static String key(long id) {
        return RowKey.of(List.of(new SqliteValue.Int(id))).toString();
    }

    private TablePlan table(String source) {
        return plan.table(source)
                .filter(t -> t.key().kind() != KeyPlan.Kind.ROWID || t.source().equals("price_history"))
                .orElseThrow(() -> new IllegalArgumentException("the plan has no table " + source + " with a key"));
    }

    private String name(TablePlan t) {
        return PgSql.name(plan.options().string(Options.TARGET_SCHEMA), t.target());
    }

    private static String column(TablePlan t, String source) {
        return t.columns().stream()
                .filter(c -> c.source().equals(source))
                .map(ColumnPlan::target)
                .map(PgSql::name)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the plan has no column " + t.source() + "." + source));
    }
}
