package io.liteferry.core.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Capture and validator read in turns, with a gap after each read: SQLite can reset its WAL, and outside WAL commit at
 * all, only where nobody reads. The turn is an advisory lock on a file of our own beside the database,
 * {@code <file>-liteferry-turn}, which holds the time before which nobody reads again; never a lock on the database's
 * files. A reader that cannot have its turn in time goes on without it: it costs WAL, not correctness.
 */
public final class ReadTurn implements AutoCloseable {
    /** File locks do not exclude threads of one process; these do. */
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Long enough for some commits and the checkpoint after them. */
    private static final long LONGEST_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ReentrantLock lock;
    private final FileChannel channel;
    private long nextNanos = System.nanoTime();

    public ReadTurn(SqliteFile file) throws IOException {
        Path turn = turn(file.path());
        this.lock = IN_PROCESS.computeIfAbsent(turn, p -> new ReentrantLock(true));
        this.channel =
                FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The file beside a database. Every service of ours that has the database open has this one open too. */
    public static Path turn(Path database) {
        return Path.of(database.toAbsolutePath() + "-liteferry-turn");
    }

    /**
     * A turn, held until closed, and then followed by a gap as long as the read was, at most 10 ms, or 2 ms where nobody writes. {@link #taken()} is
     * false where patience ran out.
     */
    public final class Held implements AutoCloseable {
        private final long since = System.nanoTime();
        private final boolean inProcess;
        private final @Nullable FileLock file;
        private int gapFactor = 1;
        private long longestGap = LONGEST_GAP_NANOS;

        private Held(boolean inProcess, @Nullable FileLock file) {
            this.inProcess = inProcess;
            this.file = file;
        }

        public boolean taken() {
            return file != null;
        }

        /** Makes the gap just long enough for another reader to have its turn: where nobody writes, there is no WAL to reset. */
        public void shortenGap() {
            longestGap = 2 * RETRY_NANOS;
        }

        /** Makes the gap so many times as long: where every reader stands in a writer's way. */
        public void lengthenGap(int factor) {
            gapFactor = factor;
        }

        @Override
        public void close() throws IOException {
            long now = System.nanoTime();
            nextNanos = now + gapFactor * Math.min(now - since, longestGap);
            try {
                if (file != null) {
                    write(now, nextNanos);
                    file.release();
                }
            } finally {
                if (inProcess) {
                    lock.unlock();
                }
            }
        }
    }

    /** @param patienceMillis how long to wait for another reader; what is left of a gap is waited for besides */
    public Held take(long patienceMillis) throws IOException, InterruptedException {
        // Without the lock, so that the other reader comes first.
        await(nextNanos);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        if (!lock.tryLock(patienceMillis, TimeUnit.MILLISECONDS)) {
            return new Held(false, null);
        }
        try {
            FileLock file = tryLock();
            while (file == null && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.sleep(RETRY_NANOS);
                file = tryLock();
            }
            if (file != null) {
                awaitOthersGap();
            }
            return new Held(true, file);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.unlock();
            throw e;
        }
    }

    private static void await(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    /** The monotonic clock is one for all processes of a machine; where it is not, the interval shows that. */
    private void awaitOthersGap() throws IOException, InterruptedException {
        ByteBuffer gap = ByteBuffer.allocate(2 * Long.BYTES);
        if (channel.read(gap, 0) == gap.capacity()) {
            long from = gap.getLong(0);
            long now = System.nanoTime();
            if (now - from >= 0 && now - gap.getLong(Long.BYTES) < 0) {
                await(gap.getLong(Long.BYTES));
            }
        }
    }

    private void write(long from, long until) throws IOException {
        ByteBuffer gap = ByteBuffer.allocate(2 * Long.BYTES);
        channel.write(gap.putLong(from).putLong(until).flip(), 0);
    }

    /** Null where another process holds it, or this one by another path to the same file. */
    private @Nullable FileLock tryLock() throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
