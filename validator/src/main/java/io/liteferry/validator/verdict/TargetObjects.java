package io.liteferry.validator.verdict;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks in the target's catalogue for what the application will need there beside the rows: sequences, foreign keys, what SQL files make. */
final class TargetObjects {
    /** The catalogue of a large schema is not read four times a second. */
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String source;
    private final String schema;
    private final int files;
    private final List<TablePlan> tables;
    private Missing missing = new Missing(0, List.of(), 0, List.of(), 0, List.of());
    private long lookedAt;
    private boolean looked;

    /**
     * @param sequences that the plan asks for
     * @param withoutSequence of these columns, those that have none
     * @param foreignKeys that the plan asks for
     * @param unchecked foreign keys that are not there, or that PostgreSQL has not checked against all rows
     * @param files of {@code hooks.sql.after_load}
     * @param notRun of these, those that the sink has not run yet, or that have failed
     */
    record Missing(
            int sequences,
            List<String> withoutSequence,
            int foreignKeys,
            List<String> unchecked,
            int files,
            List<String> notRun) {}

    TargetObjects(Plan plan) {
        this.source = plan.source();
        this.files = plan.options().list(Options.HOOKS_SQL_AFTER_LOAD).size();
        this.schema = plan.options().string(Options.TARGET_SCHEMA);
        this.tables = plan.tables();
    }

    Missing look(Connection connection) throws SQLException {
        long now = System.nanoTime();
        if (!looked || now - lookedAt > EVERY_NANOS) {
            missing = read(connection);
            lookedAt = now;
            looked = true;
        }
        return missing;
    }

    private Missing read(Connection connection) throws SQLException {
        List<String[]> identities = new ArrayList<>();
        List<String[]> keys = new ArrayList<>();
        for (TablePlan t : tables) {
            t.columns().stream()
                    .filter(ColumnPlan::identity)
                    .forEach(c -> identities.add(new String[] {PgSql.name(schema, t.target()), c.target()}));
            if (t.made()) {
                t.foreignKeys().forEach(k -> keys.add(new String[] {PgSql.name(schema, t.target()), k.name()}));
            }
        }
        return new Missing(
                identities.size(),
                rows(
                        connection,
                        "SELECT w.tbl || '.' || w.col FROM unnest(?::text[], ?::text[]) AS w(tbl, col)"
                                + " WHERE NOT EXISTS (SELECT 1 FROM pg_attribute a LEFT JOIN pg_attrdef d"
                                + " ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                                + " WHERE a.attrelid = to_regclass(w.tbl) AND a.attname = w.col AND (a.attidentity <> ''"
                                + " OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')) ORDER BY 1",
                        identities),
                keys.size(),
                rows(
                        connection,
                        "SELECT w.tbl || ' ' || w.name FROM unnest(?::text[], ?::text[]) AS w(tbl, name)"
                                + " WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = to_regclass(w.tbl)"
                                + " AND k.conname = w.name AND k.contype = 'f' AND k.convalidated) ORDER BY 1",
                        keys),
                files,
                notRun(connection));
    }

    private List<String> notRun(Connection connection) throws SQLException {
        List<String> notRun = new ArrayList<>();
        try (PreparedStatement ps = connection.prepareStatement("SELECT file || coalesce(' (' || reason || ')', '')"
                + " FROM liteferry.after_load WHERE source = ? AND run_at IS NULL ORDER BY file")) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    notRun.add(rs.getString(1));
                }
            }
        }
        return notRun;
    }

    private static List<String> rows(Connection connection, String sql, List<String[]> pairs) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement ps = connection.prepareStatement(sql)) {
            ps.setArray(
                    1,
                    connection.createArrayOf(
                            "text", pairs.stream().map(p -> p[0]).toArray()));
            ps.setArray(
                    2,
                    connection.createArrayOf(
                            "text", pairs.stream().map(p -> p[1]).toArray()));
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    rows.add(rs.getString(1));
                }
            }
        }
        return rows;
    }
}
