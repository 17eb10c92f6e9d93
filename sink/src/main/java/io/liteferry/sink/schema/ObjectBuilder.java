package io.liteferry.sink.schema;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds what is missing of one table on a connection of its own, one object after the other, until told to give up. */
final class ObjectBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectBuilder.class);
    private static final String CANCELLED = "57014";

    private final Plan plan;
    private final ConstraintGate gate;
    private final Connection connection;
    private final TablePlan table;
    /** Objects that batches ran into while they were built beside the stream: PostgreSQL checks them at once then. */
    private final Set<String> waiting;

    private @Nullable GatedObject building;
    private @Nullable Statement statement;
    private boolean givenUp;
    private boolean stopped;

    ObjectBuilder(Plan plan, Connection connection, TablePlan table, Set<String> waiting) {
        this.plan = plan;
        this.gate = new ConstraintGate(plan);
        this.connection = connection;
        this.table = table;
        this.waiting = waiting;
    }

    TablePlan table() {
        return table;
    }

    /** @throws SQLException where trying again later may help */
    void build(GatedObject o) throws SQLException {
        if (!begin(o)) {
            return;
        }
        try {
            run(BuildSteps.of(connection, plan, o, waiting.contains(o.name())));
            boolean restored = gate.built(connection, o);
            connection.commit();
            LOG.info(
                    restored ? "constraint restored table={} constraint={}" : "constraint built table={} constraint={}",
                    table.source(),
                    o.name());
        } catch (SQLException e) {
            connection.rollback();
            failed(o, e);
        } finally {
            end();
        }
    }

    private void failed(GatedObject o, SQLException e) throws SQLException {
        if (SqlStates.isTransient(e) || isStopped()) {
            throw e;
        }
        wanted();
        run(BuildSteps.undo(connection, plan, o));
        if (SqlStates.isCancelled(e)) {
            waiting.add(o.name()); // who has asked for it records why
            return;
        }
        gate.suspended(connection, o, e);
        connection.commit();
    }

    private void run(List<BuildSteps.Step> steps) throws SQLException {
        connection.commit();
        for (BuildSteps.Step step : steps) {
            demandWanted();
            connection.setAutoCommit(step.alone());
            try (Statement s = connection.createStatement()) {
                if (!step.alone()) {
                    s.execute("SET LOCAL lock_timeout = '5s'");
                }
                execute(s, step.sql());
                if (!step.alone()) {
                    connection.commit();
                }
            } catch (SQLException e) {
                if (!step.alone()) {
                    connection.rollback();
                }
                throw e;
            } finally {
                connection.setAutoCommit(false);
            }
        }
    }

    private void execute(Statement s, String sql) throws SQLException {
        synchronized (this) {
            statement = s;
        }
        try {
            s.execute(sql);
        } finally {
            synchronized (this) {
                statement = null;
            }
        }
    }

    void analyze() throws SQLException {
        run(List.of(new BuildSteps.Step("ANALYZE " + TargetNames.qualified(plan, table), false)));
    }

    private synchronized boolean begin(GatedObject o) {
        if (stopped) {
            return false;
        }
        building = o;
        givenUp = false;
        return true;
    }

    private synchronized void demandWanted() throws SQLException {
        if (givenUp || stopped) {
            throw new SQLException("given up", CANCELLED);
        }
    }

    private synchronized void wanted() {
        givenUp = false;
    }

    private synchronized void end() {
        building = null;
        notifyAll();
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /**
     * Gives up what is being built, if it has this name; returns once nothing of it is left.
     *
     * @return what was given up, or null
     */
    synchronized @Nullable GatedObject giveUp(String name, long millis) throws InterruptedException, SQLException {
        GatedObject o = building;
        if (o == null || !o.name().equals(name)) {
            return null;
        }
        givenUp = true;
        cancel();
        long until = System.nanoTime() + millis * 1_000_000;
        while (o.equals(building) && System.nanoTime() - until < 0) {
            wait(100);
        }
        return o;
    }

    /** Ends what runs, for a service that stops; the next run goes on from what is there. */
    synchronized void stop() throws SQLException {
        stopped = true;
        cancel();
    }

    private void cancel() throws SQLException {
        Statement s = statement;
        if (s != null) {
            s.cancel();
        }
    }
}
