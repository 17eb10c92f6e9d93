package io.liteferry.capture.read;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one table inside the poll's read transaction: single rows again by a logged key, and the snapshot in key order.
 * A row is taken for a key only where the key's bytes are the same: a collation, or a number's other form, can make SQLite
 * find another row.
 */
final class TableReader implements AutoCloseable {
    private final Connection connection;
    private TablePlan plan;
    private final int table;
    private final boolean utf16;
    private KeyTerms key;
    private @Nullable SourceTable source;
    private int logId;
    private String columns;
    private boolean held;
    private final PackedWriter scratch = new PackedWriter();
    private final PackedReader unpacked = new PackedReader();
    private TableProgress progress;
    private @Nullable Statement reread;
    private int rereadParameter;

    /** A prepared statement with the reader of its rows. */
    private record Statement(PreparedStatement sql, RowReader rows) {}

    TableReader(Connection connection, TablePlan plan, int table, boolean utf16, TableProgress progress) {
        this.connection = connection;
        this.plan = plan;
        this.table = table;
        this.utf16 = utf16;
        this.key = new KeyTerms(List.of(), List.of());
        this.columns = selected(plan);
        this.progress = progress;
    }

    private static String selected(TablePlan plan) {
        return plan.columns().stream().map(c -> "t." + Sql.name(c.source())).collect(Collectors.joining(", "));
    }

    /** From here on the rows have other columns: only between two batches. */
    void evolve(TablePlan next) throws SQLException {
        plan = next;
        columns = selected(next);
        key = source == null ? key : KeyTerms.of(next, source);
        held = false;
        close();
    }

    /** Reads nothing of the table until {@link #evolve}: one batch holds rows of one layout. */
    void hold() {
        held = true;
    }

    /** Whether rows of the table may be read now. */
    boolean readable() {
        return !held && progress.state() != State.SUSPENDED;
    }

    /** Must be called before the first read, and whenever the source's schema has changed. */
    void schema(SourceTable source, int logId) throws SQLException {
        this.logId = logId;
        this.source = source;
        key = KeyTerms.of(plan, source);
        close();
    }

    TablePlan plan() {
        return plan;
    }

    int keyColumns() {
        return key.count();
    }

    TableProgress progress() {
        return progress;
    }

    /** True before the first snapshot: no target can hold a row. */
    boolean nothingSent() {
        return progress.state() == State.PENDING && progress.since() == null;
    }

    /**
     * Reads the rows of logged keys and writes each, or its absence. Stops where the slice is full.
     *
     * @param limit log rows above it need not be read
     * @return the log row up to which all of these keys were read; below {@code limit} where it stopped
     */
    long reread(LoggedKeys logged, long limit, SliceWriter out) throws SQLException {
        if (out.full()) {
            return Math.min(limit, logged.firstSeq() - 1);
        }
        Statement s = rereading();
        s.sql().setLong(rereadParameter, logged.firstSeq());
        s.sql().setLong(rereadParameter + 1, logged.lastSeq());
        int next = 0;
        long reached = limit;
        long[] first = new long[1];
        try (ResultSet rs = s.sql().executeQuery()) {
            while (next < logged.size() && reached == limit && rs.next()) {
                s.rows().integers(first);
                long seq = first[0];
                next = absent(logged, next, Math.min(seq - 1, limit), out);
                // A key that was logged again in this run has its row here once more.
                boolean wanted = next < logged.size() && logged.get(next).seq() == seq && seq <= limit;
                if (wanted
                        && write(
                                s,
                                rs,
                                1,
                                logged.get(next).key(),
                                logged.get(next).hint(),
                                out)) {
                    next++;
                    reached = out.full() ? seq : reached;
                }
            }
        }
        absent(logged, next, reached, out);
        return reached;
    }

    /** Writes the absence of the keys from {@code next} on, as far as {@code seq}. */
    private int absent(LoggedKeys logged, int next, long seq, SliceWriter out) {
        int i = next;
        while (i < logged.size() && logged.get(i).seq() <= seq) {
            out.delete(table, logged.get(i).key());
            i++;
        }
        return i;
    }

    /** The key goes from the log to the table inside SQLite, so that no value is changed on its way. */
    private Statement rereading() throws SQLException {
        Statement s = reread;
        if (s == null) {
            s = prepare(rereadSql());
            rereadParameter = bindCursor(s.sql());
            reread = s;
        }
        return s;
    }

    String rereadSql() {
        return "SELECT l.seq, " + key.selectedSql() + ", " + columns + ", " + aboveCursor() + " FROM " + ChangeLog.LOG
                + " AS l CROSS JOIN " + Sql.name(plan.source()) + " AS t ON " + key.equalToLogged()
                + " WHERE l.seq BETWEEN ? AND ? AND l.tbl = " + logId + " ORDER BY l.seq";
    }

    String requestedSql(RowKey wanted) {
        return "SELECT " + key.selectedSql() + ", " + columns + ", " + aboveCursor() + " FROM "
                + Sql.name(plan.source()) + " AS t WHERE " + key.equalTo(wanted);
    }

