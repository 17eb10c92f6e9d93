package io.liteferry.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * An application with eight writers, each on a connection of its own and at a steady rate: two that commit by themselves,
 * four that read before they write, two that ask for the lock first; half of them wait for a lock, half do not.
 *
 * @param file a database with {@link WrittenTable}
 * @param milliseconds how long they write
 */
record EightWriters(Path file, int milliseconds) {
    static final int WRITERS = 8;
    static final int EACH_PER_SECOND = 25;

    private enum Mode {
        AUTOCOMMIT,
        READ_THEN_WRITE,
        IMMEDIATE
    }

    private static final List<Mode> MODES = List.of(
            Mode.AUTOCOMMIT,
            Mode.AUTOCOMMIT,
            Mode.READ_THEN_WRITE,
            Mode.READ_THEN_WRITE,
            Mode.IMMEDIATE,
            Mode.IMMEDIATE,
            Mode.READ_THEN_WRITE,
            Mode.READ_THEN_WRITE);

    /**
     * What they saw.
     *
     * @param took milliseconds of each transaction that was committed, its waiting for locks included
     * @param refused transactions that ended in an error
     */
    record Seen(Samples took, int refused) {}

    private record Writer(List<Double> took, int refused) {}

    Seen run() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<Writer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writers.add(threads.submit(() -> write(number)));
            }
            List<Double> took = new ArrayList<>();
            int refused = 0;
            for (Future<Writer> writer : writers) {
                took.addAll(writer.get().took());
                refused += writer.get().refused();
            }
            return new Seen(
                    Samples.of(took.stream().mapToDouble(Double::doubleValue).toArray()), refused);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A writer ended", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private Writer write(int number) throws SQLException, InterruptedException {
        int busyMillis = number % 2 == 0 ? 5_000 : 0;
        List<Double> took = new ArrayList<>();
        int refused = 0;
        try (Connection c = DriverManager.getConnection(
                        "jdbc:sqlite:" + file + "?synchronous=NORMAL&busy_timeout=" + busyMillis);
                Statement s = c.createStatement()) {
            long interval = TimeUnit.SECONDS.toNanos(1) / EACH_PER_SECOND;
            // Each begins at another moment of the interval.
            long due = System.nanoTime() + interval * number / WRITERS;
            int transactions = EACH_PER_SECOND * milliseconds / 1_000;
            for (int i = 0; i < transactions; i++) {
                long left = due - System.nanoTime();
                if (left > 0) {
                    TimeUnit.NANOSECONDS.sleep(left);
                }
                long from = System.nanoTime();
                try {
                    transaction(s, MODES.get(number), (i * WRITERS + number) * 31 % WrittenTable.ROWS_BEFORE);
                    took.add((System.nanoTime() - from) / 1e6);
                } catch (SQLException e) {
                    refused++;
                    if (MODES.get(number) != Mode.AUTOCOMMIT) {
                        rollback(s);
                    }
                }
                due += interval;
            }
        }
        return new Writer(took, refused);
    }

    private static void transaction(Statement s, Mode mode, int row) throws SQLException {
        String update = "UPDATE " + WrittenTable.NAME + " SET amount = amount + 1 WHERE id = " + row;
        switch (mode) {
            case AUTOCOMMIT -> s.execute(update);
            case READ_THEN_WRITE -> {
                s.execute("BEGIN");
                try (ResultSet rs = s.executeQuery("SELECT amount FROM " + WrittenTable.NAME + " WHERE id = " + row)) {
                    rs.next();
                }
                s.execute(update);
                s.execute("COMMIT");
            }
            case IMMEDIATE -> {
                s.execute("BEGIN IMMEDIATE");
                s.execute(update);
                s.execute("COMMIT");
            }
        }
    }

    private static void rollback(Statement s) throws SQLException {
        try {
            s.execute("ROLLBACK");
        } catch (SQLException e) {
            // BEGIN IMMEDIATE itself had failed: nothing is open.
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                throw e;
            }
        }
    }
}
