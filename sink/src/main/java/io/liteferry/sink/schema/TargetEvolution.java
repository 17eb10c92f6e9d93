package io.liteferry.sink.schema;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the source's columns at the target, in the transaction of the batch that carries the change. A capture that did
 * not know of a change may tell columns of before it: then the change is undone.
 */
public final class TargetEvolution {
    private static final Logger LOG = LoggerFactory.getLogger(TargetEvolution.class);
    private static final String OTHERS_DEPEND = "2BP01";

    private final Plan written;

    /** @param written the migration file's plan */
    public TargetEvolution(Plan written) {
        this.written = written;
    }

    /** Takes every table from the columns it has to those it is to have. */
    public void follow(Connection c, Map<String, TableEvolution> was, Map<String, TableEvolution> now)
            throws SQLException {
        for (TablePlan table : written.tables()) {
            TableEvolution from = was.get(table.source());
            TableEvolution to = now.get(table.source());
            if (!Objects.equals(from, to)) {
                follow(c, table, from, to);
            }
        }
    }

    private void follow(Connection c, TablePlan table, @Nullable TableEvolution from, @Nullable TableEvolution to)
            throws SQLException {
        TablePlan now = EvolvedPlan.after(table, EvolvedPlan.changes(table, from));
        for (ColumnChange step : EvolvedPlan.steps(table, from, to)) {
            String target = now.columns().stream()
                    .filter(p -> p.source().equals(step.column()))
                    .map(ColumnPlan::target)
                    .findFirst()
                    .orElse(step.target());
            make(c, now, target, step);
            now = EvolvedPlan.after(now, List.of(step));
            LOG.info("target follows the source table={} change={}", table.source(), step.text());
        }
        TablePlan after = EvolvedPlan.after(table, EvolvedPlan.changes(table, to));
        try (Statement s = c.createStatement()) {
            s.execute("DROP TABLE IF EXISTS " + TargetNames.stage(written, after));
            s.execute(new TargetDdl(written).stage(after));
        }
    }

    private void make(Connection c, TablePlan table, String target, ColumnChange change) throws SQLException {
        if (!table.made()) {
            // Only the application alters it: capture has seen that its own migration was run.
            return;
        }
        String alter = "ALTER TABLE " + TargetNames.qualified(written, table) + " ";
        switch (change.kind()) {
            case ADD -> execute(c, alter + "ADD COLUMN IF NOT EXISTS " + TargetDdl.column(EvolvedPlan.added(change)));
            case RENAME -> {
                if (exists(c, table, target) && !exists(c, table, change.target())) {
                    execute(c, alter + "RENAME COLUMN " + PgSql.name(target) + " TO " + PgSql.name(change.target()));
                }
            }
            case DROP -> drop(c, alter, table, target);
            case UNIQUE -> throw new IllegalStateException("the constraint gate builds " + change.text());
        }
    }

    /** A column that somebody's view needs stays, but takes NULL from now on. */
    private void drop(Connection c, String alter, TablePlan table, String column) throws SQLException {
        Savepoint before = c.setSavepoint();
        try {
            execute(c, alter + "DROP COLUMN IF EXISTS " + PgSql.name(column));
        } catch (SQLException e) {
            if (!OTHERS_DEPEND.equals(e.getSQLState())) {
                throw e;
            }
            c.rollback(before);
            LOG.warn(
                    "a dropped column stays, something in the target depends on it table={} column={}",
                    table.source(),
                    column);
            execute(c, alter + "ALTER COLUMN " + PgSql.name(column) + " DROP NOT NULL");
        }
    }

    private static void execute(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private boolean exists(Connection c, TablePlan table, String column) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(?)"
                + " AND attname = ? AND attnum > 0 AND NOT attisdropped")) {
            s.setString(1, TargetNames.qualified(written, table));
            s.setString(2, column);
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }
}
