package io.liteferry.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writers of single-row transactions at a steady rate, until they are stopped or meet the fence; each waits five seconds. */
final class SteadyWriters implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private final long began = System.nanoTime();
    private volatile long ended = began;
    private volatile boolean running = true;

    private SteadyWriters() {}

    static SteadyWriters start(Path file, String table, long rows, int writers, int rate) {
        SteadyWriters all = new SteadyWriters();
        for (int i = 0; i < writers; i++) {
            int number = i;
            Thread thread = new Thread(() -> all.write(file, table, rows, number, writers, rate), "writer-" + i);
            all.threads.add(thread);
            thread.start();
        }
        return all;
    }

    private void write(Path file, String table, long rows, int number, int writers, int rate) {
        long interval = TimeUnit.SECONDS.toNanos(1) * writers / rate;
        try (Connection c =
                        DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000&synchronous=NORMAL");
                Statement s = c.createStatement();
                PreparedStatement ps =
                        c.prepareStatement("UPDATE " + table + " SET amount = amount + 1 WHERE id = ?")) {
            long due = System.nanoTime();
            long id = number;
            while (running) {
                id = (id + 7919) % rows;
                ps.setLong(1, id + 1);
                long now = write(s, ps);
                written.incrementAndGet();
                ended = now;
                due = Math.max(due + interval, now - interval);
                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("migration fence")) {
                failure.compareAndSet(null, e);
            }
        }
    }

    /** Answers when it was over, acknowledged or refused. */
    private long write(Statement s, PreparedStatement ps) throws SQLException {
        long from = System.nanoTime();
        try {
            s.execute("BEGIN IMMEDIATE");
            ps.executeUpdate();
            s.execute("COMMIT");
            return System.nanoTime();
        } finally {
            longestNanos.accumulateAndGet(System.nanoTime() - from, Math::max);
        }
    }

    void stop() throws InterruptedException {
        running = false;
        for (Thread t : threads) {
            t.join();
        }
        SQLException first = failure.get();
        if (first != null) {
            throw new IllegalStateException("A writer has failed", first);
        }
    }

    /** The longest that a write took until it was acknowledged, or refused by the fence. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    double perSecond() {
        return written.get() * 1e9 / Math.max(1, ended - began);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
