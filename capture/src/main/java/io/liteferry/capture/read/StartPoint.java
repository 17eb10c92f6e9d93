package io.liteferry.capture.read;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a capture begins, in an epoch that is its own. Any position that was ever applied is safe, however stale.
 *
 * @param schemaVersion as of the position; 0 where nothing was applied yet
 * @param tables progress of every table of the plan, by source name
 * @param evolution of the tables whose columns were other ones than in the migration file
 */
public record StartPoint(
        Position position,
        long schemaVersion,
        Map<String, TableProgress> tables,
        Map<String, TableEvolution> evolution) {

    /**
     * Claims the next epoch of the source in one immediate transaction: a predecessor that is still there, even frozen,
     * stops at its next read.
     *
     * @param applied the sink's position; empty begins at the log's first row, with every table to be snapshotted
     */
    public static StartPoint claim(SqliteFile file, Plan plan, Optional<AppliedPosition> applied) {
        // Before it is opened, so that a file put there in between is seen as another one.
        SqliteFile.Identity identity = file.identity();
        try (Connection connection = file.openWriter();
                Statement s = connection.createStatement()) {
            s.execute("BEGIN IMMEDIATE");
            try {
                refuseCopy(s, file, identity);
                Position from =
                        applied.isPresent() ? known(s, file, applied.get().position()) : first(s);
                long epoch;
                try (ResultSet rs = s.executeQuery("SELECT epoch FROM " + ChangeLog.META)) {
                    // A restored file may have fallen back behind what the target has seen.
                    epoch = Math.max(rs.getLong(1), from.epoch()) + 1;
                }
                s.execute("UPDATE " + ChangeLog.META + " SET epoch = " + epoch);
                s.execute("COMMIT");
                Position own = new Position(from.logIdentity(), epoch, from.seq(), from.fingerprint());
                return new StartPoint(
                        own,
                        applied.map(AppliedPosition::schemaVersion).orElse(0L),
                        progress(plan, applied, epoch),
                        applied.map(AppliedPosition::evolution).orElse(Map.of()));
            } catch (SQLException | RuntimeException e) {
                s.execute("ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains("no such table")) {
                throw Breaks.notInstalled(file, e);
            }
            throw file.failure("Claiming the epoch in " + file.path(), e);
        }
    }

    /**
     * Knows what earlier captures have sent after the applied position, or before it is announced: the target will have these
     * columns when our first batch comes, whatever the source has done since. A table that they began to snapshot anew or
     * suspended meanwhile is snapshotted again.
     *
     * @param last the newest END in the topics
     */
    public StartPoint following(Optional<BatchEnd> last) {
        if (last.isEmpty() || !last.get().position().logIdentity().equals(position.logIdentity())) {
            return this;
        }
        Map<String, TableProgress> again = new LinkedHashMap<>(tables);
        again.replaceAll((table, progress) -> {
            TableProgress told = last.get().tables().get(table);
            boolean goesOn = told != null
                    && told.state() != TableProgress.State.SUSPENDED
                    && Objects.equals(told.since(), progress.since());
            return goesOn ? progress : progress.again(new RecordTag(position.epoch(), 1, 0));
        });
        return new StartPoint(position, schemaVersion, again, last.get().evolution());
    }

    /** A copy has the log, the sentinel and the epoch of its original; only where it stands tells them apart. */
    private static void refuseCopy(Statement s, SqliteFile file, SqliteFile.Identity identity) throws SQLException {
        try (ResultSet rs = s.executeQuery("SELECT inode FROM " + ChangeLog.META)) {
            if (rs.next() && rs.getLong(1) != identity.inode()) {
                throw Breaks.copied(file);
            }
        }
    }

    /**
     * Claims nothing: for a position that somebody wants capture to start from.
     *
     * @throws LiteferryException {@link ErrorCode#POSITION_BROKEN} where the file's log has not this row
     */
    public static void demandKnown(SqliteFile file, Position position) {
        try (Connection connection = file.openReader();
                Statement s = connection.createStatement()) {
            known(s, file, position);
        } catch (SQLException e) {
            throw file.failure("Looking for log row " + position.seq() + " in " + file.path(), e);
        }
    }

    private static Position known(Statement s, SqliteFile file, Position applied) throws SQLException {
        try (ResultSet rs = s.executeQuery("SELECT identity, (SELECT r FROM " + ChangeLog.LOG + " WHERE seq = "
                + applied.seq() + ") FROM " + ChangeLog.META)) {
            boolean same = rs.next()
                    && applied.logIdentity().equals(rs.getString(1))
                    && rs.getLong(2) == applied.fingerprint()
                    && !rs.wasNull();
            if (!same) {
                throw Breaks.position(file, applied);
            }
            return applied;
        }
    }

    private static Position first(Statement s) throws SQLException {
        try (ResultSet rs = s.executeQuery(
                "SELECT identity, seq, r FROM " + ChangeLog.META + ", " + ChangeLog.LOG + " ORDER BY seq LIMIT 1")) {
            if (!rs.next()) {
                throw new LiteferryException(
                        ErrorCode.CAPTURE_NOT_INSTALLED,
                        "Reading the first row of the change log: it is empty. Run liteferry uninstall and liteferry apply --config ….");
            }
            return new Position(rs.getString(1), 0, rs.getLong(2), rs.getLong(3));
        }
    }

    private static Map<String, TableProgress> progress(Plan plan, Optional<AppliedPosition> applied, long epoch) {
        Map<String, TableProgress> progress = new LinkedHashMap<>();
        for (TablePlan t : plan.tables()) {
            TableProgress first = TableProgress.pending(t.expectedRows());
            // An earlier capture of this log may have sent rows that nobody has told us of.
            TableProgress begin = epoch == 1 ? first : first.again(new RecordTag(epoch, 1, 0));
            progress.put(
                    t.source(), applied.map(a -> a.tables().get(t.source())).orElse(begin));
        }
        return progress;
    }
}
