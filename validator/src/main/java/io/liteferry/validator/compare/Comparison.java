package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.canonical.CanonicalRow;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A pair of readers, one a side, and the rule that pairs their snapshots: that of the side that follows first, so that
 * everything it holds is at or below the other's. While the source is written that is PostgreSQL; after the switch it is
 * SQLite. Used by one thread.
 */
public final class Comparison implements AutoCloseable {
    private final boolean logged;
    private final Plan plan;
    private final PgConnections connections;
    private final TargetSide target;
    private final SourceSide source;
    private Map<String, TableEvolution> evolution = Map.of();
    private String maskSecret = "";
    private @Nullable ReverseFeed feed;
    private @Nullable FeedPosition carried;
    private boolean reversed;

    /**
     * @param plan of one source
     * @param turnsMissed counts reads of the source that did not wait for capture's
     */
    public Comparison(Plan plan, LongAdder turnsMissed) {
        this(plan, new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH)), true, turnsMissed);
    }

    /** Of a file and a database that some other tool has filled: nothing is known of what is in flight. */
    static Comparison ofStrangers(Plan plan, SqliteFile file) {
        return new Comparison(plan, file, false, new LongAdder());
    }

    private Comparison(Plan plan, SqliteFile file, boolean logged, LongAdder turnsMissed) {
        this.plan = plan;
        this.logged = logged;
        this.connections = PgConnections.of(plan.options());
        this.target = new TargetSide(connections, logged ? plan.source() : null);
        try {
            this.source =
                    new SourceSide(file, plan.options().number(Options.READ_TRANSACTION_MAX_MS), turnsMissed, logged);
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    /**
     * Where a pair of snapshots stands.
     *
     * @param position up to which the following side has applied the other's changes
     */
    public record Standing(AppliedPosition applied, Position position) {
        /**
         * Passes of another era say nothing of this one: the schema or the plan was another, the table was copied again,
         * or the other side was written. Empty while the table is not complete in the target.
         *
         * @param table as it was planned at first
         */
        public Optional<String> era(TablePlan table) {
            TableProgress progress = applied.tables().get(table.source());
            return Optional.ofNullable(progress)
                    .filter(p -> p.state() == TableProgress.State.STREAMING)
                    .map(p -> position.logIdentity() + " schema " + applied.schemaVersion() + " snapshot " + p.since()
                            + " plan " + Integer.toHexString(planned(table).hashCode()) + " form "
                            + CanonicalRow.VERSION);
        }

        /** What a value of the table means; the hash of a text is the same in every process. */
        private static String planned(TablePlan table) {
            return table.target() + table.key() + table.columns() + table.partition();
        }
    }

    /**
     * Where both sides stand, as far as eras go.
     *
     * @param closed whether PostgreSQL is written
     */
    public static Standing standing(AppliedPosition applied, boolean closed) {
        return new Standing(applied, closed ? new FeedPosition(0, 0).in(applied) : applied.position());
    }

    /** Where both sides stand, in snapshots of their own. */
    public Standing standing() throws NotComparableException {
        try {
            return begin();
        } finally {
            end();
        }
    }

    /** How far the target is, in a snapshot of its own. */
    AppliedPosition applied() throws NotComparableException {
        try {
            return target.begin();
        } finally {
            target.end();
        }
    }

    /** Takes the first snapshot of a pair, or both; the caller ends them with {@link #end()}. */
    Standing begin() throws NotComparableException {
        end();
        for (int attempt = 0; attempt < 2; attempt++) {
            FeedPosition from = reversed ? source.begin().orElse(null) : null;
            AppliedPosition applied = target.begin();
            if (target.closed() == reversed) {
                if (reversed && from == null) {
                    throw notThereYet("nothing is carried back to the source yet");
                }
                carried = from;
                return new Standing(applied, from == null ? applied.position() : from.in(applied));
            }
            end();
            reversed = !reversed;
        }
        throw new NotComparableException(NotComparableException.Kind.FOR_NOW, "the writing side is being switched");
    }

    void end() {
        try {
            target.end();
        } finally {
            source.end();
        }
    }

    /** Whether PostgreSQL is the side that is written, as of the last pair. */
    boolean reversed() {
        return reversed;
    }

    /** What PostgreSQL has changed; opened when it is first asked for. */
    ReverseFeed feed() throws NotComparableException {
        if (!plan.options().flag(Options.CUTOVER_REVERSE_ENABLED)) {
            throw notThereYet("the reverse feed is off");
        }
        ReverseFeed open = feed == null ? new ReverseFeed(plan, connections) : feed;
        feed = open;
        return open;
    }

    /**
     * What PostgreSQL had changed in the last pair of snapshots, or after, and the source had not. Nothing has to be known
     * of it where both sides are equal, so it is only asked for where they are not.
     */
    InFlight inFlight(TableLayout layout) throws NotComparableException {
        InFlight inFlight = new InFlight();
        FeedPosition from = carried;
        if (from != null) {
            FeedStretch since = feed().untilNow(from.offset());
            target.names(layout, since.keys(layout.name())).forEach(inFlight::add);
            if (since.truncated().contains(layout.name())) {
                inFlight.addEverything();
            }
        }
        return inFlight;
    }

    /**
     * Whether PostgreSQL has written nothing to the table since then.
     *
     * @param position of a pair while PostgreSQL was written
     */
    boolean quietSince(TableLayout layout, Position position) throws NotComparableException {
        FeedStretch since = feed().untilNow(position.seq());
        return since.keys(layout.name()).isEmpty() && !since.truncated().contains(layout.name());
    }

    /** The plan with what has happened to the columns since, as of now; layouts are of its tables. */
    public Plan now(Plan written) {
        try {
            return at(written, applied().evolution());
        } catch (NotComparableException nothingYet) {
            return at(written, Map.of());
        }
    }

    /** The plan with what has happened to the columns since; layouts are of its tables. */
    Plan at(Plan written, Map<String, TableEvolution> since) {
        maskSecret = written.options().string(Options.MASK_SECRET);
        evolution = since;
        return EvolvedPlan.of(written, since);
    }

    TableLayout layout(TablePlan table) {
        return new TableLayout(
                plan.options().string(Options.TARGET_SCHEMA),
                table,
                Optional.ofNullable(evolution.get(table.source())),
                maskSecret);
    }

    /** The layout of a table whose rows nothing names in the target. */
    TableLayout keylessLayout(TablePlan table) {
        return TableLayout.keyless(plan.options().string(Options.TARGET_SCHEMA), table, maskSecret);
    }

    TargetSide target() {
        return target;
    }

    /** @param most rows of a range */
    RangeSize rangeSize(int most) {
        return new RangeSize(most, plan.options().number(Options.READ_TRANSACTION_MAX_MS));
    }

    /** Holds the target's columns against the plan, in a snapshot of their own. */
    void verifyTypes(TableLayout layout) throws NotComparableException {
        try {
            target.verifyTypes(plan.options().string(Options.TARGET_SCHEMA), layout);
        } finally {
            target.end();
        }
    }

    /**
     * How far a table may be compared.
     *
     * @param cursor of its snapshot: rows above it are not there yet; null where all are
     */
    record Reach(
            AppliedPosition applied,
            Position position,
            @Nullable RowKey cursor) {}

    /** Takes PostgreSQL's snapshot of a pair; the caller ends it with {@link #end()}. */
    Reach begin(TableLayout layout) throws NotComparableException {
        Standing standing = begin();
        AppliedPosition applied = standing.applied();
        if (!logged) {
            return new Reach(applied, standing.position(), null);
        }
        if (!Optional.ofNullable(applied.evolution().get(layout.name())).equals(layout.evolution())) {
            throw notThereYet("its columns were changed meanwhile");
        }
        TableProgress progress = applied.tables().get(layout.name());
        TableProgress.State state = progress == null ? TableProgress.State.PENDING : progress.state();
        byte[] cursor = progress == null ? null : progress.cursor();
        return switch (state) {
            case STREAMING -> new Reach(applied, standing.position(), null);
            case SNAPSHOT -> {
                if (cursor == null) {
                    throw notThereYet("its snapshot has only begun");
                }
                if (progress != null && progress.since() != null) {
                    throw notThereYet("it is snapshotted again, rows that are gone are deleted when that is complete");
                }
                yield new Reach(applied, standing.position(), new RowKey(cursor));
            }
            case PENDING -> throw notThereYet("it waits for its snapshot");
            case SUSPENDED -> throw notThereYet("it is suspended");
        };
    }

    private static NotComparableException notThereYet(String reason) {
        return new NotComparableException(NotComparableException.Kind.NOT_THERE_YET, reason);
    }

    /** Takes SQLite's snapshot of the pair and reads in it. */
    <T> T source(TableLayout layout, Reach reach, SourceSide.Work<T> work) throws NotComparableException {
        return source.read(layout, reach.applied(), work);
    }

    /**
     * The same for several tables.
     *
     * @param applied read in PostgreSQL's snapshot
     */
    <T> T source(String what, AppliedPosition applied, SourceSide.WholeWork<T> work) throws NotComparableException {
        return source.read(what, applied, work);
    }

    @Override
    public void close() {
        try (ReverseFeed f = feed;
                SourceSide s = source;
                TargetSide t = target) {
            // all are closed, whichever fails
        }
    }
}
