package io.liteferry.sink.write;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.row.RowKey;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table's part of a batch: deletes first, then upserts. Few rows go as arrays, many through the stage, rows of
 * a snapshot straight into the table; a row that PostgreSQL refuses is found by halving, where the caller asks for care.
 */
final class TableWriter {
    /** Above this many rows the stage is cheaper than arrays; measured. */
    private static final int ARRAY_ROWS = 2_000;

    private static final int ARRAY_BYTES = 8 << 20;

    private final TargetTable table;
    private final RowEncoder encoder;
    private final Stage stage;
    private final SeenKeys seen;
    private final Quarantine quarantine;
    private final BinaryBuffer buffer;
    private final BinaryArrays rowArrays;
    private final BinaryArrays keyArrays;
    private final String upsertSql;
    private final String deleteSql;

    TableWriter(String source, TargetTable table, boolean[] notNull, Quarantine quarantine, BinaryBuffer buffer) {
        this.table = table;
        this.quarantine = quarantine;
        this.buffer = buffer;
        encoder = new RowEncoder(table, notNull);
        stage = new Stage(table, encoder, buffer);
        seen = new SeenKeys(source, table, encoder, buffer);
        rowArrays = new BinaryArrays(table.types());
        List<TargetType> keyTypes =
                table.key().stream().map(i -> table.types().get(i)).toList();
        keyArrays = new BinaryArrays(keyTypes);
        upsertSql = "INSERT INTO " + table.qualified() + " (" + table.columnList()
                + ") OVERRIDING SYSTEM VALUE SELECT * FROM unnest("
                + BinaryArrays.placeholders(table.types()) + ") AS u (" + table.columnList() + ") ORDER BY "
                + table.keyList() + onConflict(table);
        deleteSql = "DELETE FROM " + table.qualified() + " t USING unnest(" + BinaryArrays.placeholders(keyTypes)
                + ") AS k (" + table.keyList() + ") WHERE " + keysEqual(table);
    }

    /** {@code ON CONFLICT (key) DO UPDATE} of everything else; MERGE would scan every partition. */
    static String onConflict(TargetTable table) {
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            if (!table.key().contains(i)) {
                String name = PgSql.name(table.columns().get(i));
                assignments.add(name + " = EXCLUDED." + name);
            }
        }
        return " ON CONFLICT (" + table.keyList() + ") DO "
                + (assignments.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", assignments));
    }

    private static String keysEqual(TargetTable table) {
        List<String> terms = new ArrayList<>();
        for (int position : table.key()) {
            String name = PgSql.name(table.columns().get(position));
            boolean padded = table.types().get(position).kind() == TargetType.Kind.CHAR;
            terms.add("t." + name + " = k." + name + (padded ? "::bpchar" : ""));
        }
        return String.join(" AND ", terms);
    }

    TargetTable table() {
        return table;
    }

    Stage stage() {
        return stage;
    }

    SeenKeys seen() {
        return seen;
    }

