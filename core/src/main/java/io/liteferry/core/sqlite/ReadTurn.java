package io.liteferry.core.sqlite;

import java.io.IOException;
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
 * Capture and validator read in turns, so that there are moments without a reader in which SQLite can reset its WAL. The
 * turn is an advisory lock on a file of our own beside the database, {@code <file>-liteferry-turn}; never on the
 * database's files. A reader that cannot have its turn in time goes on without it: it costs WAL, not correctness.
 */
public final class ReadTurn implements AutoCloseable {
    /** File locks do not exclude threads of one process; these do. */
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ReentrantLock lock;
    private final FileChannel channel;

    public ReadTurn(SqliteFile file) throws IOException {
        Path turn = Path.of(file.path().toAbsolutePath() + "-liteferry-turn");
        this.lock = IN_PROCESS.computeIfAbsent(turn, p -> new ReentrantLock(true));
        this.channel = FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** A turn, held until closed. {@link #taken()} is false where patience ran out. */
    public final class Held implements AutoCloseable {
        private final boolean inProcess;
        private final @Nullable FileLock file;

        private Held(boolean inProcess, @Nullable FileLock file) {
            this.inProcess = inProcess;
            this.file = file;
        }

        public boolean taken() {
            return file != null;
        }

        @Override
        public void close() throws IOException {
            try {
                if (file != null) {
                    file.release();
                }
            } finally {
                if (inProcess) {
                    lock.unlock();
                }
            }
        }
    }

    public Held take(long patienceMillis) throws IOException, InterruptedException {
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
            return new Held(true, file);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.unlock();
            throw e;
        }
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
