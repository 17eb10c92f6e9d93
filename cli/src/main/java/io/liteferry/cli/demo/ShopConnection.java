package io.liteferry.cli.demo;

import io.liteferry.cli.demo.Writes.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the application's connections, with its statements prepared once and its writes counted. */
final class ShopConnection implements AutoCloseable {
    /** Answer of {@link #number} and {@link #text} where no row was found. */
    static final long NO_ROW = -1;

    private static final int SQLITE_BUSY = 5;

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final Writes.Counter counter = new Writes.Counter();

    ShopConnection(Path file) throws SQLException {
        this.connection = ShopDatabase.open(file);
    }

    /** The work of one transaction. */
    interface Work {
        /** @return false to roll back */
        boolean run() throws SQLException;
    }

    Writes writes() {
        return counter.writes();
    }

    /** Runs a transaction; where another writer holds the database for longer than our patience, it is given up. */
    void transaction(Work work) throws SQLException {
        try {
            control("BEGIN IMMEDIATE");
            if (work.run()) {
                control("COMMIT");
                counter.committed();
            } else {
                control("ROLLBACK");
                counter.rolledBack();
            }
        } catch (SQLException e) {
            rollBack(e);
            if ((e.getErrorCode() & 0xFF) != SQLITE_BUSY) {
                throw e;
            }
            counter.busy();
        }
    }

    private void rollBack(SQLException cause) {
        try {
            connection.createStatement().execute("ROLLBACK");
        } catch (SQLException e) {
            // BEGIN itself was refused, or SQLite has already rolled back.
            cause.addSuppressed(e);
        }
    }

    /** BEGIN, COMMIT, SAVEPOINT and their like. */
    void control(String sql) throws SQLException {
        statement(sql).execute();
    }

    /** @return rows changed, those of cascades not counted */
    long change(Kind kind, String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement p = bound(sql, arguments);
        long changed = p.executeUpdate();
        if (changed > 0) {
            counter.statement(kind);
        }
        return changed;
    }

    /** The first column of the first row, or {@link #NO_ROW}. */
    long number(String sql, @Nullable Object... arguments) throws SQLException {
        try (ResultSet rs = bound(sql, arguments).executeQuery()) {
            return rs.next() ? rs.getLong(1) : NO_ROW;
        }
    }

    /** The first column of the first row, or an empty text. */
    String text(String sql, @Nullable Object... arguments) throws SQLException {
        try (ResultSet rs = bound(sql, arguments).executeQuery()) {
            return rs.next() ? rs.getString(1) : "";
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement p = statement(sql);
        for (int i = 0; i < arguments.length; i++) {
            p.setObject(i + 1, arguments[i]);
        }
        return p;
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement p = prepared.get(sql);
        if (p == null) {
            p = connection.prepareStatement(sql);
            prepared.put(sql, p);
        }
        return p;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
