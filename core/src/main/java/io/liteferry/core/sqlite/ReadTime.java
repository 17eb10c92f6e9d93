package io.liteferry.core.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * How long one read transaction may last. In WAL a reader only keeps the WAL from being reset; with a rollback journal it
 * keeps every commit waiting, so that reads are then {@value #SHARED_MILLIS} ms long and far between. The application
 * may switch to WAL at any time; back it cannot while we are connected, so WAL is asked for until it is seen.
 */
public final class ReadTime {
    /** How often so long a read is followed by nobody reading, outside WAL. */
    private static final int SHARED_GAP_FACTOR = 5;

    private static final long SHARED_MILLIS = 5;

    private final PreparedStatement journalMode;
    private final PreparedStatement dataVersion;
    private final long maxNanos;
    private boolean wal;
    private long version = -1;

    public ReadTime(Connection connection, long maxMillis) throws SQLException {
        this.journalMode = connection.prepareStatement("PRAGMA main.journal_mode");
        this.dataVersion = connection.prepareStatement("PRAGMA main.data_version");
        this.maxNanos = TimeUnit.MILLISECONDS.toNanos(maxMillis);
    }

    /** Asked inside the read transaction, after its first SELECT: what a connection knows before may be old. */
    public long nanos() throws SQLException {
        if (!wal) {
            try (ResultSet rs = journalMode.executeQuery()) {
                wal = rs.next() && rs.getString(1).equalsIgnoreCase("wal");
            }
        }
        return wal ? maxNanos : Math.min(maxNanos, TimeUnit.MILLISECONDS.toNanos(SHARED_MILLIS));
    }

    /**
     * Says how long nobody reads after this turn: asked once a turn, after the first SELECT of its read. In WAL a long gap
     * is needed only where somebody has committed since the turn before.
     */
    public void gapAfter(ReadTurn.Held held) throws SQLException {
        if (!wal) {
            held.lengthenGap(SHARED_GAP_FACTOR);
        } else if (!committed()) {
            held.shortenGap();
        }
    }

    /** Whether anybody has, or may have, since this was asked last. */
    private boolean committed() throws SQLException {
        try (ResultSet rs = dataVersion.executeQuery()) {
            rs.next();
            long before = version;
            version = rs.getLong(1);
            return version != before;
        }
    }

    /** Whether a reader keeps no commit waiting, as of the last {@link #nanos()}. */
    public boolean wal() {
        return wal;
    }
}
