package io.liteferry.capture.read;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.read.SliceWriter.OpenBatch;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.Signal;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches of what the source's reader gives. A batch is open until a slice reaches the end of the log in its own
 * snapshot; keys logged meanwhile join it, and of two records of a key the later ordinal is right. Used by one thread, but
 * for what {@link #control} gives.
 */
public final class BatchReader implements AutoCloseable {
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TURN_PATIENCE_MILLIS = 5;
    /** Even the question whether to look takes a lock there. */
    private static final long POLL_MILLIS_OUTSIDE_WAL = 20;
    /** Where nothing comes, a commit is noticed within a fifth of the interval. */
    private static final int LOOKS_AN_INTERVAL = 5;
    /** In a flood of commits: reading takes at most a tenth of the time, until the interval is so many times as long. */
    private static final int READS_BETWEEN_BATCHES = 10;

    private static final int LONGEST_INTERVALS = 5;
    /** No data_version SQLite gives. */
    private static final long LOOK_AGAIN = -1;

    private final Plan plan;
    private final Clock clock;
    private final SqliteFile file;
    private final SourceReader source;
    private final ReadTurn turn;
    private final List<String> topics;
    private final List<String> tableNames;
    private final long pollMillis;
    private final long readMaxMillis;
    private final PackedWriter scratch = new PackedWriter();
    private final ReadControl control = new ReadControl();
    private final SnapshotThrottle throttle;
    private final Deque<Signal.Data> requested = new ArrayDeque<>();
    private final long epoch;
    private Position ended;
    private long batches;
    private @Nullable OpenBatch open;
    private long knownDataVersion = LOOK_AGAIN;
    private long lastPollNanos;
    private long lastReadNanos;
    private volatile long unchangedMillis;
    private volatile Optional<Hold> held = Optional.empty();
    private Optional<Hold> told = Optional.empty();
    private long logRows;
    private volatile long appliedEpoch;
    private final AtomicLong turnsMissed = new AtomicLong();

    /** Opens the source and begins at {@code start}. */
    public BatchReader(Plan plan, Clock clock, StartPoint start) {
        this(plan, clock, start, InstalledLog::problem);
    }

    /** For tests that take a trigger away and want to see what is lost. */
    BatchReader(Plan plan, Clock clock, StartPoint start, SchemaCheck.Verification verification) {
        this.plan = plan;
        this.clock = clock;
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        TopicNames names = TopicNames.of(plan);
        this.tableNames = plan.tables().stream().map(TablePlan::source).toList();
        this.topics =
                plan.tables().stream().map(TablePlan::source).map(names::table).toList();
        this.pollMillis = plan.options().number(Options.POLL_INTERVAL_MS);
        this.readMaxMillis = plan.options().number(Options.READ_TRANSACTION_MAX_MS);
        this.throttle = new SnapshotThrottle(plan.options(), control, System.nanoTime());
        this.epoch = start.position().epoch();
        this.ended = start.position();
        this.unchangedMillis = clock.millis();
        this.lastPollNanos = System.nanoTime() - HEARTBEAT_NANOS;
        try {
            this.source = new SourceReader(plan, start, verification);
        } catch (SQLException e) {
            throw file.failure("Opening " + file.path() + " for capture", e);
        }
        try {
            this.turn = new ReadTurn(file);
        } catch (IOException e) {
            LiteferryException failure = file.failure("Taking turns on " + file.path(), new SQLException(e));
            try {
                source.close();
            } catch (SQLException closing) {
                failure.addSuppressed(closing);
            }
            throw failure;
        }
    }

    /** What others may ask of this reader. */
    public ReadControl control() {
        return control;
    }

    /** The target has applied a batch of this epoch. Later than ours, it tells of another capture. Safe from any thread. */
    public void applied(long epochApplied) {
        appliedEpoch = Math.max(appliedEpoch, epochApplied);
    }

    /** When the log was last seen with nothing new in it, by our clock; how far behind capture is at the most. */
    public long unchangedMillis() {
        return unchangedMillis;
    }

    /** Why less is read than could be, if so. Safe from any thread. */
    public Optional<Hold> held() {
        return held;
    }

    /** How often a read went without its turn. */
    public long turnsMissed() {
        return turnsMissed.get();
    }

    /** Commits that looked as if they had fired no trigger: a hint for the validator's reader, never a proof. */
    public long unexplainedCommits() {
        return source.unexplainedCommits();
    }

    /** Progress of the tables, as of the last slice. */
    public Map<String, TableProgress> progress() {
        return source.progress();
    }

    /**
     * Waits until the next batch is due, for {@code patienceMillis} at the most; false where it is not yet. A stream of
     * commits is read once an interval: each batch costs a transaction at both ends, and SQLite can reset its WAL only
     * while nobody reads.
     */
    public boolean awaitDue(long patienceMillis) throws InterruptedException {
        if (!source.fenced() && (open != null || source.snapshotting())) {
            return true;
        }
        long interval = TimeUnit.MILLISECONDS.toNanos(pollMillis);
        long due = lastPollNanos
                + Math.max(interval, Math.min(LONGEST_INTERVALS * interval, READS_BETWEEN_BATCHES * lastReadNanos));
        TimeUnit.NANOSECONDS.sleep(Math.min(due - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(patienceMillis)));
        return System.nanoTime() - due >= 0;
    }

    /** The next slice; empty where the source gave nothing for {@code patienceMillis}. */
    public Optional<Slice> next(long patienceMillis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        try {
            do {
                Optional<Slice> slice = look();
                if (slice.isPresent()) {
                    return slice;
                }
            } while (System.nanoTime() - until < 0);
            return Optional.empty();
        } catch (SQLException e) {
            throw file.failure("Reading changes of " + file.path(), e);
        }
    }

    private Optional<Slice> look() throws SQLException, InterruptedException {
        long before = clock.millis();
        try {
            if (appliedEpoch > epoch) {
                // A successor in this file is told by the file itself, with what to do about that.
                source.demandEpoch();
                throw Breaks.otherCopy(file, epoch, appliedEpoch);
            }
            held = hold();
            if (control.paused() && !source.fenced() && open == null && !held.equals(told)) {
                return Optional.of(tellOnly());
            }
            if (!control.paused()) {
                if (worthALook()) {
                    return poll(before);
                }
                unchangedMillis = before;
            }
            long look = Math.max(1, pollMillis / LOOKS_AN_INTERVAL);
            TimeUnit.MILLISECONDS.sleep(source.wal() ? look : Math.max(look, POLL_MILLIS_OUTSIDE_WAL));
        } catch (SQLException e) {
            if (file.failure("Reading", e).code() != ErrorCode.SOURCE_BUSY) {
                throw e;
            }
            // Outside WAL a writer may hold its lock for longer than we wait. Nothing was read; the lag shows it.
            knownDataVersion = LOOK_AGAIN;
        }
        return Optional.empty();
    }

    private Optional<Hold> hold() {
        if (control.paused()) {
            return Optional.of(Hold.PAUSED);
        }
        if (source.fenced()) {
            return Optional.of(Hold.FENCED);
        }
        return source.snapshotting() ? throttle.hold(System.nanoTime()) : Optional.empty();
    }

    private boolean worthALook() throws SQLException {
        long version = source.dataVersion();
        boolean committed = version != knownDataVersion;
        // Taken before the read transaction begins: what is committed from here on moves it again.
        knownDataVersion = version;
        boolean heartbeat = System.nanoTime() - lastPollNanos >= HEARTBEAT_NANOS;
        // Under the fence only a commit or time can change anything; what is asked for meanwhile waits for its end.
        return committed || heartbeat || !source.fenced() && somethingToDo();
    }

    private boolean somethingToDo() {
        return open != null
                || control.asked()
                || !requested.isEmpty()
                || !held.equals(told)
                || source.snapshotting() && throttle.rows(System.nanoTime()) > 0;
    }

    /** A batch without records: those who watch the target learn that nothing will come, and why. */
    private Slice tellOnly() throws SQLException {
        batches++;
        OpenBatch none = new OpenBatch(new BatchId(epoch, batches), unchangedMillis, tableNames);
        return new Slice(none.id, List.of(), Optional.of(end(none)), logRows);
    }

    private Optional<Slice> poll(long before) throws SQLException, InterruptedException {
        for (Signal.Data keys = control.keys.poll(); keys != null; keys = control.keys.poll()) {
            requested.add(keys);
        }
        OpenBatch batch =
                open == null ? new OpenBatch(new BatchId(epoch, batches + 1), unchangedMillis, tableNames) : open;
        SliceWriter out = new SliceWriter(batch, before, scratch);
        SourceReader.Seen seen = readInTurn(out);
        lastPollNanos = System.nanoTime();
        // A batch that was open when the fence came has not read to W: nobody waited for it. It is not ended halfway.
        boolean waits = source.fenced() && !seen.logEnd();
        boolean nothing = out.rows() == 0
                && !seen.progressChanged()
                && (waits
                        || open == null
                                && (source.fenced()
                                        || held.equals(told)
                                                && source.position().equals(ended)));
        if (seen.schemaOnly()) {
            knownDataVersion = LOOK_AGAIN;
        } else if (seen.logEnd()) {
            unchangedMillis = before;
        }
        if (nothing) {
            return Optional.empty();
        }
        batches = batch.id.batch();
        logRows = seen.logRows();
        Optional<BatchEnd> end = seen.logEnd() ? Optional.of(end(batch)) : Optional.empty();
        open = seen.logEnd() ? null : batch;
        return Optional.of(new Slice(batch.id, out.records(), end, seen.logRows()));
    }

    private SourceReader.Seen readInTurn(SliceWriter out) throws SQLException, InterruptedException {
        // A long read waits for the other's: one after the other would leave no moment without a reader.
        boolean longRead = open != null || source.snapshotting();
        try (ReadTurn.Held held = turn.take(longRead ? 2 * readMaxMillis : TURN_PATIENCE_MILLIS)) {
            if (!held.taken()) {
                turnsMissed.incrementAndGet();
            }
            long from = System.nanoTime();
            SourceReader.Seen seen = source.read(out, requested, control, throttle, open != null);
            lastReadNanos = System.nanoTime() - from;
            source.gapAfter(held);
            return seen;
        } catch (IOException e) {
            throw file.failure("Taking turns on " + file.path(), new SQLException(e));
        }
    }

    private BatchEnd end(OpenBatch batch) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < batch.counts.length; i++) {
            if (batch.counts[i] > 0) {
                counts.put(topics.get(i), batch.counts[i]);
            }
        }
        told = held;
        Map<String, TableProgress> tables = source.progress();
        tables.replaceAll((name, t) -> t.held(reason(t)));
        boolean consistent = tables.values().stream().allMatch(t -> t.state() == TableProgress.State.STREAMING);
        ended = source.position();
        return new BatchEnd(
                plan.source(),
                ended,
                batch.id.batch(),
                source.schema().version(),
                counts,
                tables,
                consistent,
                batch.sinceMillis,
                Map.copyOf(source.schema().evolution()),
                source.schema().ended());
    }

    private @Nullable String reason(TableProgress table) {
        boolean concerned = table.state() != TableProgress.State.STREAMING
                || told.filter(h -> h.kind() == Hold.Kind.PAUSED).isPresent();
        return concerned ? told.map(Hold::why).orElse(null) : null;
    }

    @Override
    public void close() {
        try (turn) {
            source.close();
        } catch (SQLException e) {
            throw file.failure("Closing " + file.path(), e);
        } catch (IOException e) {
            throw file.failure("Closing " + file.path(), new SQLException(e));
        }
    }
}
