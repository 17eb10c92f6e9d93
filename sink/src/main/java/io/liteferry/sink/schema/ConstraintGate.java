package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.CheckPlan;
import io.liteferry.core.plan.ForeignKeyPlan;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secondary indexes, unique constraints and foreign keys: a gate before the cutover, never a dependency of the stream.
 * They are built after the snapshot, see {@link BackgroundBuild}. One that cannot be built, or that a batch runs into, is taken
 * off and recorded in {@code liteferry.suspended_constraint}; it is tried again later. What is built is read from PostgreSQL's
 * catalog, so a restart goes on where the last run stopped.
 */
public final class ConstraintGate {
    private static final Logger LOG = LoggerFactory.getLogger(ConstraintGate.class);

    private final Plan plan;
    private final TargetDdl ddl;

    public ConstraintGate(Plan plan) {
        this.plan = plan;
        ddl = new TargetDdl(plan);
    }

    /** What has to be built, or built to its end: all that the plan and the recorded definitions name, but what is suspended. */
    List<GatedObject> missing(Connection c) throws SQLException {
        Set<Name> suspended = suspended(c);
        List<GatedObject> missing = new ArrayList<>();
        for (GatedObject o : objects(c)) {
            if (!suspended.contains(new Name(o.table().source(), o.name()))
                    && !BuildSteps.of(c, plan, o, false).isEmpty()) {
                missing.add(o);
            }
        }
        c.commit();
        return missing;
    }

