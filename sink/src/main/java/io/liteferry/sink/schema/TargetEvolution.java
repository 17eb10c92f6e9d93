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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the source's columns at the target, in the transaction of the batch that carries the change. A step that was
 * already made is passed over: a capture that started from an older position tells it again.
 */
public final class TargetEvolution {
    private static final Logger LOG = LoggerFactory.getLogger(TargetEvolution.class);
    private static final String OTHERS_DEPEND = "2BP01";

    private final Plan written;

    /** @param written the migration file's plan */
    public TargetEvolution(Plan written) {
        this.written = written;
    }

    public void follow(Connection c, Map<String, TableEvolution> was, Map<String, TableEvolution> now)
            throws SQLException {
        for (TablePlan table : written.tables()) {
            TableEvolution next = now.get(table.source());
            if (next != null && !next.equals(was.get(table.source()))) {
                follow(c, table, Optional.ofNullable(was.get(table.source())), next);
            }
        }
    }

    private void follow(Connection c, TablePlan table, Optional<TableEvolution> was, TableEvolution now)
            throws SQLException {
        List<ColumnChange> made = was.map(TableEvolution::changes).orElse(List.of());
        List<ColumnChange> changes = now.changes();
        boolean goesOn =
                changes.size() >= made.size() && changes.subList(0, made.size()).equals(made);
        for (int i = goesOn ? made.size() : 0; i < changes.size(); i++) {
            TablePlan before = evolved(table, now, changes.subList(0, i));
            ColumnChange change = changes.get(i);
            String target = before.columns().stream()
                    .filter(p -> p.source().equals(change.column()))
                    .map(ColumnPlan::target)
                    .findFirst()
                    .orElse(change.target());
            make(c, before, target, change);
            LOG.info("target follows the source table={} change={}", table.source(), change.text());
        }
        TablePlan after = evolved(table, now, changes);
        try (Statement s = c.createStatement()) {
            s.execute("DROP TABLE IF EXISTS " + TargetNames.stage(written, after));
            s.execute(new TargetDdl(written).stage(after));
        }
    }

    private TablePlan evolved(TablePlan table, TableEvolution now, List<ColumnChange> changes) {
        TableEvolution so = new TableEvolution(now.grewFrom(), now.columns(), changes);
        return EvolvedPlan.of(written, Map.of(table.source(), so))
                .table(table.source())
                .orElseThrow();
    }

    private void make(Connection c, TablePlan table, String target, ColumnChange change) throws SQLException {
        String alter = "ALTER TABLE " + TargetNames.qualified(written, table) + " ";
        switch (change.kind()) {
            case ADD -> execute(c, alter + "ADD COLUMN IF NOT EXISTS " + TargetDdl.column(EvolvedPlan.added(change)));
            case RENAME -> {
                if (exists(c, table, target) && !exists(c, table, change.target())) {
                    execute(c, alter + "RENAME COLUMN " + PgSql.name(target) + " TO " + PgSql.name(change.target()));
                }
            }
            case DROP -> drop(c, alter, table, target);
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
