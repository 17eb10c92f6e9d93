package io.liteferry.sink.schema;

import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two forms of a unique constraint of a table we have made. While streaming it is checked at commit, so that a batch may
 * swap two values. The application finds one that is checked at once, as in SQLite, and that ON CONFLICT can name. The index
 * of that one is built beside the stream, and takes the place of the other in the switch. Those of a partitioned table stay as
 * they are: PostgreSQL cannot exchange their index.
 */
final class UniqueForms {
    private static final String SUFFIX = "_own";

    private final Plan plan;

    UniqueForms(Plan plan) {
        this.plan = plan;
    }

    /** @param index that takes its place: valid, invalid, or null where it was not made */
    private record Deferred(
            TablePlan table,
            IndexPlan plan,
            String name,
            String own,
            @Nullable Boolean index) {}

    private List<Deferred> deferred(Connection c) throws SQLException {
        List<Deferred> deferred = new ArrayList<>();
        for (TablePlan t : plan.tables()) {
            for (IndexPlan i : t.made() && t.partition().isEmpty() ? t.indexes() : List.<IndexPlan>of()) {
                String name = TargetNames.fitting(i.name());
                String own = TargetNames.fitting(i.name() + SUFFIX);
                if (i.constraint() && isDeferred(c, t, name)) {
                    deferred.add(new Deferred(t, i, name, own, index(c, t, own)));
                }
            }
        }
        return deferred;
    }

    private boolean isDeferred(Connection c, TablePlan table, String name) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT FROM pg_constraint WHERE conrelid = to_regclass(?)"
                + " AND conname = ? AND contype = 'u' AND condeferrable")) {
            s.setString(1, TargetNames.qualified(plan, table));
            s.setString(2, name);
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    private @Nullable Boolean index(Connection c, TablePlan table, String name) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT i.indisvalid FROM pg_index i"
                + " JOIN pg_class r ON r.oid = i.indexrelid WHERE i.indrelid = to_regclass(?) AND r.relname = ?")) {
            s.setString(1, TargetNames.qualified(plan, table));
            s.setString(2, name);
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? (Boolean) r.getBoolean(1) : null;
            }
        }
    }

    /** Builds the indexes that are missing; needs a connection that commits by itself. */
    void prepare(Connection c) throws SQLException {
        for (Deferred d : deferred(c)) {
            try (Statement s = c.createStatement()) {
                if (Boolean.FALSE.equals(d.index)) {
                    s.execute(drop(d));
                }
                if (!Boolean.TRUE.equals(d.index)) {
                    s.execute("CREATE UNIQUE INDEX CONCURRENTLY " + PgSql.name(d.own) + " ON "
                            + TargetNames.qualified(plan, d.table) + " (" + String.join(", ", d.plan.terms()) + ")");
                }
            }
        }
    }

    /** Takes them away again; needs a connection that commits by itself. */
    void unprepare(Connection c) throws SQLException {
        for (Deferred d : deferred(c)) {
            try (Statement s = c.createStatement();
                    PreparedStatement forget = c.prepareStatement("DELETE FROM liteferry.suspended_constraint"
                            + " WHERE source = ? AND table_name = ? AND name = ?")) {
                s.execute(drop(d));
                forget.setString(1, plan.source());
                forget.setString(2, d.table.source());
                forget.setString(3, d.own);
                forget.executeUpdate();
            }
        }
    }

    private String drop(Deferred d) {
        return "DROP INDEX CONCURRENTLY IF EXISTS " + PgSql.name(TargetNames.schema(plan), d.own);
    }

    /** The tables that must be locked against everybody for {@link #toApplication}. */
    Set<String> touched(Connection c) throws SQLException {
        Set<String> tables = new LinkedHashSet<>();
        deferred(c).forEach(d -> tables.add(TargetNames.qualified(plan, d.table)));
        return tables;
    }

    /** Puts the application's form in the place of the other, in the caller's transaction. */
    void toApplication(Connection c) throws SQLException {
        for (Deferred d : deferred(c)) {
            if (!Boolean.TRUE.equals(d.index)) {
                throw new SQLException("unique constraint " + d.name + " of table " + d.table.target()
                        + " was not prepared: there is no valid index " + d.own);
            }
            String name = PgSql.name(d.name);
            try (Statement s = c.createStatement()) {
                s.execute("ALTER TABLE " + TargetNames.qualified(plan, d.table) + " DROP CONSTRAINT " + name
                        + ", ADD CONSTRAINT " + name + " UNIQUE USING INDEX " + PgSql.name(d.own));
            }
        }
    }
}
