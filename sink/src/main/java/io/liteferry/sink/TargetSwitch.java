package io.liteferry.sink;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.sink.schema.ApplicationForm;
import io.liteferry.sink.schema.ApplicationTriggers;
import io.liteferry.sink.schema.Sequences;
import io.liteferry.sink.schema.SqlFile;
import io.liteferry.sink.schema.TableLocks;
import io.liteferry.sink.schema.TargetGate;
import io.liteferry.sink.schema.TargetInstaller;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction of PostgreSQL that hands the target over: to the application, or back to the sink. All is done and nothing
 * seen until {@link #commit()}; closing it without that undoes it, and so does the end of the process that holds it. Only
 * sequences stay where they are: further on than before, which harms nobody.
 */
public final class TargetSwitch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TargetSwitch.class);
    private static final String APPLICATION = "liteferry-switch";

    private final Plan plan;
    private final PgConnections direct;
    private final Connection connection;
    private final Duration atMost;
    private final int backend;
    private long generation;
    private String state = "";
    private Map<String, Long> sequences = Map.of();
    private boolean committed;

    private TargetSwitch(Plan plan, PgConnections direct, Duration atMost, Connection connection, int backend) {
        this.plan = plan;
        this.direct = direct;
        this.atMost = atMost;
        this.connection = connection;
        this.backend = backend;
    }

    /**
     * Prepares the hand-over to the application: no sink writes any more, sequences go on where SQLite stopped, the files of
     * {@code hooks.sql.at_switch} are run, and the gate is open.
     *
     * @param plan of one source, as the migration file has it
     * @param direct leads to the server itself, past any pooler
     * @param position the last one of the source; the target must be there
     * @param counters {@code sqlite_sequence} of the source, by table: what it says was given is not given again
     * @param atMost how long it may wait for a lock or for a statement; the server undoes it when it has heard nothing for as long
     * @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE}, {@link ErrorCode#CUTOVER_STATE},
     *     {@link ErrorCode#TARGET_POOLED}; everything is as it was before
     */
    public static TargetSwitch begin(
            Plan plan, PgConnections direct, Position position, Map<String, Long> counters, Duration atMost) {
        List<SqlFile> files = SqlFile.of(plan.options(), Options.HOOKS_SQL_AT_SWITCH);
        return open(plan, direct, atMost, s -> s.toApplication(position, counters, files));
    }

    /**
     * Prepares the way back: writers of the target wait from here on, readers do not, the gate is closed, and sinks may claim
     * the source again.
     *
     * @param atMost as in {@link #begin}; for the locks of all tables together
     * @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE}, {@link ErrorCode#CUTOVER_STATE},
     *     {@link ErrorCode#TARGET_POOLED}; everything is as it was before
     */
    public static TargetSwitch back(Plan plan, PgConnections direct, Duration atMost) {
        return open(plan, direct, atMost, TargetSwitch::toSource);
    }

    /**
     * Builds what {@link #begin} puts in place, beside the stream, however long it takes: unique indexes that are checked at
     * once. Does nothing where they stand.
     */
    public static void prepare(Plan plan, PgConnections direct) {
        new ApplicationForm(new TargetInstaller(plan).now()).prepare(direct);
    }

    /** Takes away what {@link #prepare} has built, for a switch that was cancelled. */
    public static void unprepare(Plan plan, PgConnections direct) {
        new ApplicationForm(new TargetInstaller(plan).now()).unprepare(direct);
    }

    /**
     * To be called after the switch, beside the application: PostgreSQL looks at all rows under foreign keys that were put in
     * place without that. Does nothing where it has; until then they hold for every write all the same.
     */
    public static void settle(Plan plan, PgConnections direct) {
        new ApplicationForm(new TargetInstaller(plan).now()).validate(direct);
    }

    @FunctionalInterface
    private interface Work {
        void in(TargetSwitch s) throws SQLException;
    }

    private static TargetSwitch open(Plan plan, PgConnections direct, Duration atMost, Work work) {
        String tried = "Switching the target of " + plan.source();
        TargetSwitch opened = null;
        try {
            Connection c = SqlFile.connections(direct).open(APPLICATION);
            opened = new TargetSwitch(plan, direct, atMost, c, pid(c));
            direct.demandDirect(c, tried);
            work.in(opened);
            TargetSwitch ready = opened;
            opened = null;
            return ready;
        } catch (SQLException e) {
            throw undone(tried, e);
        } finally {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private static LiteferryException undone(String tried, SQLException e) {
        return new LiteferryException(
                ErrorCode.CUTOVER_UNDONE,
                tried + ": " + e.getMessage() + " (SQLSTATE " + e.getSQLState()
                        + "). Everything is as it was before. Remove the cause, then start it again.",
                e);
    }

    private void toApplication(Position position, Map<String, Long> counters, List<SqlFile> files) throws SQLException {
        limits(atMost);
        AppliedStore.Applied applied = locked("open");
        demand(applied, position);
        Plan now = EvolvedPlan.of(plan, applied.position().evolution());
        new ApplicationForm(now).take(connection, atMost);
        for (TablePlan t : now.tables()) {
            Sequences.advancePast(connection, now, t, counters.get(t.source()));
        }
        ApplicationTriggers triggers = new ApplicationTriggers(now);
        Set<Long> before = triggers.present(connection);
        for (SqlFile file : files) {
            file.run(connection);
        }
        triggers.mark(connection, before);
        turn(applied, "closed");
        new TargetGate(plan).open(connection);
    }

    private void toSource() throws SQLException {
        limits(atMost);
        AppliedStore.Applied applied = locked("closed");
        Plan now = EvolvedPlan.of(plan, applied.position().evolution());
        TableLocks.against(connection, now, atMost);
        sequences = last(connection, now);
        turn(applied, "open");
        new TargetGate(plan).close(connection);
    }

    private static Map<String, Long> last(Connection c, Plan now) throws SQLException {
        Map<String, Long> last = new HashMap<>();
        for (TablePlan t : now.tables()) {
            OptionalLong value = Sequences.last(c, now, t);
            value.ifPresent(v -> last.put(t.source(), v));
        }
        return Map.copyOf(last);
    }

    /** {@link #sequences()} of a target that {@link #back} has closed, for whoever finishes a way back that was interrupted. */
    public static Map<String, Long> sequences(Plan plan, PgConnections direct) {
        Plan now = new TargetInstaller(plan).now();
        try (Connection c = direct.open(APPLICATION)) {
            return last(c, now);
        } catch (SQLException e) {
            throw PgConnections.failure("Reading what ids PostgreSQL has given for " + plan.source(), e);
        }
    }

    /** A conductor that is frozen must not hold the application for ever: the server itself ends the transaction. */
    private void limits(Duration atMost) throws SQLException {
        try (Statement s = connection.createStatement()) {
            for (String limit : List.of("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")) {
                s.execute("SET LOCAL " + limit + " = " + Math.max(1, atMost.toMillis()));
            }
            s.execute(TargetGate.pass("switch"));
        }
    }

    private AppliedStore.Applied locked(String expected) throws SQLException {
        AppliedStore.Applied applied = new AppliedStore(plan.source()).row(connection);
        if (!applied.state().equals(expected)) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_STATE,
                    "Switching the target of " + plan.source() + ": liteferry.applied says " + applied.state()
                            + ", not " + expected
                            + ". Somebody has switched it already; see liteferry cutover status.");
        }
        return applied;
    }

    /** Not the epoch: a capture that has started since has raised it without a change of the source. */
    private void demand(AppliedStore.Applied applied, Position wanted) {
        Position found = applied.position().position();
        boolean there = found.logIdentity().equals(wanted.logIdentity())
                && found.seq() == wanted.seq()
                && found.fingerprint() == wanted.fingerprint();
        if (!there || !applied.position().consistent()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_UNDONE,
                    "Switching the target of " + plan.source() + ": it is at position " + found.seq()
                            + (there ? ", and tables are in a snapshot" : ", the source at " + wanted.seq())
                            + ". Everything is as it was before. Start it again once the target is ready.");
        }
    }

    private void turn(AppliedStore.Applied applied, String to) throws SQLException {
        generation = applied.generation() + 1;
        state = to;
        try (PreparedStatement s = connection.prepareStatement(
                "UPDATE liteferry.applied SET generation = ?, state = ? WHERE source = ?")) {
            s.setLong(1, generation);
            s.setString(2, to);
            s.setString(3, plan.source());
            s.executeUpdate();
        }
    }

    /**
     * On the way back: what capture has sent before the fence, and no sink has applied, is never applied. It holds rows as they
     * were then, and nothing would bring the later ones again.
     *
     * @param last the batch that capture has closed last
     */
    public void passOver(BatchId last) {
        try (PreparedStatement s = connection.prepareStatement("UPDATE liteferry.applied SET epoch = ?, batch = ?"
                + " WHERE source = ? AND (epoch, batch) < (?, ?)")) {
            s.setLong(1, last.epoch());
            s.setLong(2, last.batch());
            s.setString(3, plan.source());
            s.setLong(4, last.epoch());
            s.setLong(5, last.batch());
            s.executeUpdate();
        } catch (SQLException e) {
            throw undone("Passing over what was sent before the fence of " + plan.source(), e);
        }
    }

    /** By source table the highest value that PostgreSQL has given to the key; of tables where it has given none, nothing. */
    public Map<String, Long> sequences() {
        return sequences;
    }

    /**
     * Makes the switch; returns once it is certain.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE} where it was not made;
     *     {@link ErrorCode#TARGET_UNREACHABLE} where nobody can say yet, see {@link #committed()}
     */
    public void commit() {
        try {
            connection.commit();
            committed = true;
        } catch (SQLException e) {
            LOG.warn("no answer to COMMIT source={} sqlstate={}", plan.source(), e.getSQLState());
            if (!committed()) {
                throw undone("Committing the switch of the target of " + plan.source(), e);
            }
        }
    }

    /** Reads from the row whether the switch was made, after an answer was lost; what still runs of it is ended first. */
    public boolean committed() {
        if (committed) {
            return true;
        }
        try (Connection c = direct.open(APPLICATION);
                PreparedStatement end = c.prepareStatement("SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity"
                        + " WHERE pid = ? AND application_name = ? AND datname = current_database()")) {
            end.setLong(1, atMost.toMillis());
            end.setInt(2, backend);
            end.setString(3, APPLICATION);
            end.executeQuery().close();
            AppliedStore.Applied applied = new AppliedStore(plan.source()).row(c);
            committed = applied.state().equals(state) && applied.generation() >= generation;
            return committed;
        } catch (SQLException e) {
            throw PgConnections.failure("Reading whether the target of " + plan.source() + " was switched", e);
        }
    }

    private static int pid(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT pg_backend_pid()")) {
            r.next();
            return r.getInt(1);
        }
    }

    /** Undoes what was not committed. */
    @Override
    public void close() {
        try (connection) {
            if (!committed) {
                connection.rollback();
            }
        } catch (SQLException e) {
            LOG.debug("closing the switch sqlstate={}", e.getSQLState());
        }
    }
}
