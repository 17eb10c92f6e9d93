package io.liteferry.cutover.reverse;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * How far SQLite is behind PostgreSQL: the one row of {@value #TABLE}, written in the transaction that writes what it says.
 *
 * @param offset in the source's partition of {@code <name>.reverse} of the first record that is not applied
 * @param lsn where the last applied transaction ends in PostgreSQL's log; what ends at or below it is in SQLite
 * @param mark the last mark that was reached; empty where there was none
 * @param millis when the last applied transaction was committed in PostgreSQL
 */
public record ReversePosition(long offset, long lsn, String mark, long millis) {
    public static final String TABLE = "_liteferry_reverse";

    private static final ReversePosition NONE = new ReversePosition(0, 0, "", 0);

    /** The row, or that of a source nothing was carried back to. */
    public static ReversePosition read(Connection sqlite) throws SQLException {
        try (Statement s = sqlite.createStatement()) {
            try (ResultSet rs = s.executeQuery("SELECT 1 FROM sqlite_master WHERE name = '" + TABLE + "'")) {
                if (!rs.next()) {
                    return NONE;
                }
            }
            try (ResultSet rs = s.executeQuery("SELECT kafka_offset, lsn, mark, millis FROM " + TABLE)) {
                return rs.next()
                        ? new ReversePosition(rs.getLong(1), rs.getLong(2), rs.getString(3), rs.getLong(4))
                        : NONE;
            }
        }
    }

    /**
     * For the fence's transaction: SQLite holds everything that PostgreSQL has written up to {@code lsn}. Whatever the topic
     * still holds of before is passed over, so that the forward writes of an earlier time never come back.
     */
    public static void begin(Connection sqlite, long lsn) throws SQLException {
        makeTables(sqlite);
        ReversePosition now = read(sqlite);
        new ReversePosition(now.offset, Math.max(now.lsn, lsn), "", now.millis).write(sqlite);
    }

    /** Statements that make the tables of the reverse feed in SQLite, in the grammar of 3.7.2. */
    public static List<String> tables() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + TABLE + "(kafka_offset, lsn, mark, millis)", ReverseQuarantine.MAKE);
    }

    static void makeTables(Connection sqlite) throws SQLException {
        try (Statement s = sqlite.createStatement()) {
            for (String table : tables()) {
                s.execute(table);
            }
        }
    }

    void write(Connection sqlite) throws SQLException {
        String sql = "UPDATE " + TABLE + " SET kafka_offset = ?, lsn = ?, mark = ?, millis = ?";
        if (execute(sqlite, sql) == 0) {
            execute(sqlite, "INSERT INTO " + TABLE + "(kafka_offset, lsn, mark, millis) VALUES (?, ?, ?, ?)");
        }
    }

    private int execute(Connection sqlite, String sql) throws SQLException {
        try (PreparedStatement ps = sqlite.prepareStatement(sql)) {
            ps.setLong(1, offset);
            ps.setLong(2, lsn);
            ps.setString(3, mark);
            ps.setLong(4, millis);
            return ps.executeUpdate();
        }
    }
}
