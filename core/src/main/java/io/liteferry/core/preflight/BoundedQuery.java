package io.liteferry.core.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A query that is given up after a time, so that a check of a huge file does not hold a read transaction for minutes. */
final class BoundedQuery {
    private static final int INSTRUCTIONS_BETWEEN_LOOKS = 10_000;

    private BoundedQuery() {}

    /** Takes one row at a time. */
    @FunctionalInterface
    interface RowTaker {
        void row(ResultSet row) throws SQLException;
    }

    /** Whether the query came to its end in time. */
    static boolean finished(Connection connection, String sql, long seconds, RowTaker taker) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        ProgressHandler.setHandler(connection, INSTRUCTIONS_BETWEEN_LOOKS, new ProgressHandler() {
            @Override
            protected int progress() {
                return System.nanoTime() > end ? 1 : 0;
            }
        });
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            while (rs.next()) {
                taker.row(rs);
            }
            return true;
        } catch (SQLiteException e) {
            if (e.getResultCode() == SQLiteErrorCode.SQLITE_INTERRUPT) {
                return false;
            }
            throw e;
        } finally {
            ProgressHandler.clearHandler(connection);
        }
    }
}
