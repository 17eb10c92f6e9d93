package io.liteferry.sink.write;

import io.liteferry.sink.batch.ChangeRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The permanent unlogged table beside a target table. Large batches go through it: COPY in, one INSERT … ON CONFLICT out.
 * A batch too large for memory is spooled into it, in transactions of its own, and merged in the one of its END.
 *
 * <p>Each row has the canonical key, its ordinal, its batch (0 for a batch that is merged at once) and a kind.
 */
final class Stage {
    static final int ROW = 0;
    static final int DELETE = 1;
    static final int MISFIT = 2;

    private static final int EXTRA = 4;
    private static final String EXTRA_COLUMNS = "_liteferry_batch, _liteferry_kind, _liteferry_ordinal, _liteferry_key";

    private final TargetTable table;
    private final RowEncoder encoder;
    private final BinaryBuffer buffer;
    private final String winners;

    Stage(TargetTable table, RowEncoder encoder, BinaryBuffer buffer) {
        this.table = table;
        this.encoder = encoder;
        this.buffer = buffer;
        winners = "(SELECT DISTINCT ON (_liteferry_key) * FROM " + table.stage() + " WHERE _liteferry_batch = ?"
                + " ORDER BY _liteferry_key, _liteferry_ordinal DESC)";
    }

    /** The last record of each key in a spooled batch, as a subquery without a name, with the batch as its one parameter. */
    String winners() {
        return winners;
    }

    /** Copies rows in; a misfit is told to {@code outcome} and stands in the stage as such, so that it wins over older ones. */
    void copy(Connection c, long batch, List<ChangeRecord> records, Outcome outcome) throws SQLException {
        int width = table.columns().size();
        try (CopyStream copy = stream(c)) {
            for (ChangeRecord r : records) {
                BinaryBuffer row = copy.row(EXTRA + width);
                int kindAt = begin(row, batch, r, r.isDelete() ? DELETE : ROW);
                int mark = row.length();
                try {
                    if (r.isDelete()) {
                        keyOnly(r, row, width);
                    } else {
                        encoder.row(r, row);
                    }
                } catch (Misfit m) {
                    row.setShort(kindAt, MISFIT);
                    row.truncate(mark);
                    misfitKey(r, row, width);
                    if (!r.isDelete()) {
                        outcome.misfit(table, r, m);
                    }
                }
            }
            copy.finish();
        }
    }

    /** Notes a record that PostgreSQL refused, so that it wins over older ones of its key. */
    void markRefused(Connection c, long batch, ChangeRecord r) throws SQLException {
        int width = table.columns().size();
        try (CopyStream copy = stream(c)) {
            BinaryBuffer row = copy.row(EXTRA + width);
            begin(row, batch, r, MISFIT);
            misfitKey(r, row, width);
            copy.finish();
        }
    }

    private CopyStream stream(Connection c) throws SQLException {
        return new CopyStream(c, table.stage(), EXTRA_COLUMNS + ", " + table.columnList(), buffer);
    }

    /** Puts the extra columns; returns where the kind stands. */
    private static int begin(BinaryBuffer row, long batch, ChangeRecord r, int kind) {
        row.putInt(8);
        row.putLong(batch);
        row.putInt(2);
        int kindAt = row.length();
        row.putShort(kind);
        row.putInt(8);
        row.putLong(r.ordinal());
        row.putField(r.key(), 0, r.key().length);
        return kindAt;
    }

    /** The key where the target can hold it: the row it has of that key stays. */
    private void misfitKey(ChangeRecord r, BinaryBuffer row, int width) {
        try {
            keyOnly(r, row, width);
        } catch (Misfit m) {
            for (int i = 0; i < width; i++) {
                row.putNullField();
            }
        }
    }

    private void keyOnly(ChangeRecord r, BinaryBuffer row, int width) throws Misfit {
        BinaryBuffer keys = new BinaryBuffer();
        encoder.key(r, keys);
        int[] from = new int[table.key().size()];
        int at = 0;
        for (int k = 0; k < from.length; k++) {
            from[k] = at;
            at += 4 + keys.getInt(at);
        }
        for (int i = 0; i < width; i++) {
            int k = table.key().indexOf(i);
            if (k < 0) {
                row.putNullField();
            } else {
                row.putBytes(keys.array(), from[k], 4 + keys.getInt(from[k]));
            }
        }
    }

    /** Upserts what {@link #copy} put there for a batch that is merged at once: one row a key, no deletes. */
    void upsert(Connection c) throws SQLException {
        if (table.movesRows()) {
            deleteMatches(c, table.stage() + " k WHERE _liteferry_batch = ? AND _liteferry_kind = " + ROW, 0);
        }
        execute(c, table.qualified(), table.stage() + " w WHERE _liteferry_batch = ? AND _liteferry_kind = " + ROW, 0);
    }

    /** Deletes what a spooled batch deletes; the last record of each key decides. */
    void deleteSpooled(Connection c, long batch) throws SQLException {
        try (Statement settings = c.createStatement()) {
            settings.execute("SET LOCAL work_mem = '64MB'");
        }
        if (table.movesRows() || holdsDeletes(c, batch)) {
            String kinds = table.movesRows() ? " <> " + MISFIT : " = " + DELETE;
            deleteMatches(c, winners + " k WHERE k._liteferry_kind" + kinds, batch);
        }
    }

    /** Upserts the rows of a spooled batch whose ordinals lie in a range; the last record of each key decides. */
    void mergeSpooled(Connection c, long batch, long from, long to) throws SQLException {
        execute(
                c,
                table.qualified(),
                winners + " w WHERE _liteferry_kind = " + ROW + " AND _liteferry_ordinal BETWEEN " + from + " AND "
                        + to,
                batch);
    }

    /** How many ordinals there are up to the last of a spooled batch. */
    long ordinals(Connection c, long batch) throws SQLException {
        return number(c, "SELECT coalesce(max(_liteferry_ordinal) + 1, 0) FROM ", batch);
    }

    /** Deletes the rows whose keys these have, whatever partition they stand in. */
    private void deleteMatches(Connection c, String keys, long batch) throws SQLException {
        try (PreparedStatement delete = c.prepareStatement(
                "DELETE FROM " + table.qualified() + " t USING " + keys + " AND " + TableSql.keysEqual(table))) {
            delete.setLong(1, batch);
            delete.executeUpdate();
        }
    }

    long count(Connection c, long batch) throws SQLException {
        return number(c, "SELECT count(*) FROM ", batch);
    }

    private long number(Connection c, String select, long batch) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(select + table.stage() + " WHERE _liteferry_batch = ?")) {
            s.setLong(1, batch);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getLong(1);
            }
        }
    }

    private boolean holdsDeletes(Connection c, long batch) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT EXISTS (SELECT 1 FROM " + table.stage()
                + " WHERE _liteferry_batch = ? AND _liteferry_kind = " + DELETE + ")")) {
            s.setLong(1, batch);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }

    private void execute(Connection c, String into, String from, long batch) throws SQLException {
        String sql = "INSERT INTO " + into + " (" + table.columnList() + ") OVERRIDING SYSTEM VALUE SELECT "
                + table.columnList() + " FROM " + from + " ORDER BY " + table.keyList() + TableSql.onConflict(table);
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setLong(1, batch);
            s.executeUpdate();
        }
    }

    /** Empties the stage of one batch; of everything where nothing else is spooled, which is cheaper. */
    void empty(Connection c, long batch, boolean everything) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(
                    everything
                            ? "TRUNCATE " + table.stage()
                            : "DELETE FROM " + table.stage() + " WHERE _liteferry_batch = " + batch);
        }
    }
}
