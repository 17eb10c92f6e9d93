package io.liteferry.sink.write;

import io.liteferry.core.row.PackedReader;
import io.liteferry.sink.batch.ChangeRecord;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The rows of one source that the target cannot hold, kept in the transaction of their batch. */
final class Quarantine {
    private static final String COLUMNS =
            "source, table_name, key, key_text, column_name, record, topic, kafka_offset, sqlstate, reason";
    private static final String REPLACE = """
             ON CONFLICT (source, table_name, sha256(key)) DO UPDATE SET key_text = EXCLUDED.key_text,
            column_name = EXCLUDED.column_name, record = EXCLUDED.record, topic = EXCLUDED.topic,
            kafka_offset = EXCLUDED.kafka_offset, sqlstate = EXCLUDED.sqlstate, reason = EXCLUDED.reason,
            since = clock_timestamp(), discarded_at = NULL""";

    private final String source;
    /** Tables that may have entries, so that a clean table costs no statement. */
    private final Set<String> tables = new HashSet<>();

    Quarantine(String source) {
        this.source = source;
    }

    void load(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT DISTINCT table_name FROM liteferry.quarantine WHERE source = ?")) {
            s.setString(1, source);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    tables.add(r.getString(1));
                }
            }
        }
    }

    boolean mayHold(TargetTable table) {
        return tables.contains(table.source());
    }

    /** A newer event of a key clears its entry, whatever it says. */
    void clear(Connection c, TargetTable table, Collection<ChangeRecord> records) throws SQLException {
        if (!mayHold(table)) {
            return;
        }
        try (PreparedStatement s = c.prepareStatement(
                "DELETE FROM liteferry.quarantine WHERE source = ? AND table_name = ? AND sha256(key) = ANY"
                        + " (ARRAY(SELECT sha256(k) FROM unnest(?::bytea[]) k))")) {
            Array keys = c.createArrayOf(
                    "bytea", records.stream().map(ChangeRecord::key).toArray(byte[][]::new));
            s.setString(1, source);
            s.setString(2, table.source());
            s.setArray(3, keys);
            s.executeUpdate();
        }
    }

    void add(Connection c, TargetTable table, List<Outcome.Quarantined> entries) throws SQLException {
        insert(c, table, entries, "liteferry.quarantine", "", "", REPLACE);
    }

    /** Keeps entries of a batch that is spooled until its END. */
    void spool(Connection c, TargetTable table, List<Outcome.Quarantined> entries, long batch) throws SQLException {
        insert(c, table, entries, "liteferry.stage_quarantine", ", batch, ordinal", ", " + batch + ", ?", "");
    }

    private void insert(
            Connection c,
            TargetTable table,
            List<Outcome.Quarantined> entries,
            String into,
            String moreColumns,
            String moreValues,
            String conflict)
            throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        tables.add(table.source());
        String sql = "INSERT INTO " + into + " (" + COLUMNS + moreColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
                + moreValues + ")" + conflict;
        try (PreparedStatement s = c.prepareStatement(sql)) {
            int count = 0;
            for (Outcome.Quarantined q : entries) {
                s.setString(1, source);
                s.setString(2, q.table());
                s.setBytes(3, q.record().key());
                s.setString(4, q.record().rowKey().toString().replace('\0', '\uFFFD'));
                s.setString(5, q.column());
                s.setBytes(6, table.withoutMasked(q.record()));
                s.setString(7, q.topic());
                s.setLong(8, q.record().offset());
                s.setString(9, q.sqlState());
                s.setString(10, q.reason());
                if (!moreColumns.isEmpty()) {
                    s.setLong(11, q.record().ordinal());
                }
                s.addBatch();
                if (++count % 500 == 0) {
                    s.executeBatch();
                }
            }
            s.executeBatch();
        }
    }

    /** Moves the entries of a spooled batch that are the last word on their key, and clears those of good keys. */
    void merge(Connection c, TargetTable table, String winners, long batch) throws SQLException {
        if (!mayHold(table)) {
            return;
        }
        try (PreparedStatement clear = c.prepareStatement("DELETE FROM liteferry.quarantine q USING " + table.stage()
                        + " s WHERE s._liteferry_batch = ? AND q.source = ? AND q.table_name = ?"
                        + " AND sha256(q.key) = sha256(s._liteferry_key)");
                PreparedStatement move =
                        c.prepareStatement("INSERT INTO liteferry.quarantine (" + COLUMNS + ") SELECT " + COLUMNS
                                + " FROM liteferry.stage_quarantine WHERE source = ? AND table_name = ? AND batch = ?"
                                + " AND ordinal IN (SELECT _liteferry_ordinal FROM " + winners
                                + " w WHERE _liteferry_kind = 2)" + REPLACE);
                PreparedStatement empty = c.prepareStatement(
                        "DELETE FROM liteferry.stage_quarantine WHERE source = ? AND table_name = ? AND batch = ?")) {
            clear.setLong(1, batch);
            clear.setString(2, source);
            clear.setString(3, table.source());
            clear.executeUpdate();
            move.setString(1, source);
            move.setString(2, table.source());
            move.setLong(3, batch);
            move.setLong(4, batch);
            move.executeUpdate();
            empty.setString(1, source);
            empty.setString(2, table.source());
            empty.setLong(3, batch);
            empty.executeUpdate();
        }
    }

    /** Reads the entries of one transaction, a thousand at a time: a spooled batch may have more than fit into memory. */
    void read(Connection c, Timestamp since, Consumer<Outcome.Quarantined> reader) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT table_name, topic, key, record, kafka_offset, column_name, sqlstate, reason"
                        + " FROM liteferry.quarantine WHERE source = ? AND since >= ?")) {
            s.setFetchSize(1_000);
            s.setString(1, source);
            s.setTimestamp(2, since);
            PackedReader packed = new PackedReader();
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    reader.accept(new Outcome.Quarantined(
                            r.getString(1),
                            r.getString(2),
                            ChangeRecord.of(packed, r.getBytes(3), r.getBytes(4), r.getLong(5)),
                            r.getString(6),
                            r.getString(7),
                            Misfit.Reason.ofText(r.getString(8)).label(),
                            r.getString(8)));
                }
            }
        }
    }

    void emptySpool(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("DELETE FROM liteferry.stage_quarantine WHERE source = ?")) {
            s.setString(1, source);
            s.executeUpdate();
        }
    }
}
