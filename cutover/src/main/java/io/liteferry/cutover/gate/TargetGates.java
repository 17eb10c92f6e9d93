package io.liteferry.cutover.gate;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.sink.schema.TargetGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a switch asks of PostgreSQL: closed to others, every index and constraint valid, a slot to be had. */
final class TargetGates {
    private final Plan plan;
    private final PgConnections connections;
    private final Clock clock;

    TargetGates(Plan plan, PgConnections connections, Clock clock) {
        this.plan = plan;
        this.connections = connections;
        this.clock = clock;
    }

    List<Check> look(boolean reverse) {
        try (Connection c = connections.open("liteferry-cutover")) {
            List<Check> checks = new ArrayList<>();
            checks.add(direct(c));
            checks.add(closed(c));
            checks.add(valid(c));
            checks.add(statistics(c));
            if (reverse) {
                checks.add(slotPossible(c));
            }
            return checks;
        } catch (SQLException e) {
            throw PgConnections.failure("Looking at the gates of " + plan.source(), e);
        }
    }

    private Check direct(Connection c) throws SQLException {
        boolean pooled = PgConnections.isPooled(c);
        return check(
                "direct_connection",
                !pooled,
                pooled ? "connection.url leads through a pooler" : "direct",
                "direct",
                "give the server's own address: connection.url, or LITEFERRY_CONNECTION_URL for this command");
    }

    private Check closed(Connection c) throws SQLException {
        List<String> open = new TargetGate(plan).missing(c);
        return check(
                "target_closed",
                open.isEmpty(),
                open.isEmpty()
                        ? "every table is closed to others"
                        : "anybody with the right may write to " + String.join(", ", open),
                "closed to all but the sink",
                "liteferry apply");
    }

    private Check valid(Connection c) throws SQLException {
        List<String> invalid = strings(c, """
                SELECT format('index %I', i.indexrelid::regclass::text) FROM pg_index i
                 WHERE i.indrelid = ANY (?::regclass[]) AND NOT i.indisvalid
                UNION ALL
                SELECT format('constraint %I of %s', conname, conrelid::regclass) FROM pg_constraint
                 WHERE conrelid = ANY (?::regclass[]) AND NOT convalidated""", 2);
        return check(
                "constraints_valid",
                invalid.isEmpty(),
                invalid.isEmpty()
                        ? "all indexes and constraints are valid"
                        : "not valid: " + String.join(", ", invalid),
                "all valid",
                "liteferry status");
    }

    private Check statistics(Connection c) throws SQLException {
        List<String> never = strings(c, """
                SELECT relid::regclass::text FROM pg_stat_user_tables
                 WHERE relid = ANY (?::regclass[]) AND n_live_tup > 10000 AND last_analyze IS NULL
                   AND last_autoanalyze IS NULL""", 1);
        return check(
                "statistics_there",
                never.isEmpty(),
                never.isEmpty() ? "all large tables are analyzed" : "never analyzed: " + String.join(", ", never),
                "all large tables analyzed",
                "ANALYZE in the target");
    }

    private Check slotPossible(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery(
                        "SELECT current_setting('wal_level'),"
                                + " (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),"
                                + " current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_replication_slots)")) {
            r.next();
            boolean logical = r.getString(1).equals("logical");
            boolean may = r.getBoolean(2);
            long free = r.getLong(3);
            return check(
                    "reverse_possible",
                    logical && may && free > 0,
                    "wal_level " + r.getString(1) + ", right of replication: " + (may ? "yes" : "no") + ", " + free
                            + " slots free",
                    "wal_level logical, the right of replication, a free slot",
                    "wal_level = logical and a restart; ALTER ROLE … REPLICATION; or --no-reverse, which gives up the rollback");
        }
    }

    private List<String> strings(Connection c, String sql, int parameters) throws SQLException {
        String schema = plan.options().string(Options.TARGET_SCHEMA);
        String tables = plan.tables().stream()
                .map(t -> PgSql.name(schema) + "." + PgSql.name(t.target()))
                .map(n -> "\"" + n.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        List<String> found = new ArrayList<>();
        try (PreparedStatement ps = c.prepareStatement(sql)) {
            for (int i = 1; i <= parameters; i++) {
                ps.setString(i, tables);
            }
            try (ResultSet r = ps.executeQuery()) {
                while (r.next()) {
                    found.add(r.getString(1));
                }
            }
        }
        return found;
    }

    private Check check(String name, boolean ok, String value, String limit, String help) {
        return new Check(name, ok, value, limit, clock.instant().toString(), help);
    }
}
