package io.liteferry.capture.read;

import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what looks like a commit that nobody accounts for: SQLite's data_version moved between two read transactions,
 * and neither a row of the log (or what else is known to be committed), nor the schema, nor a checkpoint explains it. A hint, never a proof, in both
 * directions: another commit beside it explains it away, and a commit to nothing of the application's looks the same.
 */
final class CommitWitness {
    /** A checkpoint writes the file before it moves data_version, and syncs it in between. */
    private static final long AFTERMATH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SqliteFile file;
    private final AtomicLong unexplained = new AtomicLong();
    private @Nullable Look last;
    private long checkpointedNanos = System.nanoTime() - AFTERMATH_NANOS;

    /** What one read transaction saw. */
    private record Look(long dataVersion, long known, long schemaVersion, FileTime fileWritten) {}

    CommitWitness(SqliteFile file) {
        this.file = file;
    }

    /**
     * Called in each read transaction, in order.
     *
     * @param known other than at the last look where a commit is known that explains that data_version moved
     * @return whether a commit was seen that nothing explains
     */
    boolean look(long dataVersion, long known, long schemaVersion) {
        Look now = new Look(dataVersion, known, schemaVersion, file.written());
        Look before = last;
        last = now;
        // In WAL mode commits go to the -wal, and only a checkpoint writes the file; outside it every commit does.
        if (before != null && file.hasWal() && !now.fileWritten.equals(before.fileWritten)) {
            checkpointedNanos = System.nanoTime();
        }
        if (before == null || now.dataVersion == before.dataVersion) {
            return false;
        }
        boolean logged = now.known != before.known;
        boolean schema = now.schemaVersion != before.schemaVersion;
        boolean checkpoint = System.nanoTime() - checkpointedNanos < AFTERMATH_NANOS;
        if (logged || schema || checkpoint) {
            return false;
        }
        unexplained.incrementAndGet();
        return true;
    }

    long unexplained() {
        return unexplained.get();
    }
}