    /**
     * Writes the records, in any order, inside the caller's transaction.
     *
     * @param careful set a savepoint before each statement and find by halving which row PostgreSQL refuses
     * @param stageFree false while a batch is spooled into the stage
     * @param since where the snapshot began whose keys are to be noted, or null
     */
    void write(
            Connection c,
            List<ChangeRecord> records,
            Outcome outcome,
            boolean careful,
            boolean stageFree,
            @Nullable RecordTag since)
            throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        boolean first = since == null;
        if (first && isFreshSnapshot(records) && !quarantine.mayHold(table) && copyStraight(c, records, outcome)) {
            count(records, outcome);
            quarantine.add(c, table, outcome.quarantined(table));
            return;
        }
        Collection<ChangeRecord> last = lastOfEachKey(records);
        List<ChangeRecord> deletes = new ArrayList<>();
        List<ChangeRecord> fresh = new ArrayList<>();
        List<ChangeRecord> rows = new ArrayList<>();
        for (ChangeRecord r : last) {
            (r.isDelete() ? deletes : r.operation() == Operation.SNAPSHOT ? fresh : rows).add(r);
        }
        quarantine.clear(c, table, last);
        delete(c, deletes);
        if (!first || fresh.size() <= ARRAY_ROWS || !copyStraight(c, fresh, outcome)) {
            rows.addAll(fresh);
        }
        upsert(c, rows, outcome, careful, stageFree);
        if (since != null) {
            seen.note(c, last, since);
        }
        count(last, outcome);
        quarantine.add(c, table, outcome.quarantined(table));
    }

    private static boolean isFreshSnapshot(List<ChangeRecord> records) {
        return records.size() > ARRAY_ROWS && records.stream().allMatch(r -> r.operation() == Operation.SNAPSHOT);
    }

    private static Collection<ChangeRecord> lastOfEachKey(List<ChangeRecord> records) {
        Map<RowKey, ChangeRecord> last = new LinkedHashMap<>(records.size() * 4 / 3 + 1);
        for (ChangeRecord r : records) {
            last.merge(r.rowKey(), r, (a, b) -> b.isLaterThan(a) ? b : a);
        }
        return last.values();
    }

    private void count(Collection<ChangeRecord> records, Outcome outcome) {
        for (ChangeRecord r : records) {
            if (!outcome.isQuarantined(r)) {
                outcome.rows(table.source(), r.operation(), 1);
            }
        }
    }

    /** COPY into the table itself; false, with nothing done, where a key is there already or a row is refused. */
    private boolean copyStraight(Connection c, List<ChangeRecord> records, Outcome outcome) throws SQLException {
        Savepoint before = c.setSavepoint();
        Map<ChangeRecord, Misfit> misfits = new LinkedHashMap<>();
        try (CopyStream copy = new CopyStream(c, table.qualified(), table.columnList(), buffer)) {
            for (ChangeRecord r : records) {
                BinaryBuffer row = copy.row(table.columns().size());
                try {
                    encoder.row(r, row);
                } catch (Misfit m) {
                    row.truncate(row.length() - 2);
                    misfits.put(r, m);
                }
            }
            copy.finish();
        } catch (SQLException e) {
            if (!SqlStates.isUniqueViolation(e) && !SqlStates.isRowRefused(e)) {
                throw e;
            }
            c.rollback(before);
            return false;
        }
        c.releaseSavepoint(before);
        misfits.forEach((r, m) -> outcome.misfit(table, r, m));
        return true;
    }

    private void delete(Connection c, List<ChangeRecord> records) throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        try (PreparedStatement s = c.prepareStatement(deleteSql)) {
            for (ChangeRecord r : records) {
                buffer.truncate(0);
                try {
                    encoder.key(r, buffer);
                } catch (Misfit m) {
                    continue; // a key the target cannot hold is not there; its quarantine entry is cleared
                }
                keyArrays.add(buffer, 0);
                if (keyArrays.rows() >= ARRAY_ROWS) {
                    flush(s, keyArrays);
                }
            }
            flush(s, keyArrays);
        } finally {
            keyArrays.clear();
        }
    }

    private void upsert(Connection c, List<ChangeRecord> rows, Outcome outcome, boolean careful, boolean stageFree)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        if (!careful) {
            upsertOnce(c, rows, outcome, stageFree);
            return;
        }
        Savepoint before = c.setSavepoint();
        try {
            upsertOnce(c, rows, outcome, stageFree);
            c.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlStates.isRowRefused(e)) {
                throw e;
            }
            c.rollback(before);
            if (rows.size() == 1) {
                outcome.refused(table, rows.get(0), String.valueOf(e.getSQLState()));
                return;
            }
            int half = rows.size() / 2;
            upsert(c, rows.subList(0, half), outcome, true, stageFree);
            upsert(c, rows.subList(half, rows.size()), outcome, true, stageFree);
        }
    }

    private void upsertOnce(Connection c, List<ChangeRecord> rows, Outcome outcome, boolean stageFree)
            throws SQLException {
        // As an array a large row is in memory four times, as COPY twice.
        boolean large = rows.size() > ARRAY_ROWS
                || rows.stream().mapToLong(ChangeRecord::bytes).sum() > ARRAY_BYTES;
        if (stageFree && large) {
            stage.copy(c, 0, rows, outcome);
            stage.upsert(c);
            stage.empty(c, 0, true);
        } else {
            upsertArrays(c, rows, outcome);
        }
    }

    private void upsertArrays(Connection c, List<ChangeRecord> rows, Outcome outcome) throws SQLException {
        long bytes = 0;
        try (PreparedStatement s = c.prepareStatement(upsertSql)) {
            for (ChangeRecord r : rows) {
                buffer.truncate(0);
                try {
                    encoder.row(r, buffer);
                } catch (Misfit m) {
                    outcome.misfit(table, r, m);
                    continue;
                }
                rowArrays.add(buffer, 0);
                bytes += buffer.length();
                if (rowArrays.rows() >= ARRAY_ROWS || bytes >= ARRAY_BYTES) {
                    flush(s, rowArrays);
                    bytes = 0;
                }
            }
            flush(s, rowArrays);
        } finally {
            rowArrays.clear();
        }
    }

    private static void flush(PreparedStatement s, BinaryArrays arrays) throws SQLException {
        if (arrays.rows() > 0) {
            arrays.bind(s, 1);
            s.executeUpdate();
            arrays.clear();
        }
    }

    /** Takes a part of a batch that is too large for memory, in a transaction of its own. */
    void spool(Connection c, long batch, List<ChangeRecord> records, Outcome outcome, boolean careful)
            throws SQLException {
        Outcome part = new Outcome();
        copyHalving(c, batch, records, part, careful);
        quarantine.spool(c, table, part.quarantined(table), batch);
        for (ChangeRecord r : records) {
            outcome.rows(table.source(), r.operation(), part.isQuarantined(r) ? 0 : 1);
        }
    }

    private void copyHalving(Connection c, long batch, List<ChangeRecord> records, Outcome outcome, boolean careful)
            throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        if (!careful) {
            stage.copy(c, batch, records, outcome);
            return;
        }
        Savepoint before = c.setSavepoint();
        try {
            stage.copy(c, batch, records, outcome);
            c.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlStates.isRowRefused(e)) {
                throw e;
            }
            c.rollback(before);
            if (records.size() == 1) {
                outcome.refused(table, records.get(0), String.valueOf(e.getSQLState()));
                stage.markRefused(c, batch, records.get(0));
                return;
            }
            int half = records.size() / 2;
            copyHalving(c, batch, records.subList(0, half), outcome, true);
            copyHalving(c, batch, records.subList(half, records.size()), outcome, true);
        }
    }

    /** @throws SpoolLostException where the stage does not hold every record that was spooled */
    void mergeSpooled(Connection c, BatchId id, long expected, boolean onlyOne, @Nullable RecordTag since)
            throws SQLException {
        long batch = id.batch();
        long found = stage.count(c, batch);
        if (found != expected) {
            throw new SpoolLostException("the stage of " + table.source() + " holds " + found + " records of batch "
                    + batch + ", spooled were " + expected);
        }
        quarantine.merge(c, table, stage.winners(), batch);
        stage.mergeSpooled(c, batch);
        if (since != null) {
            seen.noteSpooled(c, stage, batch, id.epoch(), since);
        }
        stage.empty(c, batch, onlyOne);
    }
}
