package io.liteferry.sink.schema;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.OwnSchema;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the target: schema liteferry, the tables with key, NOT NULL and partitions, and a stage beside each. Secondary
 * indexes, unique constraints and foreign keys wait until the snapshot is over, see {@link ConstraintGate}.
 */
public final class TargetInstaller {
    private static final String APPLICATION = "liteferry-apply";

    private final Plan plan;
    private final PgConnections connections;
    private final TargetDdl ddl;

    public TargetInstaller(Plan plan) {
        this.plan = plan;
        connections = PgConnections.of(plan.options());
        ddl = new TargetDdl(plan);
    }

    /** What {@link #install()} runs, in order, after it has brought schema liteferry to this program's version. */
    public List<String> statements() {
        List<String> statements = new ArrayList<>(making());
        plan.tables().stream().filter(TablePlan::replace).forEach(t -> statements.add(deletion(t)));
        statements.addAll(new TargetGate(plan).statements());
        return statements;
    }

    private String deletion(TablePlan t) {
        return "DELETE FROM " + TargetNames.qualified(plan, t);
    }

    private List<String> making() {
        List<String> statements = new ArrayList<>();
        if (plan.tables().stream().anyMatch(TablePlan::made)
                && !TargetNames.schema(plan).equals("public")) {
            statements.add(ddl.schema());
        }
        for (TablePlan t : plan.tables()) {
            if (t.made()) {
                statements.addAll(ddl.table(t));
            }
        }
        statements.add(TargetDdl.STAGE_QUARANTINE);
        plan.tables().forEach(t -> statements.add(ddl.stage(t)));
        return statements;
    }

    /** True where every table and every stage is there. */
    public boolean installed() {
        try (Connection c = connections.open(APPLICATION)) {
            for (TablePlan t : plan.tables()) {
                if (!exists(c, TargetNames.qualified(plan, t)) || !exists(c, TargetNames.stage(plan, t))) {
                    return false;
                }
            }
            return true;
        } catch (SQLException e) {
            throw PgConnections.failure("Looking for the tables of " + plan.source(), e);
        }
    }

    /**
     * Makes what is missing. Tables must be empty, unless this source was already applied to them, or their rows are to be
     * replaced.
     *
     * @throws LiteferryException {@link ErrorCode#TARGET_NOT_EMPTY}, {@link ErrorCode#TARGET_MISMATCH}, each naming every
     *     table concerned; nothing is made then
     */
    public void install() {
        OwnSchema.migrate(connections);
        String running = "Making the target of " + plan.source();
        try (Connection c = connections.open(APPLICATION);
                Statement s = c.createStatement()) {
            s.execute(TargetGate.pass("apply"));
            for (String sql : making()) {
                running = sql;
                s.execute(sql);
            }
            running = "Comparing the target with the plan of " + plan.source();
            new TargetInstaller(EvolvedPlan.of(plan, evolution(c))).verify(c);
            demandOurs(c);
            demandEmpty(c);
            // Once a sink has started, what is there may already have come back.
            if (plan.tables().stream().anyMatch(t -> !t.made()) && !alreadyApplied(c)) {
                running = "Taking off the secondary constraints of existing tables";
                new OwnDefinitions(plan).takeOff(c);
                for (TablePlan t : plan.tables()) {
                    if (t.replace()) {
                        running = deletion(t);
                        s.execute(running);
                    }
                }
            }
            running = "Closing the target of " + plan.source() + " to all but the sink";
            new TargetGate(plan).make(c);
            c.commit();
        } catch (SQLException e) {
            throw PgConnections.failure(running, e);
        }
    }

    /** Takes off what keeps the application out, its triggers fire again. The tables and their rows stay as they are. */
    public void uninstall() {
        try (Connection c = connections.open(APPLICATION)) {
            new TargetGate(plan).remove(c);
            new ApplicationTriggers(plan).bringBack(c);
            c.commit();
        } catch (SQLException e) {
            throw PgConnections.failure("Opening the target of " + plan.source(), e);
        }
    }

