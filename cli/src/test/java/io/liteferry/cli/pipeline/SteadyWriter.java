package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** An application that writes to accounts and events at a steady rate, one transaction a write; some rows it leaves alone. */
final class SteadyWriter implements AutoCloseable {
    private final Path file;
    private final long nanosPerWrite;
    private final int firstBusy;
    private final int busyRows;
    private final long seed = new Random().nextLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::write, "steady-writer");
    private volatile boolean running = true;

    SteadyWriter(Path file, int writesPerSecond, int quietRows, int busyRows) {
        this.file = file;
        this.nanosPerWrite = 1_000_000_000L / writesPerSecond;
        this.firstBusy = quietRows + 1;
        this.busyRows = busyRows;
    }

    void start() {
        thread.start();
    }

    long written() {
        return written.get();
    }

    void failIfEnded() {
        assertThat(failure.get()).as("writer, seed " + seed).isNull();
    }

    /** Gives each quiet row a second version. */
    void renameOwners() throws SQLException {
        try (Connection c = open();
                Statement s = c.createStatement()) {
            s.executeUpdate("UPDATE account SET owner = owner || ' the second' WHERE id < " + firstBusy);
        }
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=10000&synchronous=NORMAL");
    }

    private void write() {
        Random random = new Random(seed);
        try (Connection c = open();
                PreparedStatement update = c.prepareStatement(
                        "UPDATE account SET balance = balance + ?2, note = 'note ' || ?2 WHERE id = ?1");
                PreparedStatement delete = c.prepareStatement("DELETE FROM account WHERE id = ?1 AND ?2");
                PreparedStatement replace = c.prepareStatement(
                        "INSERT OR REPLACE INTO account VALUES (?1, 'owner ' || ?2, ?2, 'new', x'00ff')");
                PreparedStatement move =
                        c.prepareStatement("UPDATE event SET region = substr('nsew', 1 + ?2 % 4, 1) WHERE id = ?1");
                PreparedStatement amount = c.prepareStatement("UPDATE event SET amount = amount + ?2 WHERE id = ?1")) {
            PreparedStatement[] kinds = {update, update, update, update, delete, replace, replace, move, amount, amount
            };
            long due = System.nanoTime();
            while (running) {
                PreparedStatement kind = kinds[random.nextInt(kinds.length)];
                kind.setInt(1, firstBusy + random.nextInt(busyRows));
                kind.setInt(2, 1 + random.nextInt(1_000));
                kind.executeUpdate();
                written.incrementAndGet();
                due += nanosPerWrite;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        } catch (SQLException e) {
            failure.set(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        thread.join();
    }
}
