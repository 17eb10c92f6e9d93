package io.liteferry.validator.pass;

import io.liteferry.core.change.Json;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.compare.Finding;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Passes and mismatches in PostgreSQL. Every method is one transaction; used by one thread. */
public final class ResultStore implements AutoCloseable {
    /** More rows of one table are counted, not listed. */
    private static final int MOST_OPEN = 10_000;

    private final Connection connection;
    private final String source;

    public ResultStore(PgConnections connections, String source) {
        this.connection = connections.open("liteferry-validator");
        this.source = source;
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T transaction(String tried, Work<T> work) {
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException e) {
            try {
                connection.rollback();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw PgConnections.failure(tried, e);
        }
    }

    /** What the validator before this one knew, by table. */
    Map<String, Progress.Kept> kept() {
        return transaction("Reading liteferry.validation_pass", this::readKept);
    }

    private Map<String, Progress.Kept> readKept() throws SQLException {
        Map<String, Progress.Kept> kept = new HashMap<>();
        // A mismatch found after the pass ended takes its word back.
        try (PreparedStatement ps = connection.prepareStatement("SELECT DISTINCT ON (p.table_name) p.*, t.era,"
                + " CASE WHEN EXISTS (SELECT 1 FROM liteferry.validation_mismatch m WHERE m.source = p.source"
                + " AND m.table_name = p.table_name AND m.last_seen_at > p.ended_at) THEN 0 ELSE t.clean END AS clean"
                + " FROM liteferry.validation_pass p JOIN liteferry.validation_table t USING (source, table_name)"
                + " WHERE p.source = ? ORDER BY p.table_name, p.pass DESC, p.ended_at DESC")) {
            ps.setString(1, source);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    PassResult result = PassRow.read(rs);
                    Progress.Clean clean =
                            new Progress.Clean(rs.getInt("clean"), result.era().orElse(""));
                    kept.put(rs.getString("table_name"), new Progress.Kept(result, clean));
                }
            }
        }
        return kept;
    }

    /** The pass over the table that was left in the middle. */
    Optional<Underway> underway(String table) {
        return transaction("Reading liteferry.validation_table for table " + table, () -> {
            try (PreparedStatement ps = connection.prepareStatement(
                    "SELECT underway::text"
                            + " FROM liteferry.validation_table WHERE source = ? AND table_name = ? AND underway IS NOT NULL")) {
                ps.setString(1, source);
                ps.setString(2, table);
                try (ResultSet rs = ps.executeQuery()) {
                    return rs.next()
                            ? Optional.of(Json.read(
                                    rs.getString(1).getBytes(StandardCharsets.UTF_8),
                                    Underway.class,
                                    "liteferry.validation_table"))
                            : Optional.empty();
                }
            }
        });
    }

    void keep(String table, Underway underway) {
        transaction("Writing liteferry.validation_table for table " + table, () -> {
            try (PreparedStatement ps = connection.prepareStatement(
                    "INSERT INTO liteferry.validation_table (source, table_name, underway) VALUES (?, ?, ?::jsonb)"
                            + " ON CONFLICT (source, table_name) DO UPDATE SET underway = excluded.underway")) {
                ps.setString(1, source);
                ps.setString(2, table);
                ps.setString(3, new String(Json.bytes(underway), StandardCharsets.UTF_8));
                return ps.executeUpdate();
            }
        });
    }

    /** What was read before tells nothing of now. */
    void startOver() {
        transaction("Writing liteferry.validation_table", () -> {
            try (PreparedStatement ps = connection.prepareStatement(
                    "UPDATE liteferry.validation_table SET clean = 0, underway = NULL WHERE source = ?")) {
                ps.setString(1, source);
                return ps.executeUpdate();
            }
        });
    }

    /** Keeps the result of a table; passes long gone are forgotten. */
    void save(String table, PassResult result, Progress.Clean clean) {
        transaction("Writing liteferry.validation_pass for table " + table, () -> {
            PassRow.write(connection, source, table, result);
            try (PreparedStatement ps = connection.prepareStatement(
                            "INSERT INTO liteferry.validation_table (source, table_name, era, clean)"
                                    + " VALUES (?, ?, ?, ?) ON CONFLICT (source, table_name) DO UPDATE"
                                    + " SET era = excluded.era, clean = excluded.clean, underway = NULL");
                    PreparedStatement forget = connection.prepareStatement(
                            "DELETE FROM liteferry.validation_pass WHERE source = ? AND table_name = ? AND pass < ?")) {
                ps.setString(1, source);
                ps.setString(2, table);
                ps.setString(3, result.era().orElse(null));
                ps.setInt(4, clean.passes());
                ps.executeUpdate();
                forget.setString(1, source);
                forget.setString(2, table);
                forget.setLong(3, result.start().number() - 10_000);
                return forget.executeUpdate();
            }
        });
    }

    /** Opens a mismatch for each finding, or renews the one that is open. */
    public void found(String table, List<Finding> findings, Instant now) {
        OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
        transaction("Writing liteferry.validation_mismatch for table " + table, () -> {
            long room = MOST_OPEN - open(table);
            try (PreparedStatement renew = connection.prepareStatement(
                            "UPDATE liteferry.validation_mismatch SET last_seen_at = ?, kind = ?, columns = ?"
                                    + " WHERE source = ? AND table_name = ? AND sha256(key) = sha256(?) AND verified_at IS NULL");
                    PreparedStatement open = connection.prepareStatement(
                            "INSERT INTO liteferry.validation_mismatch (source, table_name, key, key_text, kind,"
                                    + " columns, found_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                                    + " ON CONFLICT (source, table_name, sha256(key), found_at) DO NOTHING")) {
                for (Finding f : inKeyOrder(findings)) {
                    RowKey key = f.suspect().key();
                    Object[] columns = f.columns().toArray();
                    renew.setObject(1, at);
                    renew.setString(2, f.verdict().label());
                    renew.setArray(3, connection.createArrayOf("text", columns));
                    renew.setString(4, source);
                    renew.setString(5, table);
                    renew.setBytes(6, key.packed());
                    if (renew.executeUpdate() == 0 && room > 0) {
                        open.setString(1, source);
                        open.setString(2, table);
                        open.setBytes(3, key.packed());
                        // NUL and broken UTF-8 can stand in a key and cannot stand in text.
                        open.setString(4, key.toString().replace("\0", "\\0"));
                        open.setString(5, f.verdict().label());
                        open.setArray(6, connection.createArrayOf("text", columns));
                        open.setObject(7, at);
                        open.setObject(8, at);
                        room -= open.executeUpdate();
                    }
                }
            }
            return room;
        });
    }

    /** Two of these stores write to one table: rows are locked in one order, so that they never wait for each other. */
    private static List<Finding> inKeyOrder(List<Finding> findings) {
        return findings.stream()
                .sorted((a, b) -> Arrays.compareUnsigned(
                        a.suspect().key().packed(), b.suspect().key().packed()))
                .toList();
    }

    private long open(String table) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("SELECT count(*) FROM liteferry.validation_mismatch"
                + " WHERE source = ? AND table_name = ? AND verified_at IS NULL")) {
            ps.setString(1, source);
            ps.setString(2, table);
            try (ResultSet rs = ps.executeQuery()) {
                rs.next();
                return rs.getLong(1);
            }
        }
    }

    /** Closes the mismatches of rows that were seen equal again, or that somebody has decided to go on without. */
    void verified(String table, List<RowKey> keys, Instant now) {
        mark("verified_at", "Closing mismatches of table " + table, table, keys, now);
    }

    private void mark(String column, String tried, String table, List<RowKey> keys, Instant now) {
        String rows = " WHERE source = ? AND table_name = ? AND sha256(key) = ANY"
                + " (ARRAY(SELECT sha256(k) FROM unnest(?::bytea[]) k)) AND verified_at IS NULL";
        transaction(tried, () -> {
            try (PreparedStatement lock = connection.prepareStatement(
                            "SELECT 1 FROM liteferry.validation_mismatch" + rows + " ORDER BY key FOR UPDATE");
                    PreparedStatement mark = connection.prepareStatement(
                            "UPDATE liteferry.validation_mismatch SET " + column + " = ?" + rows)) {
                Array packed = connection.createArrayOf(
                        "bytea", keys.stream().map(RowKey::packed).toArray(byte[][]::new));
                lock.setString(1, source);
                lock.setString(2, table);
                lock.setArray(3, packed);
                lock.execute();
                mark.setObject(1, now.atOffset(ZoneOffset.UTC));
                mark.setString(2, source);
                mark.setString(3, table);
                mark.setArray(4, packed);
                return mark.executeUpdate();
            }
        });
    }

    /** Moves keys that nothing could be said of behind the others, which wait for their turn. */
    void postponed(String table, List<RowKey> keys, Instant now) {
        mark("last_seen_at", "Postponing mismatches of table " + table, table, keys, now);
    }

    /** Keys of open mismatches by table, those that were not looked at for the longest time first. */
    Map<String, List<RowKey>> openKeys(int most) {
        return transaction("Reading liteferry.validation_mismatch", () -> {
            Map<String, List<RowKey>> open = new LinkedHashMap<>();
            try (PreparedStatement ps =
                    connection.prepareStatement("SELECT table_name, key FROM liteferry.validation_mismatch"
                            + " WHERE source = ? AND verified_at IS NULL ORDER BY last_seen_at LIMIT ?")) {
                ps.setString(1, source);
                ps.setInt(2, most);
                try (ResultSet rs = ps.executeQuery()) {
                    while (rs.next()) {
                        open.computeIfAbsent(rs.getString(1), t -> new ArrayList<>())
                                .add(new RowKey(rs.getBytes(2)));
                    }
                }
            }
            return open;
        });
    }

    /** How far changed keys are verified; empty before anything was followed. */
    public Optional<Verified> verified() {
        return transaction("Reading liteferry.verified", () -> VerifiedRow.read(connection, source));
    }

    public void verified(Verified verified) {
        transaction("Writing liteferry.verified", () -> {
            VerifiedRow.write(connection, source, verified);
            return verified;
        });
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw PgConnections.failure("Closing a connection", e);
        }
    }
}
