package io.liteferry.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
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
 * @param synchronous SQLite's: FULL waits for the disk at each commit and is its default, NORMAL does not
 * @param milliseconds how long they write
 */
record EightWriters(Path file, String synchronous, int milliseconds) {
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
                        "jdbc:sqlite:" + file + "?synchronous=" + synchronous + "&busy_timeout=" + busyMillis);
                Transactions t = new Transactions(c, MODES.get(number))) {
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
                    t.run((i * WRITERS + number) * 31 % WrittenTable.ROWS_BEFORE);
                    took.add((System.nanoTime() - from) / 1e6);
                } catch (SQLException e) {
                    refused++;
                    t.rollback();
                }
                due += interval;
            }
        }
        return new Writer(took, refused);
    }

    /** One writer's transactions, of statements that are prepared once, as the drivers of most languages keep them. */
    private static final class Transactions implements AutoCloseable {
        private final Mode mode;
        private final Statement control;
        private final PreparedStatement read;
        private final PreparedStatement write;

        Transactions(Connection c, Mode mode) throws SQLException {
            this.mode = mode;
            control = c.createStatement();
            read = c.prepareStatement("SELECT amount FROM " + WrittenTable.NAME + " WHERE id = ?");
            write = c.prepareStatement("UPDATE " + WrittenTable.NAME + " SET amount = amount + 1 WHERE id = ?");
        }

        void run(int row) throws SQLException {
            switch (mode) {
                case AUTOCOMMIT -> update(row);
                case READ_THEN_WRITE -> {
                    control.execute("BEGIN");
                    read.setInt(1, row);
                    try (ResultSet rs = read.executeQuery()) {
                        rs.next();
                    }
                    update(row);
                    control.execute("COMMIT");
                }
                case IMMEDIATE -> {
                    control.execute("BEGIN IMMEDIATE");
                    update(row);
                    control.execute("COMMIT");
                }
            }
        }

        private void update(int row) throws SQLException {
            write.setInt(1, row);
            write.executeUpdate();
        }

        /** After a transaction that was refused. */
        void rollback() throws SQLException {
            if (mode == Mode.AUTOCOMMIT) {
                return;
            }
            try {
                control.execute("ROLLBACK");
            } catch (SQLException e) {
                // BEGIN IMMEDIATE itself had failed: nothing is open.
                if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                    throw e;
                }
            }
        }

        @Override
        public void close() throws SQLException {
            read.close();
            write.close();
            control.close();
        }
    }
}
