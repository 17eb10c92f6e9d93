package io.liteferry.cutover.gate;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Which side may be written, asked of the two sides themselves: the journal only says how it came about.
 *
 * @param fenced whether SQLite refuses the application
 * @param closed whether the forward path has ended, and PostgreSQL takes the application's writes
 */
public record Sides(boolean fenced, boolean closed) {
    /** What the two say together. */
    public enum Writable {
        SQLITE,
        POSTGRESQL,
        /** A cutover or a rollback was interrupted between its two commits. */
        NEITHER
    }

    public Writable writable() {
        if (fenced) {
            return closed ? Writable.POSTGRESQL : Writable.NEITHER;
        }
        if (closed) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_IN_DOUBT,
                    "Looking at both sides: SQLite is not fenced while PostgreSQL takes the application's writes. Somebody"
                            + " has put another file in the source's place, or taken the fence off by hand. Stop every"
                            + " writer of SQLite, then compare both sides; liteferry cutover status shows the history.");
        }
        return Writable.SQLITE;
    }

    /** @throws LiteferryException where a side cannot be asked, or nothing is installed */
    public static Sides of(Plan plan, PgConnections connections) {
        return new Sides(fenced(plan), closed(plan, connections));
    }

    private static boolean fenced(Plan plan) {
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        try (Connection c = file.openReader();
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT fenced FROM " + ChangeLog.META)) {
            return r.next() && r.getInt(1) != 0;
        } catch (SQLException e) {
            throw file.failure("Asking whether " + file.path() + " is fenced", e);
        }
    }

    /** Whether writes to PostgreSQL still flow back: the source must stay as it is. False before {@code apply}. */
    public static boolean flowsBack(Plan plan, PgConnections connections) {
        return state(plan, connections).equals("closed");
    }

    private static boolean closed(Plan plan, PgConnections connections) {
        return !state(plan, connections).equals("open");
    }

    /** Without a row nothing was ever applied, let alone switched. */
    private static String state(Plan plan, PgConnections connections) {
        try (Connection c = connections.open("liteferry-cutover");
                PreparedStatement ps = c.prepareStatement("SELECT state FROM liteferry.applied WHERE source = ?")) {
            ps.setString(1, plan.source());
            try (ResultSet r = ps.executeQuery()) {
                return r.next() ? r.getString(1) : "open";
            }
        } catch (SQLException e) {
            if ("42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState())) {
                return "open";
            }
            throw PgConnections.failure("Asking which side of " + plan.source() + " is written", e);
        }
    }
}
