package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.SqliteFile;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A pair of readers, one a side, and the rule that pairs their snapshots: PostgreSQL's first, so that everything it holds
 * is at or below the source's. Used by one thread.
 */
public final class Comparison implements AutoCloseable {
    private final String schema;
    private final boolean logged;
    private final TargetSide target;
    private final SourceSide source;
    private Map<String, TableEvolution> evolution = Map.of();
    private String maskSecret = "";

    /**
     * @param name of the migration
     * @param schema of the target tables
     * @param readMaxMillis longest read transaction on the source
     * @param turnsMissed counts reads of the source that did not wait for capture's
     */
    public Comparison(
            PgConnections connections,
            SqliteFile file,
            String name,
            String schema,
            long readMaxMillis,
            LongAdder turnsMissed) {
        this(connections, file, Optional.of(name), schema, readMaxMillis, turnsMissed);
    }

    /** Of a file and a database that some other tool has filled: nothing is known of what is in flight. */
    static Comparison ofStrangers(PgConnections connections, SqliteFile file, String schema, long readMaxMillis) {
        return new Comparison(connections, file, Optional.empty(), schema, readMaxMillis, new LongAdder());
    }

    private Comparison(
            PgConnections connections,
            SqliteFile file,
            Optional<String> name,
            String schema,
            long readMaxMillis,
            LongAdder turnsMissed) {
        this.schema = schema;
        this.logged = name.isPresent();
        this.target = new TargetSide(connections, name.orElse(null));
        try {
            this.source = new SourceSide(file, readMaxMillis, turnsMissed, logged);
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    /** How far the target is, in a snapshot of its own. */
    public AppliedPosition applied() throws NotComparableException {
        try {
            return target.begin();
        } finally {
            target.end();
        }
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
        return new TableLayout(schema, table, Optional.ofNullable(evolution.get(table.source())), maskSecret);
    }

    TargetSide target() {
        return target;
    }

    /** Holds the target's columns against the plan, in a snapshot of their own. */
    void verifyTypes(TableLayout layout) throws NotComparableException {
        try {
            target.verifyTypes(schema, layout);
        } finally {
            target.end();
        }
    }

    /**
     * How far a table may be compared.
     *
     * @param cursor of its snapshot: rows above it are not there yet; null where all are
     */
    record Reach(AppliedPosition applied, @Nullable RowKey cursor) {}

    /** Takes PostgreSQL's snapshot of a pair; the caller ends it with {@link TargetSide#end()}. */
    Reach begin(TableLayout layout) throws NotComparableException {
        AppliedPosition applied = target.begin();
        if (!logged) {
            return new Reach(applied, null);
        }
        if (!Optional.ofNullable(applied.evolution().get(layout.name())).equals(layout.evolution())) {
            throw notThereYet("its columns were changed meanwhile");
        }
        TableProgress progress = applied.tables().get(layout.name());
        TableProgress.State state = progress == null ? TableProgress.State.PENDING : progress.state();
        byte[] cursor = progress == null ? null : progress.cursor();
        return switch (state) {
            case STREAMING -> new Reach(applied, null);
            case SNAPSHOT -> {
                if (cursor == null) {
                    throw notThereYet("its snapshot has only begun");
                }
                if (progress != null && progress.since() != null) {
                    throw notThereYet("it is snapshotted again, rows that are gone are deleted when that is complete");
                }
                yield new Reach(applied, new RowKey(cursor));
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
        try (SourceSide s = source;
                TargetSide t = target) {
            // both are closed, whichever fails
        }
    }
}