    /** Compares every target table with the plan, column by column; one that only the application alters, before the first batch. */
    public void verify(Connection c) throws SQLException {
        List<String> problems = new ArrayList<>();
        boolean begun = alreadyApplied(c);
        for (TablePlan t : plan.tables()) {
            Map<String, String> present = columns(c, TargetNames.qualified(plan, t));
            if (begun && !t.made() && !present.isEmpty()) {
                // Its own migration may have gone ahead of the source's: the END that tells of it is still to come.
                continue;
            }
            if (present.isEmpty()) {
                problems.add("table " + t.target() + " does not exist");
                continue;
            }
            if (t.key().isRowid()) {
                demand(problems, t, present, KeyPlan.ROWID_COLUMN, TargetType.of(TargetType.Kind.BIGINT));
            }
            for (ColumnPlan column : t.columns()) {
                demand(problems, t, present, column.target(), column.type());
            }
            if (!hasKey(c, t)) {
                problems.add("table " + t.target() + " has no primary key or unique index on " + t.uniqueKey());
            }
        }
        if (!problems.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.TARGET_MISMATCH,
                    "Comparing the target with the plan of " + plan.source() + ": " + String.join("; ", problems)
                            + ". Correct the plan, or alter or drop the tables that differ; then liteferry apply --config …,"
                            + " which makes those that are missing.");
        }
    }

    /** Makes the stages anew whose columns are of other types than the plan's: it was changed since. What stands in them is read again. */
    public void fitStages(Connection c) throws SQLException {
        for (TablePlan t : plan.tables()) {
            String stage = TargetNames.stage(plan, t);
            Map<String, String> present = columns(c, stage);
            List<String> problems = new ArrayList<>();
            for (ColumnPlan column : t.columns()) {
                demand(problems, t, present, column.target(), column.type());
            }
            if (!problems.isEmpty()) {
                try (Statement s = c.createStatement()) {
                    s.execute("DROP TABLE IF EXISTS " + stage);
                    s.execute(ddl.stage(t));
                }
            }
        }
    }

    private static void demand(
            List<String> problems, TablePlan t, Map<String, String> present, String column, TargetType planned) {
        String found = present.get(column);
        if (found == null) {
            problems.add("table " + t.target() + " has no column " + column);
        } else if (!TargetType.parse(found).map(planned::equals).orElse(false) && !found.equals(written(planned))) {
            problems.add("column " + t.target() + "." + column + " is " + found + ", planned " + planned.sql());
        }
    }

    /** char without a length is char(1) to PostgreSQL. */
    private static String written(TargetType planned) {
        return planned.kind() == TargetType.Kind.CHAR && planned.precision() == TargetType.NONE
                ? "character(1)"
                : planned.sql();
    }

    private static Map<String, String> columns(Connection c, String table) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        try (PreparedStatement s = c.prepareStatement(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass(?)"
                        + " AND attnum > 0 AND NOT attisdropped")) {
            s.setString(1, table);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    columns.put(r.getString(1), r.getString(2));
                }
            }
        }
        return columns;
    }

    /** Our upserts need a unique index over exactly the key (and the partition column), not deferrable, not partial. */
    private boolean hasKey(Connection c, TablePlan t) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                SELECT 1 FROM pg_index i WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indimmediate
                AND i.indpred IS NULL AND i.indexprs IS NULL
                AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
                     WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
                  = (SELECT array_agg(k ORDER BY k COLLATE "C") FROM unnest(?::text[]) k)""")) {
            s.setString(1, TargetNames.qualified(plan, t));
            s.setArray(2, c.createArrayOf("text", t.uniqueKey().toArray()));
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    /** The name of a source is that of its row: another migration's sink must not take ours over, nor we its. */
    private void demandOurs(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT k FROM liteferry.applied, jsonb_object_keys(offsets) k"
                + " WHERE source = ? AND NOT starts_with(k, ?) LIMIT 1")) {
            s.setString(1, plan.source());
            s.setString(2, plan.name() + ".");
            try (ResultSet r = s.executeQuery()) {
                if (r.next()) {
                    throw new LiteferryException(
                            ErrorCode.TARGET_MISMATCH,
                            "Making the target of " + plan.source()
                                    + ": another migration into this database has a source of that name, read from topic "
                                    + r.getString(1)
                                    + ". Give the source another name and schema in the migration file.");
                }
            }
        }
    }

    private void demandEmpty(Connection c) throws SQLException {
        if (alreadyApplied(c)) {
            return;
        }
        List<String> filled = new ArrayList<>();
        try (Statement s = c.createStatement()) {
            for (TablePlan t : plan.tables()) {
                if (t.replace()) {
                    continue;
                }
                try (ResultSet r =
                        s.executeQuery("SELECT EXISTS (SELECT 1 FROM " + TargetNames.qualified(plan, t) + ")")) {
                    r.next();
                    if (r.getBoolean(1)) {
                        filled.add(t.target());
                    }
                }
            }
        }
        if (!filled.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.TARGET_NOT_EMPTY,
                    "Making the target of " + plan.source() + ": rows stand in " + String.join(", ", filled)
                            + ", which no sink of this migration has written. Empty or rename these tables, set existing: replace"
                            + " where they may be deleted, or choose"
                            + " another target.schema.");
        }
    }

    /** The plan with what a sink has followed since the migration file was written. */
    public Plan now() {
        try (Connection c = connections.open(APPLICATION)) {
            return EvolvedPlan.of(plan, evolution(c));
        } catch (SQLException e) {
            throw PgConnections.failure("Reading what has become of the columns of " + plan.source(), e);
        }
    }

    /** What a sink has followed since the migration file was written. */
    private Map<String, TableEvolution> evolution(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT evolution::text FROM liteferry.applied WHERE source = ?")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                return r.next()
                        ? Json.readMap(r.getString(1), TableEvolution.class, "liteferry.applied.evolution")
                        : Map.of();
            }
        }
    }

    private boolean alreadyApplied(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT 1 FROM liteferry.applied WHERE source = ?")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    private static boolean exists(Connection c, String qualified) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            s.setString(1, qualified);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }
}
