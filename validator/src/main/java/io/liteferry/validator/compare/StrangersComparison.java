package io.liteferry.validator.compare;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a SQLite file with a PostgreSQL database that some other tool has loaded: once, reading only, without a change
 * log. Exact where neither is written to meanwhile; whether the file was, is said.
 */
public final class StrangersComparison {
    /** Hashes of rows without a key that are in memory at once. */
    private static final long MOST_COUNTED = 1_000_000;

    private final Plan plan;
    private final SqliteFile file;
    private final int mostListed;

    /**
     * @param plan says which tables, columns and types belong together; its options name the file and the database
     * @param mostListed rows that differ are listed for a table at the most; the others are counted
     */
    public StrangersComparison(Plan plan, int mostListed) {
        this.plan = plan;
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        this.mostListed = mostListed;
    }

    /** Hears of the comparison while it runs. */
    public interface Listener {
        /** Rows of a table compared so far. */
        void progress(String table, long rows);
    }

    /**
     * One table.
     *
     * @param findings the first rows that differ, in key order as far as both sides have one
     * @param moved whether the file was written to meanwhile: what differs may have changed since the database was loaded
     */
    public record Result(TablePlan table, TableTally tally, List<Finding> findings, boolean moved) {
        public boolean equal() {
            return tally.clean();
        }
    }

    /** All tables of the plan, one after the other. */
    public List<Result> run(Listener listener) {
        List<Result> results = new ArrayList<>();
        try (Comparison sides = Comparison.ofStrangers(plan, file);
                Connection watched = file.openReader()) {
            for (TablePlan table : plan.tables()) {
                long before = version(watched);
                List<Finding> findings = new ArrayList<>();
                TableTally tally = tally(sides, table, findings, listener);
                results.add(new Result(table, tally, List.copyOf(findings), version(watched) != before));
            }
        } catch (SQLException e) {
            throw file.failure("Watching " + file.path(), e);
        }
        return results;
    }

    private TableTally tally(Comparison sides, TablePlan table, List<Finding> findings, Listener listener) {
        boolean named = !table.key().isRowid() || sides.target().hasColumn(sides.layout(table), KeyPlan.ROWID_COLUMN);
        return named
                ? pass(sides, table, findings, listener).run()
                : new MultisetComparison(
                                sides,
                                sides.keylessLayout(table),
                                file,
                                MOST_COUNTED,
                                rows -> listener.progress(table.source(), rows))
                        .run();
    }

    private TablePass pass(Comparison sides, TablePlan table, List<Finding> findings, Listener listener) {
        return new TablePass(
                sides,
                table,
                plan.options().integer(Options.VALIDATION_RANGE_ROWS),
                new Pace(Long.MAX_VALUE),
                Duration.ZERO,
                new TablePass.Listener() {
                    @Override
                    public void found(List<Finding> some) {
                        findings.addAll(some.subList(0, Math.min(some.size(), mostListed - findings.size())));
                    }

                    @Override
                    public void progress(long rows, long pending) {
                        listener.progress(table.source(), rows);
                    }
                });
    }

    /** Another number than before where somebody has written to the file in between. */
    private static long version(Connection watched) throws SQLException {
        try (Statement s = watched.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA data_version")) {
            rs.next();
            return rs.getLong(1);
        }
    }

    /** Tables of the schema that the plan has none for. */
    public List<String> onlyInTarget() {
        String schema = plan.options().string(Options.TARGET_SCHEMA);
        List<String> known = plan.tables().stream().map(TablePlan::target).toList();
        List<String> others = new ArrayList<>();
        try (Connection c = PgConnections.of(plan.options()).open("liteferry-compare");
                PreparedStatement ps = c.prepareStatement("SELECT c.relname FROM pg_class c"
                        + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?"
                        + " AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")) {
            ps.setString(1, schema);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    if (!known.contains(rs.getString(1))) {
                        others.add(rs.getString(1));
                    }
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading the tables of schema " + schema, e);
        }
        return others;
    }
}