    /** What is suspended, longest untried first; foreign keys last, because they may need one of the others. */
    List<GatedObject> toRetry(Connection c) throws SQLException {
        List<GatedObject> all = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement(
                "SELECT table_name, name, definition FROM liteferry.suspended_constraint WHERE source = ?"
                        + " ORDER BY definition LIKE '%FOREIGN KEY%', last_tried")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    String name = r.getString(2);
                    String sql = r.getString(3);
                    plan.table(r.getString(1)).ifPresent(t -> all.add(new GatedObject(t, name, sql)));
                }
            }
        }
        c.commit();
        return all;
    }

    /** Says, in the caller's transaction, that an object is built; true where it was suspended before. */
    boolean built(Connection c, GatedObject o) throws SQLException {
        try (PreparedStatement forget = c.prepareStatement(
                "DELETE FROM liteferry.suspended_constraint WHERE source = ? AND table_name = ? AND name = ?")) {
            forget.setString(1, plan.source());
            forget.setString(2, o.table().source());
            forget.setString(3, o.name());
            return forget.executeUpdate() > 0;
        }
    }

    /** Says, in the caller's transaction, that an object could not be built, or was given up for a batch. */
    public void suspended(Connection c, GatedObject o, SQLException reason) throws SQLException {
        record(c, o.table().source(), o.name(), o.sql(), reason(reason), String.valueOf(reason.getSQLState()));
        LOG.warn(
                "constraint suspended table={} constraint={} sqlstate={}",
                o.table().source(),
                o.name(),
                reason.getSQLState());
    }

    /**
     * Takes off the constraint a batch ran into, and records it, in the caller's transaction (already fenced).
     *
     * @throws LiteferryException {@link ErrorCode#PRIMARY_KEY_CONFLICT} where it is a primary key
     */
    public void suspend(Connection c, SQLException violation) throws SQLException {
        Found found = find(c, violation)
                .orElseThrow(() -> PgConnections.failure("Applying a batch of " + plan.source(), violation));
        if (found.primary) {
            throw new LiteferryException(
                    ErrorCode.PRIMARY_KEY_CONFLICT,
                    "Applying a batch to " + found.table + ": another row has its primary key, constraint "
                            + found.name + ". Something else writes to this table; stop it, then run liteferry repair "
                            + found.table + ".",
                    violation);
        }
        String state = String.valueOf(violation.getSQLState());
        for (Found dependent : dependents(c, found)) {
            drop(c, dependent, "the constraint it needs, " + found.name + ", was suspended", state);
        }
        drop(c, found, reason(violation), state);
    }

    private void drop(Connection c, Found f, String reason, String state) throws SQLException {
        String sql = objects(c).stream()
                .filter(o -> o.name().equals(f.name)
                        && TargetNames.qualified(plan, o.table()).equals(f.qualified))
                .map(GatedObject::sql)
                .findFirst()
                .orElse(f.definition);
        String source = plan.tables().stream()
                .filter(t -> TargetNames.qualified(plan, t).equals(f.qualified))
                .map(TablePlan::source)
                .findFirst()
                .orElse(f.table);
        try (Statement s = c.createStatement()) {
            s.execute(
                    f.index
                            ? "DROP INDEX " + PgSql.name(f.schema, f.name)
                            : "ALTER TABLE " + f.qualified + " DROP CONSTRAINT " + PgSql.name(f.name));
        }
        record(c, source, f.name, sql, reason, state);
        LOG.warn("constraint suspended table={} constraint={} sqlstate={}", source, f.name, state);
    }

    private record Name(String table, String name) {}

    private record Found(
            long oid,
            String schema,
            String table,
            String qualified,
            String name,
            String definition,
            boolean index,
            boolean primary) {}

    /** PostgreSQL may name the piece of one partition; the whole is found by climbing to the parent. */
    private static Optional<Found> find(Connection c, SQLException e) throws SQLException {
        String named = SqlStates.constraint(e).orElse("");
        try (PreparedStatement s = c.prepareStatement("""
                WITH RECURSIVE up AS (
                  SELECT k.oid, k.conparentid FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
                    JOIN pg_namespace n ON n.oid = r.relnamespace
                    WHERE k.conname = ? AND n.nspname = ? AND r.relname = ?
                  UNION ALL SELECT p.oid, p.conparentid FROM up JOIN pg_constraint p ON p.oid = up.conparentid)
                SELECT k.oid, n.nspname, r.relname, k.conname, k.contype = 'p',
                  format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
                FROM up JOIN pg_constraint k ON k.oid = up.oid JOIN pg_class r ON r.oid = k.conrelid
                  JOIN pg_namespace n ON n.oid = r.relnamespace WHERE up.conparentid = 0""")) {
            s.setString(1, named);
            s.setString(2, SqlStates.schema(e).orElse(""));
            s.setString(3, SqlStates.table(e).orElse(""));
            Optional<Found> constraint = found(s, false);
            if (constraint.isPresent()) {
                return constraint;
            }
        }
        try (PreparedStatement s = c.prepareStatement("""
                WITH RECURSIVE up AS (
                  SELECT r.oid FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
                    WHERE r.relname = ? AND n.nspname = ? AND r.relkind IN ('i', 'I')
                  UNION ALL SELECT h.inhparent FROM up JOIN pg_inherits h ON h.inhrelid = up.oid)
                SELECT i.indexrelid, n.nspname, t.relname, x.relname, i.indisprimary, pg_get_indexdef(i.indexrelid)
                FROM up JOIN pg_index i ON i.indexrelid = up.oid JOIN pg_class x ON x.oid = i.indexrelid
                  JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                WHERE NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = up.oid)""")) {
            s.setString(1, named);
            s.setString(2, SqlStates.schema(e).orElse(""));
            return found(s, true);
        }
    }

    private static Optional<Found> found(PreparedStatement s, boolean index) throws SQLException {
        try (ResultSet r = s.executeQuery()) {
            if (!r.next()) {
                return Optional.empty();
            }
            return Optional.of(new Found(
                    r.getLong(1),
                    r.getString(2),
                    r.getString(3),
                    PgSql.name(r.getString(2), r.getString(3)),
                    r.getString(4),
                    r.getString(6),
                    index,
                    r.getBoolean(5)));
        }
    }

    /** Foreign keys that point to a unique constraint or index: it cannot go before them. */
    private static List<Found> dependents(Connection c, Found f) throws SQLException {
        List<Found> dependents = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                SELECT k.oid, n.nspname, r.relname, k.conname,
                  format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
                FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
                WHERE k.contype = 'f' AND k.conparentid = 0
                  AND k.conindid IN (SELECT conindid FROM pg_constraint WHERE oid = ? AND contype = 'u' UNION SELECT ?)""")) {
            s.setLong(1, f.oid);
            s.setLong(2, f.oid);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    dependents.add(new Found(
                            r.getLong(1),
                            r.getString(2),
                            r.getString(3),
                            PgSql.name(r.getString(2), r.getString(3)),
                            r.getString(4),
                            r.getString(5),
                            false,
                            false));
                }
            }
        }
        return dependents;
    }

    /** Indexes before foreign keys, which may need a unique one. */
    private List<GatedObject> objects(Connection c) throws SQLException {
        List<GatedObject> objects = new ArrayList<>();
        for (TablePlan t : plan.tables()) {
            for (IndexPlan i : t.made() ? t.indexes() : List.<IndexPlan>of()) {
                objects.add(new GatedObject(t, TargetNames.fitting(i.name()), ddl.index(t, i)));
            }
            for (CheckPlan k : t.made() ? t.checks() : List.<CheckPlan>of()) {
                objects.add(new GatedObject(t, TargetNames.fitting(k.name()), ddl.check(t, k)));
            }
        }
        for (TablePlan t : plan.tables()) {
            for (ForeignKeyPlan k : t.made() ? t.foreignKeys() : List.<ForeignKeyPlan>of()) {
                objects.add(new GatedObject(t, TargetNames.fitting(k.name()), ddl.foreignKey(t, k)));
            }
        }
        objects.addAll(OwnDefinitions.read(c, plan));
        return objects;
    }

    private Set<Name> suspended(Connection c) throws SQLException {
        Set<Name> names = new HashSet<>();
        try (PreparedStatement s =
                c.prepareStatement("SELECT table_name, name FROM liteferry.suspended_constraint WHERE source = ?")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    names.add(new Name(r.getString(1), r.getString(2)));
                }
            }
        }
        return names;
    }

    private void record(Connection c, String table, String name, String sql, String reason, String state)
            throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                INSERT INTO liteferry.suspended_constraint (source, table_name, name, definition, reason, sqlstate)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, table_name, name) DO UPDATE
                SET reason = EXCLUDED.reason, sqlstate = EXCLUDED.sqlstate, last_tried = clock_timestamp()""")) {
            s.setString(1, plan.source());
            s.setString(2, table);
            s.setString(3, name);
            s.setString(4, sql);
            s.setString(5, reason);
            s.setString(6, state);
            s.executeUpdate();
        }
    }

    /** PostgreSQL's first line only: the detail quotes values. */
    private static String reason(SQLException e) {
        return Optional.ofNullable(e instanceof PSQLException p ? p.getServerErrorMessage() : null)
                .map(ServerErrorMessage::getMessage)
                .orElse(String.valueOf(e.getMessage()));
    }
}
