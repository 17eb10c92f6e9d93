package io.liteferry.sink;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.schema.AfterLoad;
import io.liteferry.sink.schema.ApplicationForm;
import io.liteferry.sink.schema.BackgroundBuild;
import io.liteferry.sink.schema.ConstraintGate;
import io.liteferry.sink.schema.GatedObject;
import io.liteferry.sink.schema.SqlStates;
import io.liteferry.sink.schema.TargetEvolution;
import io.liteferry.sink.schema.TargetInstaller;
import io.liteferry.sink.stream.TopicOffset;
import io.liteferry.sink.write.BatchWriter;
import io.liteferry.sink.write.Outcome;
import io.liteferry.sink.write.RefusedRecords;
import io.liteferry.sink.write.SpoolLostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink's one connection to PostgreSQL, and what to do when a transaction fails: row refused, constraint in the way,
 * connection lost. A lost answer to COMMIT is never guessed: the applied row says whether it happened.
 */
final class TargetSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);

    private final Plan plan;
    private final PgConnections connections;
    private final AppliedStore store;
    private final RefusedRecords refused;
    private BatchWriter writer;
    private ConstraintGate gate;
    private Map<String, TableEvolution> evolution = Map.of();
    private boolean evolved;
    private volatile @Nullable BackgroundBuild build;
    private final LongPredicate pause;
    private final int retries;
    private final long retryDelay;
    private volatile @Nullable Connection connection;
    private Timestamp mergeBegan = new Timestamp(0);

    /**
     * @param store outlives the session: a sink that begins anew is the same sink
     * @param refused outlives the session too
     * @param pause waits so many milliseconds; false where the service is to stop
     */
    TargetSession(Plan plan, AppliedStore store, RefusedRecords refused, LongPredicate pause) {
        this.refused = refused;
        this.plan = plan;
        this.store = store;
        this.pause = pause;
        Options options = plan.options();
        connections = PgConnections.of(options).with(BatchWriter.DRIVER_OPTION);
        writer = new BatchWriter(plan, refused);
        gate = new ConstraintGate(plan);
        retries = options.integer(Options.FLUSH_MAX_RETRIES);
        retryDelay = options.number(Options.FLUSH_RETRY_DELAY_MS);
    }

    /** One piece of work in one transaction; it may run several times. */
    @FunctionalInterface
    private interface Work<T> {
        T in(Connection c, boolean careful) throws SQLException;
    }

    /** Takes over the target: from here on an older sink is fenced. */
    AppliedStore.Applied open() {
        return run("Taking over the target", (c, careful) -> {
            AppliedStore.Applied applied = store.claim(c);
            evolution = applied.position().evolution();
            Plan now = EvolvedPlan.of(plan, evolution);
            writer = new BatchWriter(now, refused);
            gate = new ConstraintGate(now);
            new TargetInstaller(now).verify(c);
            new TargetInstaller(now).fitStages(c);
            // In one transaction: a sink that is fenced in between must not empty the stages of its successor.
            new ApplicationForm(now).release(c);
            writer.prepare(c);
            AfterLoad.note(c, plan);
            c.commit();
            store.claimed();
            return applied;
        });
    }

    /**
     * Takes the tables that a batch has records of to the columns of these records, where they have others: the capture that
     * sent them did not know of a change that was applied.
     *
     * @return true where it did: this session writes the columns of before
     */
    boolean takesLayoutOf(WholeBatch batch) {
        Map<String, TableEvolution> wanted = new HashMap<>(evolution);
        TopicNames names = TopicNames.of(plan);
        Map<String, TableEvolution> layout = batch.first().layout();
        for (TablePlan table : plan.tables()) {
            TableEvolution now = layout.get(table.source());
            boolean records = batch.ends().stream().anyMatch(e -> e.counts().containsKey(names.table(table.source())));
            if (records
                    && !EvolvedPlan.steps(table, evolution.get(table.source()), now)
                            .isEmpty()) {
                LOG.warn(
                        "the target goes back to columns it had: capture began before their last change table={} batch={}",
                        table.source(),
                        batch.first().id());
                wanted.put(
                        table.source(),
                        Objects.requireNonNullElse(
                                now, new TableEvolution(EvolvedPlan.digest(table), List.of(), List.of())));
            }
        }
        if (wanted.equals(evolution)) {
            return false;
        }
        stopBuilding();
        run("Taking the columns of batch " + batch.first().id(), (c, careful) -> {
            boolean before = store.lock(c).id().compareTo(batch.first().id()) < 0;
            if (before) {
                new TargetEvolution(plan).follow(c, evolution, wanted);
                store.evolved(c, wanted);
            }
            c.commit();
            return before;
        });
        evolved = true;
        return true;
    }

    /** Applies whole batches with their position and offsets, in one transaction. */
    Outcome apply(WholeBatch batch, Map<String, TopicOffset> offsets) {
        BatchId id = batch.last().id();
        return run("Applying batch " + id, (c, careful) -> {
            if (store.lock(c).id().compareTo(id) >= 0) {
                // The answer to COMMIT was lost, not the COMMIT.
                c.rollback();
                return writer.committed(batch, new Outcome());
            }
            if (batch.spooled()) {
                mergeBegan = now(c);
            }
            Outcome outcome = writer.write(c, batch, careful);
            boolean evolves = !batch.last().evolution().equals(evolution);
            if (evolves) {
                stopBuilding();
                new TargetEvolution(plan).follow(c, evolution, batch.last().evolution());
            }
            store.advance(c, batch.last(), offsets);
            c.commit();
            evolved = evolves;
            return writer.committed(batch, outcome);
        });
    }

    /** Whether the last applied batch has changed the columns of a table: this session writes the columns of before. */
    boolean evolved() {
        return evolved;
    }

    /** Hands over what the last applied batch, a spooled one, has put into the quarantine. */
    void spooledQuarantine(Consumer<Outcome.Quarantined> reader) {
        run("Reading the quarantine", (c, careful) -> {
            writer.spooledQuarantine(c, mergeBegan, reader);
            c.commit();
            return true;
        });
    }

    /** Puts a part of a batch that is too large for memory into the stages. */
    void spool(BatchId id, List<List<ChangeRecord>> records) {
        run("Spooling batch " + id, (c, careful) -> {
            store.lock(c);
            if (writer.holdsAnotherEpoch(id)) {
                writer.emptyStages(c);
            }
            Outcome outcome = writer.spool(c, id, records, careful);
            c.commit();
            writer.spooled(id, records, outcome);
            return outcome;
        });
    }

    /** Makes the partitions that the plan wants before they are needed. */
    void partitionsAhead(Instant now) {
        run("Making partitions ahead", (c, careful) -> {
            store.lock(c);
            writer.ahead(c, now);
            c.commit();
            return true;
        });
    }

    /**
     * Looks whether the target is still this sink's.
     *
     * @throws TargetClosedException where the application writes to it, or has since
     */
    void look() {
        run("Looking whether the target is still ours", (c, careful) -> {
            store.look(c);
            c.commit();
            return true;
        });
    }

    /** All tables are streaming: indexes and constraints are built from now on, beside the stream. */
    void buildConstraints() {
        BackgroundBuild started = new BackgroundBuild(EvolvedPlan.of(plan, evolution), connections, store.generation());
        build = started;
        started.start();
    }

    /** How far they are; empty where nothing is being built. */
    String buildProgress() {
        BackgroundBuild running = build;
        return running == null ? "" : running.progress();
    }

    /** A change of columns would wait for a build, and the stream with it. */
    private void stopBuilding() {
        BackgroundBuild running = build;
        build = null;
        if (running != null) {
            running.close();
        }
    }

    private static Timestamp now(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT now()")) {
            r.next();
            return r.getTimestamp(1);
        }
    }

    private <T> T run(String tried, Work<T> work) {
        boolean careful = false;
        int failures = 0;
        while (true) {
            try {
                return work.in(connection(), careful);
            } catch (SQLException e) {
                boolean lost = !rollback(e);
                if (!lost && SqlStates.isRowRefused(e) && !careful) {
                    careful = true;
                } else if (!lost && SqlStates.isConstraint(e)) {
                    suspend(e);
                } else if ((lost || SqlStates.isTransient(e)) && failures < retries) {
                    failures++;
                    LOG.warn("target not available, trying again attempt={} sqlstate={}", failures, e.getSQLState());
                    disconnect(e);
                    if (!pause.test(retryDelay)) {
                        throw PgConnections.failure(tried + " (stopping)", e);
                    }
                } else {
                    throw PgConnections.failure(tried + " of " + plan.source(), e);
                }
            } catch (RuntimeException e) {
                rollback(e);
                throw e;
            }
        }
    }

    private void suspend(SQLException violation) {
        try {
            BackgroundBuild running = build;
            GatedObject givenUp = running == null
                    ? null
                    : running.giveUp(SqlStates.constraint(violation).orElse(""));
            Connection c = connection();
            store.lock(c);
            if (givenUp == null) {
                gate.suspend(c, violation);
            } else {
                gate.suspended(c, givenUp, violation);
            }
            c.commit();
        } catch (SQLException e) {
            e.addSuppressed(violation);
            boolean lost = !rollback(e);
            if (lost || SqlStates.isTransient(e)) {
                // The work is tried again, meets the constraint again, and comes back here.
                LOG.warn("constraint not suspended, trying again sqlstate={}", e.getSQLState());
                disconnect(e);
                return;
            }
            throw PgConnections.failure("Suspending a constraint of " + plan.source(), e);
        }
    }

    private Connection connection() throws SQLException {
        Connection c = connection;
        if (c != null) {
            return c;
        }
        try {
            c = connections.open("liteferry-sink");
        } catch (LiteferryException e) {
            if (e.code() == ErrorCode.TARGET_UNREACHABLE && e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
        connection = c;
        if (writer.holdsAny()) {
            // Unlogged tables are emptied when the server crashes, so what was spooled cannot be trusted any more.
            store.lock(c);
            c.rollback();
            throw new SpoolLostException("the connection was lost while a batch was spooled");
        }
        return c;
    }

    /** False where the connection is no longer usable. */
    private boolean rollback(Exception failure) {
        Connection c = connection;
        if (c == null) {
            return false;
        }
        try {
            c.rollback();
            return !c.isClosed();
        } catch (SQLException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private void disconnect(Exception failure) {
        Connection c = connection;
        connection = null;
        if (c != null) {
            try {
                c.close();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Ends a statement that runs too long for a service that is to stop. */
    void abort() {
        Connection c = connection;
        if (c != null) {
            try {
                c.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.warn("could not abort the connection sqlstate={}", e.getSQLState());
            }
        }
    }

    @Override
    public void close() {
        stopBuilding();
        Connection c = connection;
        connection = null;
        if (c != null) {
            try (c) {
                c.rollback();
            } catch (SQLException e) {
                LOG.debug("closing the connection sqlstate={}", e.getSQLState());
            }
        }
    }
}
