package io.liteferry.sink.schema;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of {@code hooks.sql.after_load}: each is run once, in a transaction of its own, in their order. Those that were not
 * run yet stand in {@code liteferry.after_load}, where the validator sees them; one that fails is tried again when the sink
 * starts.
 */
public final class AfterLoad {
    private static final Logger LOG = LoggerFactory.getLogger(AfterLoad.class);

    private final Plan plan;
    private volatile @Nullable Connection running;

    AfterLoad(Plan plan) {
        this.plan = plan;
    }

    /** Notes, in the caller's transaction, which files are still to be run. */
    public static void note(Connection c, Plan plan) throws SQLException {
        List<SqlFile> files = files(plan);
        try (PreparedStatement forget = c.prepareStatement("DELETE FROM liteferry.after_load WHERE source = ?"
                        + " AND run_at IS NULL AND sha256 <> ALL (?)");
                PreparedStatement note = c.prepareStatement("INSERT INTO liteferry.after_load (source, sha256, file)"
                        + " VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            forget.setString(1, plan.source());
            forget.setArray(
                    2,
                    c.createArrayOf("bytea", files.stream().map(SqlFile::sha256).toArray(byte[][]::new)));
            forget.executeUpdate();
            for (SqlFile file : files) {
                note.setString(1, plan.source());
                note.setBytes(2, file.sha256());
                note.setString(3, file.path().getFileName().toString());
                note.executeUpdate();
            }
        }
    }

    private static List<SqlFile> files(Plan plan) {
        return SqlFile.of(plan.options(), Options.HOOKS_SQL_AFTER_LOAD);
    }

    /** Runs what was not run yet; the first that fails keeps those after it waiting. */
    void run(PgConnections connections, String application) throws SQLException {
        List<SqlFile> files = files(plan);
        if (files.isEmpty()) {
            return;
        }
        try (Connection c = SqlFile.connections(connections).open(application)) {
            running = c;
            c.setNetworkTimeout(Runnable::run, 0);
            for (SqlFile file : files) {
                if (waits(c, file) && !run(c, file)) {
                    return;
                }
            }
        } finally {
            running = null;
        }
    }

    private boolean run(Connection c, SqlFile file) throws SQLException {
        try {
            try (Statement s = c.createStatement()) {
                s.execute(TargetGate.pass("after load"));
            }
            file.run(c);
            done(c, file, null);
            LOG.info("after the load: file run source={} file={}", plan.source(), file.path());
            return true;
        } catch (LiteferryException e) {
            c.rollback();
            done(c, file, e.getMessage());
            LOG.error("after the load: file failed source={} error={}", plan.source(), e.getMessage());
            return false;
        }
    }

    private boolean waits(Connection c, SqlFile file) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "SELECT FROM liteferry.after_load WHERE source = ? AND sha256 = ? AND run_at IS NULL FOR UPDATE")) {
            s.setString(1, plan.source());
            s.setBytes(2, file.sha256());
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    private void done(Connection c, SqlFile file, @Nullable String reason) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("UPDATE liteferry.after_load SET reason = ?,"
                + " run_at = CASE WHEN ?::text IS NULL THEN clock_timestamp() END WHERE source = ? AND sha256 = ?")) {
            s.setString(1, reason);
            s.setString(2, reason);
            s.setString(3, plan.source());
            s.setBytes(4, file.sha256());
            s.executeUpdate();
        }
        c.commit();
    }

    /** Ends what runs, for a service that stops; it was not committed, and is run again. */
    void stop() throws SQLException {
        Connection c = running;
        if (c != null) {
            c.abort(Runnable::run);
        }
    }
}
