package io.liteferry.cli.demo;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The shop's application: writers that go on, each on a connection of its own, together at a steady number of
 * transactions a second, until they are stopped. The writers know nothing of a migration. What a writer does follows from
 * the seed, the database and the other writers' turns.
 */
public final class ShopLoad implements AutoCloseable {
    public static final int DEFAULT_CONNECTIONS = 2;

    /** A writer that is later than this gives the lost time up instead of catching up in one burst. */
    private static final long CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final int transactionsPerSecond;
    private final long seed;
    private final List<ShopConnection> connections = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final int writers;
    /** A writer holds a permit for the time of a transaction; a pause holds all of them. */
    private final Semaphore turns;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean running;
    private boolean paused;

    public ShopLoad(Path file, int transactionsPerSecond, long seed) {
        this(file, transactionsPerSecond, DEFAULT_CONNECTIONS, seed);
    }

    /** @param transactionsPerSecond of all writers together; 0 writes nothing */
    public ShopLoad(Path file, int transactionsPerSecond, int writers, long seed) {
        if (transactionsPerSecond < 0 || writers < 1) {
            throw new IllegalArgumentException("a load has a rate of 0 or more and at least one writer");
        }
        this.file = file;
        this.transactionsPerSecond = transactionsPerSecond;
        this.writers = writers;
        this.seed = seed;
        this.turns = new Semaphore(writers, true);
    }

    /** Starts the writers; once only. */
    public synchronized void start() {
        if (!connections.isEmpty()) {
            throw new IllegalStateException("a load is started once");
        }
        running = true;
        try {
            for (int i = 0; i < writers; i++) {
                ShopConnection shop = new ShopConnection(file);
                connections.add(shop);
                ShopTransactions transactions = new ShopTransactions(shop, seed + i);
                if (transactionsPerSecond > 0) {
                    threads.add(new Thread(() -> write(transactions), "shop-writer-" + i));
                }
            }
        } catch (SQLException e) {
            throw new SqliteFile(file).failure("Starting the shop's writers on " + file, e);
        }
        threads.forEach(Thread::start);
    }

    private void write(ShopTransactions transactions) {
        long interval = TimeUnit.SECONDS.toNanos(1) * writers / transactionsPerSecond;
        long due = System.nanoTime();
        try {
            while (running) {
                turns.acquire();
                try {
                    if (running) {
                        transactions.next();
                    }
                } finally {
                    turns.release();
                }
                // The next one is due by the plan, not by when this one ended: the rate does not drift.
                due += interval;
                long early = due - System.nanoTime();
                if (early > 0) {
                    TimeUnit.NANOSECONDS.sleep(early);
                } else if (early < -CATCH_UP_NANOS) {
                    due = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.compareAndSet(null, e);
        } catch (SQLException | RuntimeException e) {
            failure.compareAndSet(null, e);
            running = false;
        }
    }

    /** Returns once no transaction is under way and none begins until {@link #resume()}. */
    public synchronized void pause() {
        if (!paused) {
            turns.acquireUninterruptibly(writers);
            paused = true;
        }
    }

    public synchronized void resume() {
        if (paused) {
            paused = false;
            turns.release(writers);
        }
    }

    public synchronized Writes writes() {
        Writes sum = Writes.NONE;
        for (ShopConnection c : connections) {
            sum = sum.plus(c.writes());
        }
        return sum;
    }

    /** Why the writers have ended by themselves. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /**
     * Lets each writer end its transaction and closes the connections; may be called again.
     *
     * @throws LiteferryException where a writer had failed
     */
    public synchronized void stop() {
        running = false;
        resume();
        try {
            for (Thread t : threads) {
                t.join();
            }
            threads.clear();
            for (ShopConnection c : connections) {
                c.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.compareAndSet(null, e);
        } catch (SQLException e) {
            failure.compareAndSet(null, e);
        }
        Throwable first = failure.get();
        if (first != null) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_ERROR,
                    "Writing to the sample shop " + file + ": " + first.getMessage()
                            + ". The shop's writers have stopped; see the cause.",
                    first);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
