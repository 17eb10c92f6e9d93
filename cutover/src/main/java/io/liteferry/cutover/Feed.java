package io.liteferry.cutover;

import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.cutover.reverse.ReversePosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The reverse feed as the conductor sees it: a mark goes in at PostgreSQL's end and is waited for in SQLite. */
final class Feed implements AutoCloseable {
    private final Plan plan;
    private final SqliteFile file;
    private final Connection postgres;
    private final Connection sqlite;

    Feed(Plan plan, PgConnections connections, SqliteFile file) {
        this.plan = plan;
        this.file = file;
        this.postgres = connections.open("liteferry-mark");
        this.sqlite = file.openReader();
    }

    /** @param lsn where it stands in PostgreSQL's log, in bytes */
    record Mark(String id, long lsn) {}

    /** Writes a mark behind everything that is committed now. */
    Mark mark() {
        String id = UUID.randomUUID().toString();
        try (PreparedStatement ps =
                postgres.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?) - '0/0'::pg_lsn")) {
            ps.setString(1, ReverseRecord.MARK_PREFIX);
            ps.setString(2, id);
            Mark mark;
            try (ResultSet r = ps.executeQuery()) {
                r.next();
                mark = new Mark(id, r.getLong(1));
            }
            postgres.commit();
            return mark;
        } catch (SQLException e) {
            throw PgConnections.failure("Writing a mark behind the last write of " + plan.source(), e);
        }
    }

    /** How far SQLite is: everything before the last mark it names is there. */
    ReversePosition position() {
        try {
            return ReversePosition.read(sqlite);
        } catch (SQLException e) {
            throw file.failure("Reading how far " + file.path() + " is behind PostgreSQL", e);
        }
    }

    boolean reaches(Mark mark, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!position().mark().equals(mark.id())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return true;
    }

    @Override
    public void close() {
        try (Connection p = postgres;
                Connection s = sqlite) {
            // both are closed, whichever fails
        } catch (SQLException e) {
            throw PgConnections.failure("Closing the connections of the reverse feed", e);
        }
    }
}
