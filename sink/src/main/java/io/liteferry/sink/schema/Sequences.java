package io.liteferry.sink.schema;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the sequences of identity columns, and those of {@code serial}, past the highest value that was loaded: the rows
 * came with their values, so no sequence has counted them. Never back.
 */
final class Sequences {
    private static final Logger LOG = LoggerFactory.getLogger(Sequences.class);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private Sequences() {}

    /** Commits; a sequence that the role may not set is left as it is, and said so. */
    static void advance(Connection c, Plan plan, TablePlan table) throws SQLException {
        for (ColumnPlan column : table.columns()) {
            if (!column.identity()) {
                continue;
            }
            try {
                Optional<String> sequence = sequence(c, TargetNames.qualified(plan, table), column.target());
                if (sequence.isPresent()) {
                    advance(c, sequence.get(), TargetNames.qualified(plan, table), column.target());
                }
                c.commit();
            } catch (SQLException e) {
                c.rollback();
                if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                    throw e;
                }
                LOG.warn(
                        "sequence left as it is: the role may not set it, GRANT UPDATE on it table={} column={}",
                        table.target(),
                        column.target());
            }
        }
    }

    /** Owned by the column, or named by its default. */
    private static Optional<String> sequence(Connection c, String table, String column) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                SELECT d.oid::regclass::text FROM pg_attribute a
                  JOIN LATERAL (
                    SELECT o.objid AS oid FROM pg_depend o
                     WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
                       AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i')
                    UNION
                    SELECT n.refobjid FROM pg_attrdef f JOIN pg_depend n ON n.objid = f.oid
                     WHERE n.classid = 'pg_attrdef'::regclass AND n.refclassid = 'pg_class'::regclass
                       AND f.adrelid = a.attrelid AND f.adnum = a.attnum
                  ) d ON EXISTS (SELECT 1 FROM pg_class q WHERE q.oid = d.oid AND q.relkind = 'S')
                 WHERE a.attrelid = to_regclass(?) AND a.attname = ? LIMIT 1""")) {
            s.setString(1, table);
            s.setString(2, column);
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? Optional.of(r.getString(1)) : Optional.empty();
            }
        }
    }

    private static void advance(Connection c, String sequence, String table, String column) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("SELECT setval('" + sequence.replace("'", "''") + "', m) FROM (SELECT max(" + PgSql.name(column)
                    + ") AS m FROM " + table + ") t, " + sequence + " q WHERE m > q.last_value"
                    + " OR m = q.last_value AND NOT q.is_called");
        }
    }
}
