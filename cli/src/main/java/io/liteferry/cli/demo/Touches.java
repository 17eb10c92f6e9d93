package io.liteferry.cli.demo;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A load for any database: rows take a value over from another row of their table. So it knows nothing of what values mean,
 * and writes none that the application has not written itself. What a constraint refuses is left.
 */
public final class Touches implements MovingLoad.Draw {
    private static final int SAMPLE = 500;

    private final Plan plan;
    private final Random random;
    private final List<Touched> touched = new ArrayList<>();
    private final Map<String, List<Object[]>> samples = new ConcurrentHashMap<>();

    /** A table and the column of it that is written. */
    private record Touched(TablePlan table, ColumnPlan column) {}

    /** @param plan of one source */
    public Touches(Plan plan, long seed) {
        this.plan = plan;
        this.random = new Random(seed);
        for (TablePlan table : plan.tables()) {
            table.columns().stream()
                    .filter(c -> !table.targetKey().contains(c.target()))
                    .filter(c -> !table.partitionColumns().contains(c.target()))
                    .filter(c -> table.indexes().stream()
                            .noneMatch(i ->
                                    i.unique() && i.terms().stream().anyMatch(t -> t.contains(PgSql.name(c.target())))))
                    .forEach(c -> touched.add(new Touched(table, c)));
        }
    }

    /** False where no table has a column that could be written. */
    public boolean possible() {
        return !touched.isEmpty();
    }

    @Override
    public MovingLoad.Intent next() {
        Touched t = touched.get(random.nextInt(touched.size()));
        long draw = random.nextLong();
        return (side, c) -> touch(side, c, t, draw);
    }

    private void touch(Side side, Connection c, Touched t, long draw) throws SQLException {
        List<Object[]> keys = sample(side, c, t.table());
        if (keys.isEmpty()) {
            return;
        }
        Object[] row = keys.get((int) Math.floorMod(draw, (long) keys.size()));
        Object[] other = keys.get((int) Math.floorMod(draw >> 32, (long) keys.size()));
        String table = table(side, t.table());
        String column = side.isSqlite()
                ? Sql.name(t.column().source())
                : PgSql.name(t.column().target());
        String where = where(side, t.table());
        try (PreparedStatement ps = c.prepareStatement("UPDATE " + table + " SET " + column + " = (SELECT " + column
                + " FROM " + table + " WHERE " + where + ") WHERE " + where + " AND EXISTS (SELECT 1 FROM " + table
                + " WHERE " + where + ")")) {
            int i = 1;
            for (Object[] key : List.of(other, row, other)) {
                for (Object value : key) {
                    ps.setObject(i++, value);
                }
            }
            ps.executeUpdate();
        } catch (SQLException e) {
            if (!side.refusedByConstraint(e)) {
                throw e;
            }
        }
    }

    private List<Object[]> sample(Side side, Connection c, TablePlan table) throws SQLException {
        String name = side.name() + " " + table.source();
        List<Object[]> known = samples.get(name);
        if (known != null) {
            return known;
        }
        List<String> key = key(side, table);
        List<Object[]> rows = new ArrayList<>();
        try (PreparedStatement ps = c.prepareStatement(
                        "SELECT " + String.join(", ", key) + " FROM " + table(side, table) + " LIMIT " + SAMPLE);
                ResultSet r = ps.executeQuery()) {
            while (r.next()) {
                Object[] values = new Object[key.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = r.getObject(i + 1);
                }
                rows.add(values);
            }
        }
        samples.put(name, rows);
        return rows;
    }

    private String table(Side side, TablePlan table) {
        return side.isSqlite()
                ? Sql.name(table.source())
                : PgSql.name(plan.options().string(Options.TARGET_SCHEMA)) + "." + PgSql.name(table.target());
    }

    private static String where(Side side, TablePlan table) {
        return String.join(
                " AND ", key(side, table).stream().map(k -> k + " = ?").toList());
    }

    private static List<String> key(Side side, TablePlan table) {
        if (!side.isSqlite()) {
            return table.targetKey().stream().map(PgSql::name).toList();
        }
        return table.key().kind() == KeyPlan.Kind.ROWID
                ? List.of("rowid")
                : table.key().columns().stream().map(Sql::name).toList();
    }
}
