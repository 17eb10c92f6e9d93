package io.liteferry.sink.schema;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After the load: builds indexes and constraints, several tables at a time, on connections of its own, while the stream goes
 * on; then analyzes and sets the sequences. What is suspended is tried again for as long as it runs.
 */
public final class BackgroundBuild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundBuild.class);
    private static final long GIVE_UP_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 1_000;
    private static final long STOP_SECONDS = 10;
    /** How many times as long as trying again took it is then left alone: writers may wait for a try. */
    private static final long REST = 20;

    private final Plan plan;
    private final PgConnections connections;
    private final long generation;
    private final ConstraintGate gate;
    private final String application;
    private final int threads;
    private final long pauseNanos;
    private final BuildProgress progress = new BuildProgress();
    /** One a table at the most. */
    private final Map<String, ObjectBuilder> builders = new ConcurrentHashMap<>();

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private final AfterLoad after;
    private boolean loaded;
    private long restNanos;
    private boolean hooksTried;

    /**
     * @param plan of one source, with the columns that the target has
     * @param generation of the sink it works for; under another one it ends
     */
    public BackgroundBuild(Plan plan, PgConnections connections, long generation) {
        this.plan = plan;
        this.connections = connections;
        this.generation = generation;
        gate = new ConstraintGate(plan);
        after = new AfterLoad(plan);
        // PostgreSQL cuts the names of applications, and has them in ASCII.
        application = "liteferry-build-" + UUID.nameUUIDFromBytes(plan.source().getBytes(StandardCharsets.UTF_8));
        threads = plan.options().integer(Options.CONSTRAINT_BUILD_THREADS);
        pauseNanos = TimeUnit.MILLISECONDS.toNanos(plan.options().number(Options.CONSTRAINT_RETRY_INTERVAL_MS));
        thread = new Thread(this::work, "build-" + plan.source());
    }

    public void start() {
        thread.start();
    }

    private void work() {
        long pause = 0;
        boolean first = true;
        try {
            while (!stopping.await(pause, TimeUnit.NANOSECONDS)) {
                try (Connection c = connections.open(application)) {
                    if (first) {
                        endPredecessors(c);
                        first = false;
                    }
                    if (!ours(c)) {
                        return;
                    }
                    round(c);
                } catch (SQLException | LiteferryException e) {
                    if (stopping.getCount() > 0) {
                        LOG.warn("building constraints, trying again source={} reason={}", plan.source(), e.toString());
                    }
                }
                pause = Math.max(pauseNanos, restNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The server goes on with what a killed sink has begun, and would build it beside us. */
    private void endPredecessors(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = left(?, 63) AND datname = current_database() AND usename = current_user"
                + " AND pid <> pg_backend_pid()")) {
            s.setString(1, application);
            s.executeQuery().close();
        }
        c.commit();
    }

    private boolean ours(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "SELECT generation = ? AND state = 'open' FROM liteferry.applied WHERE source = ?")) {
            s.setLong(1, generation);
            s.setString(2, plan.source());
            try (ResultSet r = s.executeQuery()) {
                boolean ours = r.next() && r.getBoolean(1);
                c.commit();
                return ours;
            }
        }
    }

    private void round(Connection c) throws SQLException, InterruptedException {
        if (loaded) {
            tryAgain(c);
        } else {
            buildAll(c);
        }
        runFiles(c);
    }

    private void tryAgain(Connection c) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        try {
            build(c, gate.toRetry(c));
        } finally {
            restNanos = REST * (System.nanoTime() - began);
        }
    }

    private void buildAll(Connection c) throws SQLException, InterruptedException {
        Set<TablePlan> changed = new LinkedHashSet<>();
        List<GatedObject> missing = gate.missing(c);
        missing.forEach(o -> changed.add(o.table()));
        progress.begin(c, plan, missing);
        try {
            build(c, missing);
            for (TablePlan t : plan.tables()) {
                if (neverAnalyzed(c, t)) {
                    changed.add(t);
                }
            }
            each(
                    c,
                    changed.stream()
                            .<Task>map(t -> new Task(t, ObjectBuilder::analyze))
                            .toList());
            for (TablePlan t : plan.tables()) {
                Sequences.advance(c, plan, t);
            }
            loaded = true;
            if (!missing.isEmpty()) {
                LOG.info("after the load: all is built source={} objects={}", plan.source(), missing.size());
            }
        } finally {
            progress.end();
        }
    }

    /** Once all stands; a file that failed is not run again before the sink starts anew. */
    private void runFiles(Connection c) throws SQLException {
        if (!hooksTried && gate.toRetry(c).isEmpty()) {
            after.run(connections, application);
            hooksTried = true;
        }
    }

    private boolean neverAnalyzed(Connection c, TablePlan t) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT reltuples < 0 FROM pg_class WHERE oid = to_regclass(?)")) {
            s.setString(1, TargetNames.qualified(plan, t));
            try (ResultSet r = s.executeQuery()) {
                boolean never = r.next() && r.getBoolean(1);
                c.commit();
                return never;
            }
        }
    }

    /** Indexes before foreign keys, which may need a unique one. */
    private void build(Connection c, List<GatedObject> objects) throws SQLException, InterruptedException {
        for (boolean foreign : new boolean[] {false, true}) {
            Map<TablePlan, List<GatedObject>> byTable = new LinkedHashMap<>();
            for (GatedObject o : objects) {
                if (o.isForeignKey() == foreign) {
                    byTable.computeIfAbsent(o.table(), t -> new ArrayList<>()).add(o);
                }
            }
            List<Task> tasks = new ArrayList<>();
            byTable.forEach((table, of) -> tasks.add(new Task(table, b -> {
                for (GatedObject o : of) {
                    progress.building(o);
                    b.build(o);
                    progress.built(o);
                }
            })));
            each(c, tasks);
        }
    }

    private interface Work {
        void with(ObjectBuilder builder) throws SQLException;
    }

    private record Task(TablePlan table, Work work) {}

    /** Runs the tasks, as many at a time as there are threads, and waits for all; then throws what the first threw. */
    private void each(Connection c, List<Task> tasks) throws SQLException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            tasks.forEach(t -> running.add(pool.submit(() -> run(t))));
            Optional<Throwable> failure = Optional.empty();
            for (Future<?> f : running) {
                Optional<Throwable> failed = await(c, f);
                failure = failure.or(() -> failed);
            }
            if (failure.isPresent()) {
                throw failure.get() instanceof SQLException sql ? sql : new SQLException(failure.get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private @Nullable Void run(Task task) throws SQLException {
        if (stopping.getCount() == 0) {
            return null;
        }
        try (Connection c = connections.open(application)) {
            // An index of a large table takes longer than any answer of a batch.
            c.setNetworkTimeout(Runnable::run, 0);
            ObjectBuilder builder = new ObjectBuilder(plan, c, task.table, waiting);
            builders.put(task.table.source(), builder);
            try {
                task.work.with(builder);
            } finally {
                builders.remove(task.table.source());
            }
        }
        return null;
    }

    private Optional<Throwable> await(Connection c, Future<?> task) throws SQLException, InterruptedException {
        while (true) {
            try {
                task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return Optional.empty();
            } catch (TimeoutException e) {
                progress.look(c);
            } catch (ExecutionException e) {
                return Optional.ofNullable(e.getCause());
            }
        }
    }

    /** How far it is; empty when nothing is left to do. */
    public String progress() {
        return progress.text();
    }

    /**
     * Gives up what is being built under a name, because a batch ran into it; it is tried again later, in one step.
     *
     * @return what was given up, or null where nothing of this name is being built
     */
    public @Nullable GatedObject giveUp(String name) throws SQLException {
        try {
            for (ObjectBuilder b : builders.values()) {
                GatedObject o = b.giveUp(name, GIVE_UP_MILLIS);
                if (o != null) {
                    return o;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    /** What is being built is given up; the next run goes on from what is there. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            for (long waited = 0; thread.isAlive() && waited < STOP_SECONDS * 10; waited++) {
                for (ObjectBuilder b : builders.values()) {
                    b.stop();
                }
                after.stop();
                thread.join(100);
            }
        } catch (SQLException e) {
            LOG.warn("could not end a build source={} sqlstate={}", plan.source(), e.getSQLState());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
