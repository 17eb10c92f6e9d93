package io.liteferry.sink.write;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.RecordTag;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One table's part of a batch that is too large for memory: taken into the stage part by part, merged at the batch's END.
 * A row that PostgreSQL refuses is found by halving, where the caller asks for care.
 */
final class Spool {
    private final TargetTable table;
    private final Stage stage;
    private final SeenKeys seen;
    private final Quarantine quarantine;
    private final RefusedRecords refused;

    Spool(TargetTable table, Stage stage, SeenKeys seen, Quarantine quarantine, RefusedRecords refused) {
        this.table = table;
        this.stage = stage;
        this.seen = seen;
        this.quarantine = quarantine;
        this.refused = refused;
    }

    /** Takes a part of a batch, in a transaction of its own; rows have their partitions already. */
    void take(Connection c, long batch, List<ChangeRecord> records, Outcome outcome, boolean careful)
            throws SQLException {
        Outcome part = new Outcome();
        List<ChangeRecord> good = new ArrayList<>(records.size());
        for (ChangeRecord r : records) {
            Optional<String> state = r.isDelete() ? Optional.empty() : refused.state(table, r);
            if (state.isPresent()) {
                part.refused(table, r, state.get());
                stage.markRefused(c, batch, r);
            } else {
                good.add(r);
            }
        }
        copyHalving(c, batch, good, part, careful);
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
    void merge(Connection c, BatchId id, long expected, boolean onlyOne, @Nullable RecordTag since, boolean careful)
            throws SQLException {
        long batch = id.batch();
        long found = stage.count(c, batch);
        if (found != expected) {
            throw new SpoolLostException("the stage of " + table.source() + " holds " + found + " records of batch "
                    + batch + ", spooled were " + expected);
        }
        quarantine.merge(c, table, stage.winners(), batch);
        stage.deleteSpooled(c, batch);
        merge(c, id, 0, stage.ordinals(c, batch), careful);
        if (since != null) {
            seen.noteSpooled(c, stage, batch, id.epoch(), since);
        }
        stage.empty(c, batch, onlyOne);
    }

    /** Merges the ordinals from one up to another; finds by halving, where it is to be careful, those that PostgreSQL refuses. */
    private void merge(Connection c, BatchId id, long from, long to, boolean careful) throws SQLException {
        if (from >= to) {
            return;
        }
        if (!careful) {
            try {
                stage.mergeSpooled(c, id.batch(), from, to - 1);
            } catch (SQLException e) {
                if (SqlStates.isNoPartition(e) && refused.readAgain(id)) {
                    throw new SpoolLostException(
                            "a partition of " + table.source() + " was detached while batch " + id + " was spooled");
                }
                throw e;
            }
            return;
        }
        Savepoint before = c.setSavepoint();
        try {
            stage.mergeSpooled(c, id.batch(), from, to - 1);
            c.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlStates.isRowRefused(e)) {
                throw e;
            }
            c.rollback(before);
            if (to - from == 1) {
                refused.add(table, id, from, String.valueOf(e.getSQLState()));
                return;
            }
            long middle = (from + to) / 2;
            merge(c, id, from, middle, true);
            merge(c, id, middle, to, true);
        }
    }
}
