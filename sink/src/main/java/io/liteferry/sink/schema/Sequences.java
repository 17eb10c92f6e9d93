package io.liteferry.sink.schema;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the sequences of identity columns, and those of {@code serial}, past the highest value that was loaded: the rows
 * came with their values, so no sequence has counted them. Never back, and not undone by a ROLLBACK, as PostgreSQL has it.
 */
public final class Sequences {
    private static final Logger LOG = LoggerFactory.getLogger(Sequences.class);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private Sequences() {}

    /** Commits; a sequence that the role may not set is left as it is, and said so. */
    static void advance(Connection c, Plan plan, TablePlan table) throws SQLException {
        for (String column : columns(table)) {
            try {
                advance(c, plan, table, column, null);
                c.commit();
            } catch (SQLException e) {
                c.rollback();
                if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                    throw e;
                }
                LOG.warn(
                        "sequence left as it is: the role may not set it, GRANT UPDATE on it table={} column={}",
                        table.target(),
                        column);
            }
        }
    }

    /**
     * Takes those of one table past what it holds, by its index, and past what the source has counted.
     *
     * @param counter the highest value that SQLite has ever given to the key; null where it does not count
     */
    public static void advancePast(Connection c, Plan plan, TablePlan table, @Nullable Long counter)
            throws SQLException {
        for (String column : columns(table)) {
            advance(c, plan, table, column, column.equals(counted(table)) ? counter : null);
        }
    }

    /** The highest value that the sequence of the key has given; empty where there is none, or it has given nothing. */
    public static OptionalLong last(Connection c, Plan plan, TablePlan table) throws SQLException {
        Optional<String> sequence = sequence(c, TargetNames.qualified(plan, table), counted(table));
        if (sequence.isEmpty()) {
            return OptionalLong.empty();
        }
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT last_value FROM " + sequence.get() + " WHERE is_called")) {
            return r.next() ? OptionalLong.of(r.getLong(1)) : OptionalLong.empty();
        }
    }

    private static List<String> columns(TablePlan table) {
        List<String> columns = new ArrayList<>();
        if (table.key().isRowid()) {
            columns.add(KeyPlan.ROWID_COLUMN);
        }
        table.columns().stream()
                .filter(ColumnPlan::identity)
                .map(ColumnPlan::target)
                .forEach(columns::add);
        return columns;
    }

    /** The column that SQLite gives values to; one that no sequence has where it gives none. */
    private static String counted(TablePlan table) {
        if (table.key().isRowid()) {
            return KeyPlan.ROWID_COLUMN;
        }
        return table.columns().stream()
                .filter(k -> List.of(k.source()).equals(table.key().columns()))
                .map(ColumnPlan::target)
                .findFirst()
                .orElse("");
    }

    private static void advance(Connection c, Plan plan, TablePlan table, String column, @Nullable Long counter)
            throws SQLException {
        String qualified = TargetNames.qualified(plan, table);
        Optional<String> sequence = sequence(c, qualified, column);
        if (sequence.isPresent()) {
            try (Statement s = c.createStatement()) {
                s.execute("SELECT setval('" + sequence.get().replace("'", "''") + "', m) FROM (SELECT greatest(max("
                        + PgSql.name(column) + "), " + (counter == null ? "NULL" : counter.toString()) + ") AS m FROM "
                        + qualified + ") t, " + sequence.get() + " q WHERE m > q.last_value"
                        + " OR m = q.last_value AND NOT q.is_called");
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
}
