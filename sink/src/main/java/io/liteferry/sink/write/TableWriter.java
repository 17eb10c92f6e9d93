package io.liteferry.sink.write;

import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table's part of a batch: deletes first, then upserts. Few rows go as arrays, many through the stage, many that
 * are said to be new straight into the table; a row that PostgreSQL refuses is found by halving, where the caller asks for
 * care.
 */
final class TableWriter {
    /** Above this many rows the stage is cheaper than arrays; measured. */
    private static final int ARRAY_ROWS = 2_000;

    private static final int ARRAY_BYTES = 8 << 20;
    /** For how many batches inserts are not taken at their word, once one of them met a row that was there. */
    private static final int DOUBTED_BATCHES = 100;

    private final TargetTable table;
    private final RowEncoder encoder;
    private final Stage stage;
    private final SeenKeys seen;
    private final Optional<PartitionPlacer> placer;
    private final Spool spool;
    private final Quarantine quarantine;
    private final BinaryBuffer buffer;
    private final BinaryArrays rowArrays;
    private final BinaryArrays keyArrays;
    private final TableSql sql;
    private int doubted;

    TableWriter(
            String source,
            TargetTable table,
            boolean[] notNull,
            Quarantine quarantine,
            RefusedRecords refused,
            BinaryBuffer buffer) {
        this.table = table;
        this.quarantine = quarantine;
        this.buffer = buffer;
        encoder = new RowEncoder(table, notNull);
        placer = table.partitions().map(p -> new PartitionPlacer(table, p, encoder));
        stage = new Stage(table, encoder, buffer);
        seen = new SeenKeys(source, table, encoder, buffer);
        spool = new Spool(table, stage, seen, quarantine, refused);
        rowArrays = new BinaryArrays(table.types());
        List<TargetType> keyTypes =
                table.key().stream().map(i -> table.types().get(i)).toList();
        keyArrays = new BinaryArrays(keyTypes);
        sql = new TableSql(table, keyTypes);
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

    /** What is too large for memory goes there first. */
    Spool spool() {
        return spool;
    }

    /** Of a table that is cut by the values of a column. */
    Optional<PartitionPlacer> placer() {
        return placer;
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
        boolean straight = first && isFreshSnapshot(records) && !quarantine.mayHold(table) && !table.movesRows();
        if (straight && copyStraight(c, placed(c, records, outcome, careful), outcome)) {
            count(records, outcome);
            quarantine.add(c, table, outcome.quarantined(table));
            return;
        }
        Set<RowKey> repeated = new HashSet<>();
        Collection<ChangeRecord> last = placed(c, lastOfEachKey(records, repeated), outcome, careful);
        List<ChangeRecord> deletes = new ArrayList<>();
        List<ChangeRecord> fresh = new ArrayList<>();
        List<ChangeRecord> rows = new ArrayList<>();
        for (ChangeRecord r : last) {
            (r.isDelete() ? deletes : isSaidToBeNew(r, repeated) ? fresh : rows).add(r);
        }
        quarantine.clear(c, table, last);
        delete(c, deletes);
        doubted = Math.max(0, doubted - 1);
        if (!first || fresh.size() <= ARRAY_ROWS) {
            rows.addAll(fresh);
        } else if (!copyStraight(c, fresh, outcome)) {
            rows.addAll(fresh);
            doubted = DOUBTED_BATCHES;
        }
        upsert(c, rows, outcome, careful, stageFree);
        if (since != null) {
            seen.note(c, last, since);
        }
        count(last, outcome);
        quarantine.add(c, table, outcome.quarantined(table));
    }

    /** The records as they can be written, now that their partitions are there. */
    List<ChangeRecord> placed(Connection c, List<ChangeRecord> records, Outcome outcome, boolean careful)
            throws SQLException {
        if (placer.isEmpty() || records.isEmpty()) {
            return records;
        }
        placer.get().partitions().begin(careful);
        return placer.get().place(c, records, outcome);
    }

    private static boolean isFreshSnapshot(List<ChangeRecord> records) {
        return records.size() > ARRAY_ROWS && records.stream().allMatch(r -> r.operation() == Operation.SNAPSHOT);
    }

    /** A trigger's word for it; a row that is there after all is found by its key, and all of them are upserted. */
    private boolean isSaidToBeNew(ChangeRecord r, Set<RowKey> repeated) {
        return r.operation() == Operation.SNAPSHOT
                || r.operation() == Operation.CREATE
                        && doubted == 0
                        && !table.movesRows()
                        && (repeated.isEmpty() || !repeated.contains(r.rowKey()));
    }

    /** @param repeated is given the keys that have several */
    private static List<ChangeRecord> lastOfEachKey(List<ChangeRecord> records, Set<RowKey> repeated) {
        Map<RowKey, ChangeRecord> last = new LinkedHashMap<>(records.size() * 4 / 3 + 1);
        for (ChangeRecord r : records) {
            RowKey key = r.rowKey();
            last.merge(key, r, (a, b) -> {
                repeated.add(key);
                return b.isLaterThan(a) ? b : a;
            });
        }
        return new ArrayList<>(last.values());
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
        if (table.movesRows() && holdsAnyNear(c, records)) {
            return false; // a row that is there in another partition would be no conflict
        }
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

    /** Whether the table has a row between the least and the greatest of these keys; a chunk of a snapshot is such a range. */
    private boolean holdsAnyNear(Connection c, List<ChangeRecord> records) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql.near())) {
            for (ChangeRecord r : records) {
                buffer.truncate(0);
                try {
                    encoder.key(r, buffer);
                } catch (Misfit m) {
                    continue; // copying finds out
                }
                keyArrays.add(buffer, 0);
            }
            keyArrays.bind(s, 1);
            try (ResultSet found = s.executeQuery()) {
                return found.next() && found.getBoolean(1);
            }
        } finally {
            keyArrays.clear();
        }
    }

    private void delete(Connection c, List<ChangeRecord> records) throws SQLException {
        if (records.isEmpty()) {
            return;
        }
        try (PreparedStatement s = c.prepareStatement(sql.delete())) {
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
        try (PreparedStatement delete = c.prepareStatement(sql.delete());
                PreparedStatement insert = c.prepareStatement(sql.insert())) {
            for (ChangeRecord r : rows) {
                buffer.truncate(0);
                try {
                    encoder.row(r, buffer);
                    if (table.movesRows()) {
                        int key = buffer.length();
                        encoder.key(r, buffer);
                        keyArrays.add(buffer, key);
                    }
                } catch (Misfit m) {
                    outcome.misfit(table, r, m);
                    continue;
                }
                rowArrays.add(buffer, 0);
                bytes += buffer.length();
                if (rowArrays.rows() >= ARRAY_ROWS || bytes >= ARRAY_BYTES) {
                    flush(delete, keyArrays);
                    flush(insert, rowArrays);
                    bytes = 0;
                }
            }
            flush(delete, keyArrays);
            flush(insert, rowArrays);
        } finally {
            keyArrays.clear();
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
}
