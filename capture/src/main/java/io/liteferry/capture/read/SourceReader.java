package io.liteferry.capture.read;

import io.liteferry.capture.install.ChangeLog;
import io.liteferry.capture.install.InstalledLog;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.SchemaChange;
import io.liteferry.core.change.Signal;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.ReadTime;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The poll's read transaction. In this order: the file is the one that was opened, the row at our position is the one we
 * knew, the epoch is ours, the schema is the one we know or every table is verified again, the keys logged since, the
 * keys asked for, the next rows of a snapshot.
 */
final class SourceReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceReader.class);

    private static final String NULL_KEY =
            "Give these rows a key, or plan another key for the table, then start capture again;"
                    + " the table is then snapshotted again.";

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Log rows whose keys are read together. */
    private static final int RUN = 500;

    private static final int RUN_OUTSIDE_WAL = 50;

    private final SqliteFile file;
    private final SqliteFile.Identity identity;
    private final CommitWitness witness;
    private final SchemaCheck schema;
    private final TriggerMender mender;
    private final Connection connection;
    private final Statement transaction;
    private final PreparedStatement header;
    private final PreparedStatement dataVersion;
    private final PreparedStatement log;
    private final RowReader logKeys;
    private final boolean utf16;
    private final int maxEntries;
    private final ReadTime time;
    private final PackedWriter keyScratch = new PackedWriter();
    private final List<TableReader> tables = new ArrayList<>();
    private final Map<Integer, TableReader> byLogId = new HashMap<>();
    private final Map<TableReader, Set<RowKey>> seen = new HashMap<>();
    private Position position;
    private long schemaVersion;
    private boolean verified;
    private boolean lookAgain;
    private long lookedAt;
    private boolean changed;
    private boolean everyTablePlanned;
    private final Map<TableReader, SchemaCheck.Outcome> evolving = new LinkedHashMap<>();
    private final List<SchemaChange> schemaChanges = new ArrayList<>();

    /**
     * What a read transaction found beside its records.
     *
     * @param logEnd the batch ends here
     * @param schemaOnly nothing was read but a change of the schema
     */
    record Seen(boolean logEnd, boolean schemaOnly, boolean progressChanged, long logRows) {}

    SourceReader(Plan written, StartPoint start, SchemaCheck.Verification verification) throws SQLException {
        this.schema = new SchemaCheck(written, start.evolution(), verification);
        this.mender = new TriggerMender(written);
        Plan plan = EvolvedPlan.of(written, schema.evolution());
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        this.maxEntries = plan.options().integer(Options.MAX_BATCH_SIZE);
        this.position = start.position();
        this.schemaVersion = start.schemaVersion();
        this.witness = new CommitWitness(file);
        // Before it is opened: a file put there in between is then seen as another one.
        this.identity = file.identity();
        this.connection = file.openReader();
        try {
            this.utf16 = RowReader.isUtf16(connection);
            this.time = new ReadTime(connection, plan.options().number(Options.READ_TRANSACTION_MAX_MS));
            this.transaction = connection.createStatement();
            this.dataVersion = connection.prepareStatement("PRAGMA data_version");
            this.header = connection.prepareStatement("SELECT (SELECT r FROM " + ChangeLog.LOG
                    + " WHERE seq = ?), identity, epoch, (SELECT min(seq) FROM " + ChangeLog.LOG
                    + "), (SELECT max(seq) FROM " + ChangeLog.LOG + ") FROM " + ChangeLog.META);
            this.log = connection.prepareStatement(
                    "SELECT * FROM " + ChangeLog.LOG + " WHERE seq > ? ORDER BY seq LIMIT ?");
            this.logKeys = new RowReader(log, utf16);
            for (TablePlan t : plan.tables()) {
                TableProgress progress =
                        start.tables().getOrDefault(t.source(), TableProgress.pending(t.expectedRows()));
                tables.add(new TableReader(connection, t, tables.size(), utf16, progress));
            }
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Position position() {
        return position;
    }

    long schemaVersion() {
        return schemaVersion;
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

    Map<String, TableProgress> progress() {
        Map<String, TableProgress> progress = new LinkedHashMap<>();
        tables.forEach(t -> progress.put(t.plan().source(), t.progress()));
        return progress;
    }

    boolean snapshotting() {
        return tables.stream().map(t -> t.progress().state()).anyMatch(s -> s == State.PENDING || s == State.SNAPSHOT);
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
        changed = false;
        transaction.execute("BEGIN");
        try {
            long[] range = checkHeader();
            long deadline = System.nanoTime() + time.nanos();
            boolean alone = checkSchema(open, out);
            if (everyTablePlanned) {
                // Frozen while the transaction is open: that of its snapshot.
                witness.look(dataVersion(), range[1], schemaVersion);
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
            mender.mend();
            return new Seen(logEnd, alone, changed, range[1] - range[0] + 1);
        } catch (SQLException | RuntimeException e) {
            try {
                transaction.execute("ROLLBACK");
            } catch (SQLException rollback) {
                e.addSuppressed(rollback);
            }
            throw e;
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

    /**
     * Where the schema has moved, every table is looked at again.
     *
     * @return true where the change goes out in a batch of its own, before anything of the new schema is read
     */
    private boolean checkSchema(boolean open, SliceWriter out) throws SQLException {
        long now;
        try (ResultSet rs = transaction.executeQuery("PRAGMA schema_version")) {
            now = rs.getLong(1);
        }
        // What a person or the mender does about a table need not move the version.
        boolean waiting = lookAgain && System.nanoTime() - lookedAt >= LOOK_AGAIN_NANOS;
        if (verified && now == schemaVersion && !waiting) {
            return false;
        }
        lookedAt = System.nanoTime();
        boolean moved = schemaVersion != 0 && now != schemaVersion;
        boolean oneStep = verified && now == schemaVersion + 1;
        // A batch of a new epoch must end where the log ends, so the first look cannot send one of its own.
        boolean alone = verified && !open;
        InstalledLog installed = InstalledLog.read(connection).orElseThrow(() -> Breaks.notInstalled(file, null));
        SqliteCatalog catalog = new SqliteCatalog(connection);
        everyTablePlanned = everyTablePlanned(catalog);
        byLogId.clear();
        mender.nothingToMend();
        lookAgain = false;
        for (TableReader table : tables) {
            InstalledLog.Table known = installed.tables().get(table.plan().source());
            if (known != null) {
                byLogId.put(known.id(), table);
            }
            Optional<SourceTable> source = catalog.table(table.plan().source());
            SchemaCheck.Outcome before = evolving.get(table);
            TablePlan plan = before == null ? table.plan() : before.plan();
            SchemaCheck.Outcome found = schema.look(installed, plan, source, oneStep && before == null);
            lookAgain |= found.finding().isPresent();
            if (found.evolved().isPresent()) {
                evolve(table, Objects.requireNonNull(known), source.orElseThrow(), found, alone);
            }
            if (found.finding().isPresent()) {
                suspend(table, found.finding().get(), found.plan());
            } else {
                table.schema(source.orElseThrow(), Objects.requireNonNull(known).id());
                verified(
                        table,
                        moved,
                        found.rowsKnown() && (alone || found.evolved().isEmpty()),
                        out);
            }
        }
        // Told at once, even in a batch without records: the validator compares it with its own.
        changed |= now != schemaVersion;
        schemaVersion = now;
        verified = true;
        return alone && !evolving.isEmpty();
    }

    /** Where the application has tables beside the plan's, a commit without a log row is nothing to wonder at. */
    private boolean everyTablePlanned(SqliteCatalog catalog) throws SQLException {
        Set<String> planned = new HashSet<>();
        tables.forEach(t -> planned.add(t.plan().source()));
        return catalog.tables().stream().map(SourceTable::name).allMatch(planned::contains);
    }

    /** Notes a change of columns; rows of the table in this batch's old layout end here. */
    private void evolve(
            TableReader table, InstalledLog.Table known, SourceTable source, SchemaCheck.Outcome found, boolean alone) {
        String name = table.plan().source();
        TableEvolution before = schema.evolution().get(name);
        TableEvolution evolved = found.evolved().orElseThrow();
        boolean again = !(alone && found.rowsKnown());
        schemaChanges.add(new SchemaChange(
                name,
                SchemaChange.Kind.EVOLVED,
                found.changes().isEmpty()
                        ? "columns in another order, or ones that are not carried"
                        : found.changes().stream().map(ColumnChange::text).collect(Collectors.joining(", ")),
                before == null ? known.columns() : before.columns(),
                source.columns().stream().map(SourceTable.Column::name).toList(),
                found.changes(),
                again));
        LOG.warn(
                "Columns of a table were changed, the target follows table={} changes={} snapshot_again={}",
                name,
                found.changes().stream().map(ColumnChange::text).toList(),
                again);
        schema.evolve(name, evolved);
        evolving.put(table, found);
        table.hold();
        changed = true;
    }

    /** The batch ends here: what is read from now on has the new columns. Returns what has happened to the schema. */
    List<SchemaChange> ended() throws SQLException {
        for (Map.Entry<TableReader, SchemaCheck.Outcome> e : evolving.entrySet()) {
            e.getKey().evolve(e.getValue().plan());
        }
        evolving.clear();
        List<SchemaChange> told = List.copyOf(schemaChanges);
        schemaChanges.clear();
        return told;
    }

    /** As of the batch that ends. */
    Map<String, TableEvolution> evolution() {
        return schema.evolution();
    }

    private void verified(TableReader table, boolean moved, boolean rowsKnown, SliceWriter out) throws SQLException {
        if (table.progress().state() == State.SUSPENDED) {
            snapshotAgain(table, "it can be captured again", out);
        } else if (!rowsKnown) {
            snapshotAgain(table, "its schema was changed", out);
        } else if (moved && table.plan().key().kind() == KeyPlan.Kind.ROWID) {
            snapshotAgain(
                    table,
                    "the schema's version moved, perhaps by VACUUM, which gives other rowids to the rows of a table"
                            + " without a key and fires no trigger",
                    out);
        }
    }

    /** What the target holds of a table and this snapshot does not find is deleted there when it is complete. */
    private void snapshotAgain(TableReader table, String why, SliceWriter out) throws SQLException {
        LOG.warn("Table is snapshotted again: {} table={}", why, table.plan().source());
        tell(table, SchemaChange.Kind.SNAPSHOT_AGAIN, why, true);
        progress(table, table.progress().again(out.next()));
    }

    private void suspend(TableReader table, SchemaCheck.Finding found, TablePlan plan) throws SQLException {
        TableProgress before = table.progress();
        suspend(table, found.what(), found.remedy());
        if (!table.progress().equals(before)) {
            tell(
                    table,
                    SchemaChange.Kind.SUSPENDED,
                    String.valueOf(table.progress().reason()),
                    false);
        }
        if (found.mend()) {
            mender.wanted(plan);
        }
    }

    private void tell(TableReader table, SchemaChange.Kind kind, String what, boolean again) {
        schemaChanges.add(new SchemaChange(table.plan().source(), kind, what, List.of(), List.of(), List.of(), again));
    }

    private void suspend(TableReader table, String what, String remedy) throws SQLException {
        String reason = "Capturing table " + table.plan().source() + ": " + what + ". " + remedy;
        if (table.progress().state() == State.SUSPENDED
                && reason.equals(table.progress().reason())) {
            return;
        }
        LOG.error(
                "Table is suspended, the others go on table={} reason={}",
                table.plan().source(),
                reason);
        progress(table, table.progress().suspended(reason));
    }

    private void progress(TableReader table, TableProgress now) throws SQLException {
        table.progress(now);
        changed = true;
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
        int entries = 0;
        // In the order in which the tables come, so that the first of them always gets on.
        Map<TableReader, LoggedKeys> keys = new LinkedHashMap<>();
        try (ResultSet rs = log.executeQuery()) {
            while (rs.next()) {
                seqs[entries] = rs.getLong(1);
                fingerprints[entries] = rs.getLong(4);
                TableReader table = byLogId.get(rs.getInt(2));
                if (rs.getInt(2) == 0 && rs.getInt(3) == ChangeLog.TRIGGERS_REMADE) {
                    triggersRemade(byLogId.get(rs.getInt(5)), out);
                } else if (table != null && table.readable()) {
                    note(table, seqs[entries], rs.getInt(3), keys);
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
            snapshotAgain(table, "its triggers were made again, it may have been written without them", out);
        }
    }

    private void note(TableReader table, long seq, int op, Map<TableReader, LoggedKeys> keys) throws SQLException {
        logKeys.key(keyScratch.reset(), 4, table.keyColumns());
        RowKey key = new RowKey(keyScratch.toBytes());
        if (table.hasNull(key.packed())) {
            suspend(table, "a row was written whose key is NULL", NULL_KEY);
        } else if (table.hasBrokenText(key.packed())) {
            suspend(table, "a row was written whose key is text with half a surrogate pair", NULL_KEY);
        } else if (seen.computeIfAbsent(table, t -> new HashSet<>()).add(key)) {
            keys.computeIfAbsent(table, t -> new LoggedKeys())
                    .add(seq, key.packed(), op == ChangeLog.INSERTED ? Operation.CREATE : Operation.UPDATE);
        }
    }

    private void snapshotsRequested(ReadControl control, SliceWriter out) throws SQLException {
        for (String wanted = control.snapshots.poll(); wanted != null; wanted = control.snapshots.poll()) {
            Optional<TableReader> table = captured(wanted);
            if (table.isEmpty()) {
                LOG.warn("A snapshot was asked for of a table that is not captured table={}", wanted);
            } else if (!table.get().nothingSent()) {
                snapshotAgain(table.get(), "it was asked for", out);
            }
        }
    }

    private Optional<TableReader> captured(String name) {
        return tables.stream()
                .filter(t -> t.plan().source().equals(name))
                .filter(TableReader::readable)
                .findFirst();
    }

    private void readRequested(Deque<Signal.Data> requested, long deadline, SliceWriter out) throws SQLException {
        while (!requested.isEmpty() && !out.full() && System.nanoTime() - deadline < 0) {
            Signal.Data next = requested.pop();
            Optional<TableReader> table = captured(next.table());
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
        for (TableReader table : tables) {
            boolean first = budget == rows;
            boolean room = budget > 0 && !out.full() && (first || System.nanoTime() - deadline < 0);
            State state = table.progress().state();
            if (room && table.readable() && (state == State.PENDING || state == State.SNAPSHOT)) {
                int before = out.rows();
                Optional<String> problem = table.chunk(budget, deadline, out);
                changed = true;
                if (problem.isPresent()) {
                    suspend(table, problem.get(), NULL_KEY);
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
