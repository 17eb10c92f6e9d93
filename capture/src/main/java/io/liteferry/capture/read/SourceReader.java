package io.liteferry.capture.read;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.Signal;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.ReadTime;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The poll's read transaction. In this order: the file is the one that was opened, the row at our position is the one we
 * knew, the epoch is ours, the source is not fenced, the schema is the one we know or every table is verified again, the
 * keys logged since, the keys asked for, the next rows of a snapshot.
 */
final class SourceReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceReader.class);

    private static final String NULL_KEY =
            "Give these rows a key, or plan another key for the table, then start capture again;"
                    + " the table is then snapshotted again.";

    /** Log rows whose keys are read together. */
    private static final int RUN = 1_000;

    private static final int RUN_OUTSIDE_WAL = 50;

    private final SqliteFile file;
    private final SqliteFile.Identity identity;
    private final CommitWitness witness;
    private final Connection connection;
    private final Statement transaction;
    private final PreparedStatement header;
    private final PreparedStatement dataVersion;
    private final PreparedStatement log;
    private final RowReader logRows;
    private final boolean utf16;
    private final int maxEntries;
    private final ReadTime time;
    private final PackedWriter keyScratch = new PackedWriter();
    private final CapturedTables tables;
    private final SchemaWatch schema;
    private final Map<TableReader, Set<RowKey>> seen = new HashMap<>();
    private Position position;
    private boolean fenced;

    /**
     * What a read transaction found beside its records.
     *
     * @param logEnd the batch ends here
     * @param schemaOnly nothing was read but a change of the schema
     */
    record Seen(boolean logEnd, boolean schemaOnly, boolean progressChanged, long logRows) {}

    SourceReader(Plan written, StartPoint start, SchemaCheck.Verification verification) throws SQLException {
        OwnMigration own = new OwnMigration(written);
        SchemaCheck check = new SchemaCheck(written, start.evolution(), verification, own);
        this.file = new SqliteFile(written.options().path(Options.DATABASE_FILE_PATH));
        this.maxEntries = written.options().integer(Options.MAX_BATCH_SIZE);
        this.position = start.position();
        this.witness = new CommitWitness(file);
        // Before it is opened: a file put there in between is then seen as another one.
        this.identity = file.identity();
        this.connection = file.openReader();
        try {
            this.utf16 = RowReader.isUtf16(connection);
            this.time = new ReadTime(connection, written.options().number(Options.READ_TRANSACTION_MAX_MS));
            this.transaction = connection.createStatement();
            this.dataVersion = connection.prepareStatement("PRAGMA data_version");
            this.header = connection.prepareStatement("SELECT (SELECT r FROM " + ChangeLog.LOG
                    + " WHERE seq = ?), identity, epoch, (SELECT min(seq) FROM " + ChangeLog.LOG
                    + "), (SELECT max(seq) FROM " + ChangeLog.LOG + "), fenced FROM " + ChangeLog.META);
            this.log = connection.prepareStatement(
                    "SELECT * FROM " + ChangeLog.LOG + " WHERE seq > ? ORDER BY seq LIMIT ?");
            this.logRows = new RowReader(log, utf16);
            Plan plan = EvolvedPlan.of(written, check.evolution());
            this.tables = new CapturedTables(connection, plan, start.tables(), utf16);
            this.schema = new SchemaWatch(file, connection, written, tables, check, own, start.schemaVersion());
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Position position() {
        return position;
    }

    /** SQLite's counter of foreign commits: a reason to look, never a proof. Asked outside of a transaction. */
    long dataVersion() throws SQLException {
        try (ResultSet rs = dataVersion.executeQuery()) {
            return rs.next() ? rs.getLong(1) : 0;
        }
    }

    /** Commits that looked as if they had fired no trigger. Safe from any thread. */
    long unexplainedCommits() {
        return witness.unexplained();
    }

    /** Whether a read keeps no commit of the application waiting, as of the last one. */
    boolean wal() {
        return time.wal();
    }

    /** Says how long nobody reads after the last read. */
    void gapAfter(ReadTurn.Held held) throws SQLException {
        time.gapAfter(held);
    }

    /** Whether the source was fenced at the last read: then nothing but that is read of it. */
    boolean fenced() {
        return fenced;
    }

    Map<String, TableProgress> progress() {
        return tables.progress();
    }

    boolean snapshotting() {
        return tables.snapshotting();
    }

    /** What happened to the schema in the batch that ends here. */
    SchemaWatch schema() {
        return schema;
    }

    /**
     * Reads one slice into {@code out}.
     *
     * @param requested keys to emit again, taken as far as time allows
     * @param open false where this slice begins a batch
     */
    Seen read(
            SliceWriter out, Deque<Signal.Data> requested, ReadControl control, SnapshotThrottle throttle, boolean open)
            throws SQLException {
        if (!file.identity().equals(identity)) {
            throw Breaks.replaced(file);
        }
        transaction.execute("BEGIN");
        try {
            long[] range = checkHeader();
            if (fenced) {
                // PostgreSQL is written now. What stands here then is no news of the application's, and is not to be
                // sent.
                transaction.execute("COMMIT");
                return new Seen(position.seq() == range[1], false, false, range[1] - range[0] + 1);
            }
            if (schema.mustAskTarget()) {
                transaction.execute("ROLLBACK");
                schema.askTarget();
                transaction.execute("BEGIN");
                range = checkHeader();
            }
            long deadline = System.nanoTime() + time.nanos();
            boolean alone = schema.look(open, out);
            if (schema.everyTablePlanned()) {
                // Frozen while the transaction is open: that of its snapshot.
                lookForUnlogged(range[1]);
            }
            boolean logEnd = alone;
            if (!alone) {
                readLog(deadline, out);
                snapshotsRequested(control, out);
                readRequested(requested, deadline, out);
                logEnd = position.seq() == range[1];
                if (logEnd) {
                    int before = out.rows();
                    readSnapshot(throttle.rows(System.nanoTime()), deadline, out);
                    throttle.spent(out.rows() - before);
                }
            }
            transaction.execute("COMMIT");
            schema.mend();
            return new Seen(logEnd, alone, tables.takeChanged(), range[1] - range[0] + 1);
        } catch (SQLException | RuntimeException e) {
            try {
                transaction.execute("ROLLBACK");
            } catch (SQLException rollback) {
                e.addSuppressed(rollback);
            }
            throw e;
        }
    }

    private void lookForUnlogged(long lastSeq) throws SQLException {
        if (witness.look(dataVersion(), lastSeq, schema.version())) {
            LOG.warn(
                    "A commit fired no trigger of ours; the next pass of the validator tells whether it changed a row file={} seen={}",
                    file.path(),
                    witness.unexplained());
        }
    }

    /** The first SELECT, which fixes the snapshot. Returns the first and the last seq of the log. */
    private long[] checkHeader() throws SQLException {
        header.setLong(1, position.seq());
        try (ResultSet rs = header.executeQuery()) {
            if (!rs.next()
                    || rs.getLong(1) != position.fingerprint()
                    || rs.wasNull()
                    || !position.logIdentity().equals(rs.getString(2))) {
                throw Breaks.position(file, position);
            }
            if (rs.getLong(3) != position.epoch()) {
                throw Breaks.epoch(file, position.epoch(), rs.getLong(3));
            }
            fenced = rs.getBoolean(6);
            return new long[] {rs.getLong(4), rs.getLong(5)};
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains("no such table")) {
                throw Breaks.notInstalled(file, e);
            }
            throw e;
        }
    }

    /** @throws LiteferryException where a successor has claimed a later epoch in this file */
    void demandEpoch() throws SQLException {
        transaction.execute("BEGIN");
        try {
            checkHeader();
        } finally {
            transaction.execute("ROLLBACK");
        }
    }

    /** Run after run of the log; the position moves with each, so that reading can stop after any. */
    private void readLog(long deadline, SliceWriter out) throws SQLException {
        seen.values().forEach(Set::clear);
        int left = maxEntries;
        boolean more = true;
        while (more && left > 0 && !out.full()) {
            int entries = Math.min(time.wal() ? RUN : RUN_OUTSIDE_WAL, left);
            more = readRun(entries, out) == entries && System.nanoTime() - deadline < 0;
            left -= entries;
        }
    }

    private int readRun(int limit, SliceWriter out) throws SQLException {
        log.setLong(1, position.seq());
        log.setInt(2, limit);
        long[] seqs = new long[limit];
        long[] fingerprints = new long[limit];
        long[] entry = new long[4];
        int entries = 0;
        // In the order in which the tables come, so that the first of them always gets on.
        Map<TableReader, LoggedKeys> keys = new LinkedHashMap<>();
        try (ResultSet rs = log.executeQuery()) {
            while (rs.next()) {
                logRows.integers(entry);
                seqs[entries] = entry[0];
                fingerprints[entries] = entry[3];
                TableReader table = tables.logged((int) entry[1]);
                if (entry[1] == 0 && entry[2] == ChangeLog.TRIGGERS_REMADE) {
                    triggersRemade(tables.logged(rs.getInt(5)), out);
                } else if (table != null && table.readable()) {
                    note(table, seqs[entries], entry[2], keys);
                }
                entries++;
            }
        }
        if (entries == 0) {
            return 0;
        }
        long reached = seqs[entries - 1];
        for (Map.Entry<TableReader, LoggedKeys> e : keys.entrySet()) {
            if (e.getKey().readable()) {
                reached = e.getKey().reread(e.getValue(), reached, out);
            }
        }
        int last = entries - 1;
        while (seqs[last] > reached) {
            last--;
        }
        position = new Position(position.logIdentity(), position.epoch(), seqs[last], fingerprints[last]);
        return entries;
    }

    /** What was written while its triggers were gone is in no log, even where nobody saw that they were. */
    private void triggersRemade(@Nullable TableReader table, SliceWriter out) throws SQLException {
        if (table != null && table.progress().state() != State.SUSPENDED && !table.nothingSent()) {
            tables.snapshotAgain(table, "its triggers were made again, it may have been written without them", out);
        }
    }

    private void note(TableReader table, long seq, long op, Map<TableReader, LoggedKeys> keys) throws SQLException {
        logRows.key(keyScratch.reset(), 4, table.keyColumns());
        RowKey key = new RowKey(keyScratch.toBytes());
        if (table.hasNull(key.packed())) {
            tables.suspend(table, "a row was written whose key is NULL", NULL_KEY);
        } else if (table.hasBrokenText(key.packed())) {
            tables.suspend(table, "a row was written whose key is text with half a surrogate pair", NULL_KEY);
        } else if (seen.computeIfAbsent(table, t -> new HashSet<>()).add(key)) {
            keys.computeIfAbsent(table, t -> new LoggedKeys())
                    .add(seq, key.packed(), op == ChangeLog.INSERTED ? Operation.CREATE : Operation.UPDATE);
        }
    }

    private void snapshotsRequested(ReadControl control, SliceWriter out) throws SQLException {
        for (String wanted = control.snapshots.poll(); wanted != null; wanted = control.snapshots.poll()) {
            Optional<TableReader> table = tables.readable(wanted);
            if (table.isEmpty()) {
                LOG.warn("A snapshot was asked for of a table that is not captured table={}", wanted);
            } else if (!table.get().nothingSent()) {
                tables.snapshotAgain(table.get(), "it was asked for", out);
            }
        }
    }

    private void readRequested(Deque<Signal.Data> requested, long deadline, SliceWriter out) throws SQLException {
        while (!requested.isEmpty() && !out.full() && System.nanoTime() - deadline < 0) {
            Signal.Data next = requested.pop();
            Optional<TableReader> table = tables.readable(next.table());
            if (table.isEmpty()) {
                LOG.warn(
                        "Keys were asked for of a table that is not captured table={} keys={}",
                        next.table(),
                        next.keys().size());
                continue;
            }
            Deque<byte[]> keys = new ArrayDeque<>(next.keys());
            while (!keys.isEmpty() && !out.full() && System.nanoTime() - deadline < 0) {
                Optional<RowKey> key = requestedKey(table.get(), keys.pop());
                if (key.isPresent()) {
                    table.get().reread(key.get(), out);
                } else {
                    LOG.warn("A key that was asked for is no key of its table table={}", next.table());
                }
            }
            if (!keys.isEmpty()) {
                requested.push(new Signal.Data(next.table(), List.copyOf(keys)));
            }
        }
    }

    /** In canonical form: in another form of its numbers a key would look absent, and its row be deleted. */
    private static Optional<RowKey> requestedKey(TableReader table, byte[] packed) {
        try {
            RowKey key = RowKey.of(new RowKey(packed).values());
            boolean fits = key.values().size() == table.keyColumns() && !table.hasNull(key.packed());
            return fits ? Optional.of(key) : Optional.empty();
        } catch (IllegalArgumentException notPacked) {
            return Optional.empty();
        }
    }

    /** The next rows of the tables whose snapshot is not complete, one table after the other. */
    private void readSnapshot(int rows, long deadline, SliceWriter out) throws SQLException {
        int budget = rows;
        for (TableReader table : tables.all()) {
            boolean first = budget == rows;
            boolean room = budget > 0 && !out.full() && (first || System.nanoTime() - deadline < 0);
            State state = table.progress().state();
            if (room && table.readable() && (state == State.PENDING || state == State.SNAPSHOT)) {
                int before = out.rows();
                Optional<String> problem = table.chunk(budget, deadline, out);
                tables.changed();
                if (problem.isPresent()) {
                    tables.suspend(table, problem.get(), NULL_KEY);
                }
                budget -= Math.max(1, out.rows() - before);
                if (table.progress().state() == State.STREAMING) {
                    LOG.info(
                            "Snapshot of a table is complete table={} rows={}",
                            table.plan().source(),
                            table.progress().rows());
                }
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
