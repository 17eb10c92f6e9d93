package io.liteferry.cutover.gate;

import io.liteferry.capture.install.SourceFence;
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

/**
 * Which side may be written, asked of the two sides themselves: the journal only says how it came about.
 *
 * @param fenced whether SQLite refuses the application
 * @param state of {@code liteferry.applied}: {@code open}, {@code closed} once PostgreSQL takes the application's writes,
 *     {@code complete} once they no longer flow back
 */
public record Sides(boolean fenced, String state) {
    private static final String OPEN = "open";
    private static final String CLOSED = "closed";
    private static final String COMPLETE = "complete";

    /** What the two say together. */
    public enum Writable {
        SQLITE,
        POSTGRESQL,
        /** A cutover or a rollback was interrupted between its two commits. */
        NEITHER
    }

    public Writable writable() {
        if (state.equals(COMPLETE)) {
            return Writable.POSTGRESQL;
        }
        if (fenced) {
            return state.equals(OPEN) ? Writable.NEITHER : Writable.POSTGRESQL;
        }
        if (!state.equals(OPEN)) {
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
        return new Sides(fenced(plan), state(plan, connections));
    }

    private static boolean fenced(Plan plan) {
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        try (Connection c = file.openReader()) {
            return SourceFence.isFenced(c);
        } catch (SQLException e) {
            throw file.failure("Asking whether " + file.path() + " is fenced", e);
        }
    }

    /** Whether writes to PostgreSQL still flow back: the source must stay as it is. False before {@code apply}. */
    public static boolean flowsBack(Plan plan, PgConnections connections) {
        return state(plan, connections).equals(CLOSED);
    }

    /** Without a row nothing was ever applied, let alone switched. */
    private static String state(Plan plan, PgConnections connections) {
        try (Connection c = connections.open("liteferry-cutover");
                PreparedStatement ps = c.prepareStatement("SELECT state FROM liteferry.applied WHERE source = ?")) {
            ps.setString(1, plan.source());
            try (ResultSet r = ps.executeQuery()) {
                return r.next() ? r.getString(1) : OPEN;
            }
        } catch (SQLException e) {
            if ("42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState())) {
                return OPEN;
            }
            throw PgConnections.failure("Asking which side of " + plan.source() + " is written", e);
        }
    }
}
