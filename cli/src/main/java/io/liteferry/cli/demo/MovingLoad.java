package io.liteferry.cli.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An application that obeys the hook of a cutover: its writers write to whichever database it was told to, and try again
 * where that is closed or does not answer. It knows the longest time that a write took: the pause that a customer saw.
 */
public final class MovingLoad implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(5);

    private final Side sqlite;
    private final Side postgres;
    private final int transactionsPerSecond;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final HookEar ear;
    private volatile Side side;
    private volatile boolean running = true;

    /** One transaction. */
    public interface Intent {
        /** Runs it; again where it was refused, or where nobody knows whether it was committed: then once must be enough. */
        void run(Side side, Connection c) throws SQLException;

        /** It is committed, and the application knows. */
        default void acknowledged() {}
    }

    /** What a writer does next. */
    public interface Draw {
        Intent next();
    }

    /**
     * @param transactionsPerSecond of all writers together
     * @param draws one a writer
     */
    public MovingLoad(Side sqlite, Side postgres, int transactionsPerSecond, List<? extends Draw> draws) {
        this.sqlite = sqlite;
        this.postgres = postgres;
        this.side = sqlite;
        this.transactionsPerSecond = transactionsPerSecond;
        draws.forEach(d -> writers.add(new Writer(d)));
        ear = new HookEar(this::moved);
    }

    /** What to give as {@code cutover.hook}. */
    public String hook() {
        return ear.url();
    }

    public void start() {
        for (Writer w : writers) {
            Thread thread = new Thread(w, "writer-" + threads.size());
            threads.add(thread);
            thread.start();
        }
    }

    private String moved(String told) {
        side = told.contains("rollback") ? sqlite : postgres;
        return "writing to " + side.name();
    }

    /** The database it writes to now. */
    public Side writesTo() {
        return side;
    }

    /** The longest a write took since this was asked last, refusals and waiting included. */
    public Duration longest() {
        return Duration.ofNanos(longestNanos.getAndSet(0));
    }

    /** How often a database has refused a write, and it was tried again. */
    public long refusals() {
        return refusals.get();
    }

    /** Transactions that were acknowledged. */
    public long acknowledged() {
        return writers.stream().mapToLong(w -> w.acknowledged.get()).sum();
    }

    /** Why a writer has ended by itself. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Lets each writer end its transaction. */
    public void stop() throws InterruptedException {
        running = false;
        for (Thread t : threads) {
            t.join();
        }
        threads.clear();
        ear.close();
    }

    /** Ends the writers as they are. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One writer with connections of its own. */
    private final class Writer implements Runnable {
        private final Draw draw;
        private final AtomicLong acknowledged = new AtomicLong();

        Writer(Draw draw) {
            this.draw = draw;
        }

        @Override
        public void run() {
            long interval = TimeUnit.SECONDS.toNanos(1) * writers.size() / Math.max(1, transactionsPerSecond);
            long due = System.nanoTime();
            try {
                while (running) {
                    Intent intent = draw.next();
                    long began = System.nanoTime();
                    if (write(intent)) {
                        longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
                        intent.acknowledged();
                        acknowledged.incrementAndGet();
                    }
                    due = Math.max(due + interval, System.nanoTime() - interval);
                    TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (SQLException | RuntimeException e) {
                failure.compareAndSet(null, e);
                running = false;
            } finally {
                sqlite.leave();
                postgres.leave();
            }
        }

        /**
         * Tries until the database that is open has acknowledged the write; false where it was stopped before. One that
         * nobody knows of is tried to its end.
         */
        private boolean write(Intent intent) throws SQLException, InterruptedException {
            boolean inDoubt = false;
            while (true) {
                Side now = side;
                try {
                    now.write(intent);
                    return true;
                } catch (SQLException e) {
                    boolean lost = now.lost(e);
                    if (!lost && !now.closed(e)) {
                        throw e;
                    }
                    inDoubt |= lost;
                    refusals.incrementAndGet();
                    if (!running && !inDoubt) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
                }
            }
        }
    }
}
