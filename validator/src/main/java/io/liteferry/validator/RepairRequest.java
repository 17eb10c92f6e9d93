package io.liteferry.validator;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.SignalTopic;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;

/**
 * Asks capture to emit the keys of open mismatches again, in order with live changes. The only way a row is repaired:
 * nothing is ever written to the target beside the stream.
 */
public final class RepairRequest {
    private static final int KEYS_PER_SIGNAL = 1_000;

    private RepairRequest() {}

    /**
     * @param table source name, or empty for all open mismatches
     * @return the number of keys that were asked for
     */
    public static int request(Plan plan, Optional<String> table) {
        table.ifPresent(t -> known(plan, t));
        PgConnections connections = PgConnections.of(plan.options());
        try (Connection c = connections.open("liteferry-repair")) {
            Map<String, List<byte[]>> open = open(c, plan.source(), table);
            if (open.isEmpty()) {
                return 0;
            }
            int keys = 0;
            try (Producer<byte[], byte[]> producer =
                    KafkaClients.of(plan.options()).producer(plan.source() + "-repair")) {
                for (Map.Entry<String, List<byte[]>> e : open.entrySet()) {
                    for (int i = 0; i < e.getValue().size(); i += KEYS_PER_SIGNAL) {
                        List<byte[]> some = e.getValue()
                                .subList(
                                        i,
                                        Math.min(
                                                i + KEYS_PER_SIGNAL,
                                                e.getValue().size()));
                        SignalTopic.send(
                                producer,
                                plan,
                                Signal.emitKeys(UUID.randomUUID().toString(), e.getKey(), some));
                        note(c, plan.source(), e.getKey(), some);
                        keys += some.size();
                    }
                }
            }
            return keys;
        } catch (SQLException e) {
            throw PgConnections.failure("Reading open mismatches to repair them", e);
        }
    }

    /** The name of a table, where the plan has it; refuses any other. */
    public static String known(Plan plan, String table) {
        if (plan.table(table).isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.OPTION_INVALID,
                    "Repairing table " + table
                            + ": the plan has no such table. Give its name in SQLite, or none for all.");
        }
        return table;
    }

    private static Map<String, List<byte[]>> open(Connection c, String source, Optional<String> table)
            throws SQLException {
        Map<String, List<byte[]>> open = new LinkedHashMap<>();
        try (PreparedStatement ps = c.prepareStatement("SELECT table_name, key FROM liteferry.validation_mismatch"
                + " WHERE source = ? AND verified_at IS NULL AND (? = '' OR table_name = ?)"
                + " ORDER BY table_name, found_at, key")) {
            ps.setString(1, source);
            ps.setString(2, table.orElse(""));
            ps.setString(3, table.orElse(""));
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    open.computeIfAbsent(rs.getString(1), t -> new ArrayList<>())
                            .add(rs.getBytes(2));
                }
            }
        }
        return open;
    }

    private static void note(Connection c, String source, String table, List<byte[]> keys) throws SQLException {
        try (PreparedStatement ps = c.prepareStatement("UPDATE liteferry.validation_mismatch SET repair_at = now()"
                + " WHERE source = ? AND table_name = ? AND sha256(key) = ANY"
                + " (ARRAY(SELECT sha256(k) FROM unnest(?::bytea[]) k)) AND verified_at IS NULL")) {
            ps.setString(1, source);
            ps.setString(2, table);
            ps.setArray(3, c.createArrayOf("bytea", keys.toArray(new byte[0][])));
            ps.executeUpdate();
        }
        c.commit();
    }
}
