package io.liteferry.core.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadTurnTest {
    private static final int COMMITS = 2_500;
    private static final int COMMIT_BYTES = 16_000;

    @TempDir
    Path folder;

    private record Read(long from, long to) {}

    @Test
    void readsNeverOverlapAndAGapFollowsEachOfThem() throws Exception {
        SqliteFile file = database();
        List<Read> reads = Collections.synchronizedList(new ArrayList<>());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ReadTurn one = new ReadTurn(file);
                ReadTurn other = new ReadTurn(file)) {
            List<Future<?>> done = new ArrayList<>();
            for (ReadTurn turn : List.of(one, other)) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        try (ReadTurn.Held held = turn.take(60_000)) {
                            assertThat(held.taken()).isTrue();
                            long from = System.nanoTime();
                            TimeUnit.MILLISECONDS.sleep(12);
                            reads.add(new Read(from, System.nanoTime()));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> d : done) {
                d.get();
            }
        } finally {
            threads.shutdownNow();
        }
        reads.sort(Comparator.comparingLong(Read::from));
        for (int i = 1; i < reads.size(); i++) {
            assertThat(reads.get(i).from() - reads.get(i - 1).to())
                    .as("nanoseconds without a reader")
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void theGapIsAsManyTimesAsLongAsItsReadAsked() throws Exception {
        SqliteFile file = database();
        try (ReadTurn one = new ReadTurn(file);
                ReadTurn other = new ReadTurn(file)) {
            long readUntil;
            try (ReadTurn.Held held = one.take(60_000)) {
                held.lengthenGap(3);
                TimeUnit.MILLISECONDS.sleep(12);
                readUntil = System.nanoTime();
            }
            try (ReadTurn.Held held = other.take(60_000)) {
                assertThat(held.taken()).isTrue();
                assertThat(System.nanoTime() - readUntil).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
            }
        }
    }

    @Test
    void theWalIsResetBetweenTheReadsOfTwo() throws Exception {
        assertThat(largestWal(true)).isBetween((long) COMMIT_BYTES, (long) COMMITS * COMMIT_BYTES / 2);
    }

    @Test
    void withoutTurnsTheWalIsNeverReset() throws Exception {
        assertThat(largestWal(false)).isGreaterThan((long) COMMITS * COMMIT_BYTES);
    }

    /** Two readers read without a pause, and a writer commits beside them. */
    private long largestWal(boolean inTurns) throws Exception {
        SqliteFile file = database();
        AtomicBoolean stop = new AtomicBoolean();
        // Without turns each holds its transaction until the other has one.
        CyclicBarrier both = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> readers = new ArrayList<>();
            for (boolean first : List.of(true, false)) {
                readers.add(threads.submit(() -> {
                    if (inTurns) {
                        readInTurns(file, stop);
                    } else {
                        readOverlapping(file, stop, both, first);
                    }
                    return null;
                }));
            }
            long largest = write(file);
            assertThat(readers).noneMatch(Future::isDone);
            return largest;
        } finally {
            stop.set(true);
            threads.shutdownNow();
            threads.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static void readInTurns(SqliteFile file, AtomicBoolean stop) throws Exception {
        try (Connection c = file.openReader();
                ReadTurn turn = new ReadTurn(file)) {
            while (!stop.get()) {
                try (ReadTurn.Held held = turn.take(60_000)) {
                    assertThat(held.taken()).isTrue();
                    begin(c);
                    TimeUnit.MILLISECONDS.sleep(20);
                    end(c);
                }
            }
        }
    }

    private static void readOverlapping(SqliteFile file, AtomicBoolean stop, CyclicBarrier both, boolean first)
            throws Exception {
        try (Connection c = file.openReader()) {
            if (first) {
                begin(c);
            }
            boolean reading = first;
            while (!stop.get()) {
                both.await();
                if (!reading) {
                    begin(c);
                }
                both.await();
                if (reading) {
                    end(c);
                }
                reading = !reading;
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static void begin(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            s.execute("BEGIN");
            try (ResultSet rs = s.executeQuery("SELECT count(*) FROM t")) {
                assertThat(rs.next()).isTrue();
            }
        }
    }

    private static void end(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            s.execute("COMMIT");
        }
    }

    private static long write(SqliteFile file) throws Exception {
        Path wal = Path.of(file.path() + "-wal");
        long largest = 0;
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file.path() + "?synchronous=OFF");
                PreparedStatement p = c.prepareStatement("UPDATE t SET v = randomblob(" + COMMIT_BYTES + ")")) {
            for (int i = 0; i < COMMITS; i++) {
                p.executeUpdate();
                largest = Math.max(largest, Files.size(wal));
                TimeUnit.MICROSECONDS.sleep(500);
            }
        }
        return largest;
    }

    private SqliteFile database() throws Exception {
        Path file = folder.resolve("app.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            s.execute("INSERT INTO t VALUES (1, zeroblob(" + COMMIT_BYTES + "))");
        }
        return new SqliteFile(file);
    }
}