    /** Reads the row of a key that somebody asked for. */
    void reread(RowKey wanted, SliceWriter out) throws SQLException {
        Statement s = prepare(requestedSql(wanted));
        boolean found = false;
        try (PreparedStatement ps = s.sql()) {
            KeyTerms.bind(ps, bindCursor(ps), wanted);
            try (ResultSet rs = ps.executeQuery()) {
                while (!found && rs.next()) {
                    found = write(s, rs, 0, wanted.packed(), Operation.UPDATE, out);
                }
            }
        }
        if (!found) {
            out.delete(table, wanted.packed());
        }
    }

    /** Writes the current row if it is the one of this key, and no later chunk of the snapshot will read it. */
    private boolean write(Statement s, ResultSet rs, int first, byte[] wanted, Operation hint, SliceWriter out)
            throws SQLException {
        s.rows().key(scratch.reset(), first, key.count());
        if (!scratch.contentEquals(wanted)) {
            return false;
        }
        int values = first + key.count();
        boolean snapshotWillReadIt = progress.state() != State.STREAMING
                && rs.getBoolean(values + plan.columns().size() + 1);
        if (!snapshotWillReadIt) {
            out.row(table, hint, wanted, s.rows(), values, plan.columns().size());
        }
        return true;
    }

    private Optional<RowKey> cursor() {
        return progress.state() == State.SNAPSHOT
                ? Optional.ofNullable(progress.cursor()).map(RowKey::new)
                : Optional.empty();
    }

    private int bindCursor(PreparedStatement ps) throws SQLException {
        return cursor().isPresent() ? KeyTerms.bind(ps, 1, cursor().get()) : 1;
    }

    /** Whether a row stands above the snapshot's cursor: the chunk that comes to it will read it. */
    private String aboveCursor() {
        boolean begun = progress.state() == State.STREAMING || progress.state() == State.SUSPENDED;
        return begun ? "0" : cursor().map(key::above).orElse("1");
    }

    /**
     * Reads the next rows of the snapshot in key order, until the slice is full, {@code limit} rows are read, or {@code
     * deadline} has passed, and moves the cursor.
     *
     * @return empty, or why the table cannot be carried on
     */
    Optional<String> chunk(int limit, long deadline, SliceWriter out) throws SQLException {
        long rows = 0;
        boolean stopped = false;
        byte[] last = new byte[0];
        for (KeyTerms.Range range : cursor().map(key::rangesAbove).orElse(List.of(KeyTerms.Range.ALL))) {
            if (stopped || rows == limit) {
                break;
            }
            Statement s = prepare(chunkSql(range, limit - rows));
            try (PreparedStatement ps = s.sql()) {
                KeyTerms.bind(ps, 1, range.bound());
                try (ResultSet rs = ps.executeQuery()) {
                    while (!stopped && rs.next()) {
                        s.rows().key(scratch.reset(), 0, key.count());
                        byte[] rowKey = scratch.toBytes();
                        if (hasNull(rowKey)) {
                            return Optional.of("it holds a row whose key is NULL");
                        }
                        if (hasBrokenText(rowKey)) {
                            return Optional.of("it holds a row whose key is text with half a surrogate pair");
                        }
                        out.row(
                                table,
                                Operation.SNAPSHOT,
                                rowKey,
                                s.rows(),
                                key.count(),
                                plan.columns().size());
                        last = rowKey;
                        rows++;
                        stopped = out.full() || System.nanoTime() - deadline > 0;
                    }
                }
            }
        }
        boolean more = stopped || rows == limit;
        TableProgress moved = rows == 0 ? progress : progress.snapshotAt(last, rows);
        progress(more ? moved : moved.streaming());
        return Optional.empty();
    }

    String chunkSql(KeyTerms.Range range, long limit) {
        return "SELECT " + key.selectedSql() + ", " + columns + " FROM " + Sql.name(plan.source()) + " AS t"
                + range.where() + " ORDER BY " + key.orderSql() + " LIMIT " + limit;
    }

    /** Whether a key has a NULL in it: it then identifies nothing. */
    boolean hasNull(byte[] packed) {
        unpacked.reset(packed);
        while (unpacked.hasNext()) {
            if (unpacked.next() == StorageClass.NULL) {
                return true;
            }
        }
        return false;
    }

    /** Whether a key of a UTF-16 database holds text that no parameter can carry, so that its row could not be found again. */
    boolean hasBrokenText(byte[] packed) {
        return utf16
                && new RowKey(packed)
                        .values().stream()
                                .anyMatch(v -> v instanceof SqliteValue.Text t
                                        && !SqliteValue.Text.of(new String(t.utf8(), StandardCharsets.UTF_8))
                                                .equals(t));
    }

    void progress(TableProgress now) throws SQLException {
        progress = now;
        close();
    }

    private Statement prepare(String sql) throws SQLException {
        PreparedStatement ps = connection.prepareStatement(sql);
        return new Statement(ps, new RowReader(ps, utf16));
    }

    @Override
    public void close() throws SQLException {
        if (reread != null) {
            reread.sql().close();
            reread = null;
        }
    }
}
