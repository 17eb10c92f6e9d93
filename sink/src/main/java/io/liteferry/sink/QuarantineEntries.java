package io.liteferry.sink;

import io.liteferry.core.change.Signal;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.SignalTopic;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.sink.batch.ChangeRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the quarantine of one source, for people: to look at, to have tried again, to go on without. No method
 * writes a row of the target: a row that is tried again comes by way of capture, in order with live changes.
 */
public final class QuarantineEntries {
    private static final int KEYS_PER_SIGNAL = 1_000;
    private static final String ENTRY =
            "SELECT table_name, key_text, column_name, sqlstate, reason, topic, kafka_offset,"
                    + " since, discarded_at, key, record FROM liteferry.quarantine WHERE source = ?"
                    + " AND (? = '' OR table_name = ?) AND (cardinality(?::text[]) = 0 OR key_text = ANY (?::text[]))";

    private final Plan plan;
    private final PgConnections connections;

    /** @param plan of one source */
    public QuarantineEntries(Plan plan) {
        this.plan = plan;
        connections = PgConnections.of(plan.options());
    }

    /**
     * One row that the target cannot hold.
     *
     * @param table source name
     * @param key as SQL literals
     * @param column source name of the first column that does not fit, where it is known
     * @param since when it was put aside, UTC
     * @param discarded when somebody decided to go on without it, UTC, or null
     */
    public record Entry(
            String table,
            String key,
            @Nullable String column,
            String sqlState,
            String reason,
            String topic,
            long offset,
            String since,
            @Nullable String discarded,
            byte[] packedKey,
            byte[] record) {

        /** The row as it stood in Kafka, values as SQL literals by the plan's columns. */
        public Map<String, String> values(Plan plan) {
            ChangeRecord r = ChangeRecord.of(new PackedReader(), packedKey, record, offset);
            PackedReader reader = new PackedReader().reset(record, r.values(), record.length - r.values());
            List<String> names = plan.table(table).stream()
                    .flatMap(t -> t.columns().stream())
                    .map(c -> c.source())
                    .toList();
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < r.columns(); i++) {
                SqliteValue v = reader.nextValue();
                values.put(i < names.size() ? names.get(i) : "column " + (i + 1), v.toString());
            }
            return values;
        }
    }

    /** How many rows wait for a decision, and how many were discarded. */
    public record Counts(long waiting, long discarded) {}

    public Counts counts(Optional<String> table) {
        return read("Counting the quarantine", c -> {
            try (PreparedStatement s =
                    c.prepareStatement("SELECT count(*) FILTER (WHERE discarded_at IS NULL), count(*)"
                            + " FILTER (WHERE discarded_at IS NOT NULL) FROM liteferry.quarantine WHERE source = ?"
                            + " AND (? = '' OR table_name = ?)")) {
                s.setString(1, plan.source());
                s.setString(2, table.orElse(""));
                s.setString(3, table.orElse(""));
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    return new Counts(r.getLong(1), r.getLong(2));
                }
            }
        });
    }

    /** The entries of a table or of all, oldest first, at most so many; those that were discarded only where asked for. */
    public List<Entry> list(Optional<String> table, boolean discarded, int most) {
        return read(
                "Listing the quarantine",
                c -> entries(
                        c,
                        table,
                        List.of(),
                        (discarded ? "" : " AND discarded_at IS NULL") + " ORDER BY since, table_name, key_text LIMIT "
                                + most));
    }

    /** The entries of some keys, discarded ones too. */
    public List<Entry> find(String table, List<String> keys) {
        return read("Looking into the quarantine", c -> entries(c, Optional.of(table), keys, " ORDER BY key_text"));
    }

    /**
     * Has capture send the keys again; what is good now leaves the quarantine, what is not stays.
     *
     * @param table source name, or empty for all that wait for a decision
     * @param keys of the table, or none for all of it
     * @return how many keys were asked for
     */
    public int replay(Optional<String> table, List<String> keys) {
        Map<String, List<byte[]>> byTable = new LinkedHashMap<>();
        read(
                        "Reading the quarantine",
                        c -> entries(
                                c,
                                table,
                                keys,
                                (keys.isEmpty() ? " AND discarded_at IS NULL" : "") + " ORDER BY since"))
                .forEach(e -> byTable.computeIfAbsent(e.table(), t -> new ArrayList<>())
                        .add(e.packedKey()));
        int sent = 0;
        if (byTable.isEmpty()) {
            return sent;
        }
        try (Producer<byte[], byte[]> producer = KafkaClients.of(plan.options()).producer(plan.source() + "-replay")) {
            for (Map.Entry<String, List<byte[]>> e : byTable.entrySet()) {
                List<byte[]> all = e.getValue();
                for (int i = 0; i < all.size(); i += KEYS_PER_SIGNAL) {
                    List<byte[]> some = all.subList(i, Math.min(i + KEYS_PER_SIGNAL, all.size()));
                    SignalTopic.send(
                            producer, plan, Signal.emitKeys(UUID.randomUUID().toString(), e.getKey(), some));
                    sent += some.size();
                }
            }
        }
        return sent;
    }

    /**
     * Goes on without rows. The entry stays until a newer event of its key, but no longer keeps the verdict from READY; the
     * decision is kept for ever in {@code liteferry.quarantine_discard}.
     *
     * @param note why, in the words of who decides
     * @return how many rows were discarded; one that was already is not counted
     */
    public int discard(String table, List<String> keys, String note) {
        return read("Discarding rows of the quarantine", c -> {
            try (PreparedStatement s = c.prepareStatement("""
                    WITH gone AS (UPDATE liteferry.quarantine SET discarded_at = clock_timestamp()
                      WHERE source = ? AND table_name = ? AND key_text = ANY (?) AND discarded_at IS NULL RETURNING *)
                    INSERT INTO liteferry.quarantine_discard (source, table_name, key, key_text, column_name, record, topic,
                      kafka_offset, sqlstate, reason, since, discarded_at, discarded_by, note)
                    SELECT source, table_name, key, key_text, column_name, record, topic, kafka_offset, sqlstate, reason,
                      since, discarded_at, session_user, ? FROM gone""")) {
                s.setString(1, plan.source());
                s.setString(2, table);
                s.setArray(3, c.createArrayOf("text", keys.toArray()));
                s.setString(4, note);
                return s.executeUpdate();
            }
        });
    }

    private interface Work<T> {
        T in(Connection c) throws SQLException;
    }

    private <T> T read(String tried, Work<T> work) {
        try (Connection c = connections.open("liteferry-quarantine")) {
            T result = work.in(c);
            c.commit();
            return result;
        } catch (SQLException e) {
            throw PgConnections.failure(tried + " of " + plan.source(), e);
        }
    }

    private List<Entry> entries(Connection c, Optional<String> table, List<String> keys, String more)
            throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement(ENTRY + more)) {
            s.setString(1, plan.source());
            s.setString(2, table.orElse(""));
            s.setString(3, table.orElse(""));
            s.setArray(4, c.createArrayOf("text", keys.toArray()));
            s.setArray(5, c.createArrayOf("text", keys.toArray()));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    OffsetDateTime discarded = r.getObject(9, OffsetDateTime.class);
                    entries.add(new Entry(
                            r.getString(1),
                            r.getString(2),
                            r.getString(3),
                            r.getString(4),
                            r.getString(5),
                            r.getString(6),
                            r.getLong(7),
                            r.getObject(8, OffsetDateTime.class).toInstant().toString(),
                            discarded == null ? null : discarded.toInstant().toString(),
                            r.getBytes(10),
                            r.getBytes(11)));
                }
            }
        }
        return entries;
    }
}
