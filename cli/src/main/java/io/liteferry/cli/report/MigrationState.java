package io.liteferry.cli.report;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.VerdictDocument;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads how far a migration is from schema {@code liteferry} in the target. */
public final class MigrationState implements AutoCloseable {
    private final Plan plan;
    private final Connection connection;

    /** Of the one source of the plan. */
    public MigrationState(Plan plan) {
        this(plan, connect(plan));
    }

    private MigrationState(Plan plan, Connection connection) {
        this.plan = plan;
        this.connection = connection;
    }

    private static Connection connect(Plan plan) {
        Connection connection = PgConnections.of(plan.options()).open("liteferry-status");
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw PgConnections.failure("Reading the state of " + plan.name(), e);
        }
        return connection;
    }

    /** The states of all sources of the plan, over one connection: closing any closes it for all. */
    public static List<MigrationState> all(Plan plan) {
        Connection shared = connect(plan);
        return plan.perSource().stream()
                .map(source -> new MigrationState(source, shared))
                .toList();
    }

    public String source() {
        return plan.source();
    }

    /** How far the target is; empty before the first batch, or before {@code apply}. */
    public Optional<AppliedPosition> applied() {
        return one(
                "SELECT log_identity, epoch, seq, fingerprint, batch, schema_version, tables::text, consistent,"
                        + " evolution::text"
                        + " FROM liteferry.applied WHERE source = ?",
                rs -> new AppliedPosition(
                        new Position(rs.getString(1), rs.getLong(2), rs.getLong(3), rs.getLong(4)),
                        rs.getLong(5),
                        rs.getLong(6),
                        tables(rs.getString(7)),
                        rs.getBoolean(8),
                        Json.readMap(rs.getString(9), TableEvolution.class, "liteferry.applied")));
    }

    /** The validator's latest verdict. */
    public Optional<VerdictDocument> verdict() {
        try {
            return VerdictDocument.latest(connection, plan.source());
        } catch (SQLException e) {
            demandNotThereYet(e);
            return Optional.empty();
        }
    }

    /** Open mismatches, {@code table key kind}, at the most {@code limit}. */
    public List<String> openMismatches(int limit) {
        return rows(
                "SELECT table_name || ' ' || key_text || ' ' || kind FROM liteferry.validation_mismatch"
                        + " WHERE source = ? AND verified_at IS NULL ORDER BY 1 LIMIT " + limit,
                rs -> rs.getString(1));
    }

    /** Rows that differed and were seen equal again, {@code table key}. */
    public List<String> verifiedAgain() {
        return rows(
                "SELECT DISTINCT table_name || ' ' || key_text FROM liteferry.validation_mismatch"
                        + " WHERE source = ? AND verified_at IS NOT NULL ORDER BY 1",
                rs -> rs.getString(1));
    }

    /** The last passes over tables, newest first. */
    public List<Reports.Pass> passes(int limit) {
        return rows(
                "SELECT source, table_name, pass, started_at, ended_at, equal, in_flight,"
                        + " row_diff + missing_target + missing_source, quarantined, unknown, seq, reason"
                        + " FROM liteferry.validation_pass WHERE source = ? ORDER BY pass DESC, ended_at DESC LIMIT "
                        + limit,
                rs -> new Reports.Pass(
                        rs.getString(1),
                        rs.getString(2),
                        rs.getLong(3),
                        utc(rs, 4),
                        utc(rs, 5),
                        rs.getLong(6),
                        rs.getLong(7),
                        rs.getLong(8),
                        rs.getLong(9),
                        rs.getLong(10),
                        rs.getLong(11),
                        rs.getString(12)));
    }

    private static String utc(ResultSet rs, int column) throws SQLException {
        return rs.getObject(column, OffsetDateTime.class).toInstant().toString();
    }

    /** Suspended constraints, {@code table name: reason}. */
    public List<String> suspendedConstraints() {
        return rows(
                "SELECT table_name || ' ' || name || ': ' || reason FROM liteferry.suspended_constraint"
                        + " WHERE source = ? ORDER BY 1",
                rs -> rs.getString(1));
    }

    private static Map<String, TableProgress> tables(String json) {
        return Json.readMap(json, TableProgress.class, "liteferry.applied");
    }

    /** Why tables are suspended and what to do, and how others have changed and what is left to do; a line each. */
    public List<String> tableNotes() {
        List<String> notes = new ArrayList<>();
        applied().ifPresent(a -> {
            a.tables().forEach((table, progress) -> {
                if (progress.reason() != null) {
                    notes.add("suspended table: " + progress.reason());
                }
            });
            a.evolution().forEach((table, e) -> {
                e.changes().forEach(c -> notes.add("followed since the migration file: " + table + " " + c.text()));
                e.byHand().forEach(what -> notes.add("table " + table + ": " + what));
            });
        });
        return notes.stream().sorted().toList();
    }

    /** What a row gives. */
    private interface Row<T> {
        T read(ResultSet rs) throws SQLException;
    }

    private <T> Optional<T> one(String sql, Row<T> row) {
        return rows(sql, row).stream().findFirst();
    }

    private <T> List<T> rows(String sql, Row<T> row) {
        List<T> rows = new ArrayList<>();
        try (PreparedStatement ps = connection.prepareStatement(sql)) {
            ps.setString(1, plan.source());
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    rows.add(row.read(rs));
                }
            }
        } catch (SQLException e) {
            demandNotThereYet(e);
        }
        return rows;
    }

    /** Apply has not run yet, or not this version's; anything else is a failure. */
    private void demandNotThereYet(SQLException e) {
        if (!List.of("42P01", "3F000", "42703").contains(String.valueOf(e.getSQLState()))) {
            throw PgConnections.failure("Reading the state of " + plan.source(), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw PgConnections.failure("Closing the connection that read the state of " + plan.source(), e);
        }
    }
}
