package io.liteferry.capture.read;

import io.liteferry.core.options.Options;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How many rows of snapshots may be read now, and what keeps it from being more. A WAL file never shrinks while the
 * application has it open, so its size alone would hold a snapshot for ever: it holds one only while it still grows.
 * Times are those of {@link System#nanoTime()}. Used by one thread, but for what {@link ReadControl} gives.
 */
final class SnapshotThrottle {
    /** A WAL that did not grow for so long is either reset and used again, or nobody writes. */
    static final long STILL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ReadControl control;
    private final Path wal;
    private final int chunkRows;
    private final long configuredRate;
    private final long maxWalBytes;
    private long walBytes;
    private long grownNanos;
    private long lookedNanos;
    private double allowance;
    private long paidNanos;

    SnapshotThrottle(Options options, ReadControl control, long now) {
        this.control = control;
        this.wal = Path.of(options.path(Options.DATABASE_FILE_PATH) + "-wal");
        this.chunkRows = options.integer(Options.SNAPSHOT_CHUNK_SIZE);
        this.configuredRate = options.number(Options.SNAPSHOT_MAX_ROWS_PER_SECOND);
        this.maxWalBytes = options.number(Options.SNAPSHOT_MAX_WAL_BYTES);
        this.grownNanos = now - STILL_NANOS;
        this.lookedNanos = now - LOOK_NANOS;
        this.paidNanos = now;
    }

    /** Why snapshots get fewer rows than a chunk at a time, if they do. */
    Optional<Hold> hold(long now) {
        if (control.snapshotPaused()) {
            return Optional.of(Hold.SNAPSHOT_PAUSED);
        }
        if (walGrows(now)) {
            return Optional.of(new Hold(
                    Hold.Kind.WAL,
                    "snapshots wait: the file " + wal.getFileName() + " is above " + Options.SNAPSHOT_MAX_WAL_BYTES
                            + " ("
                            + maxWalBytes
                            + " bytes) and grows. Look for a connection that reads for long, or raise the option."));
        }
        long rate = rate();
        return rate == 0
                ? Optional.empty()
                : Optional.of(new Hold(
                        Hold.Kind.RATE,
                        "snapshots are throttled to " + rate
                                + " rows a second. Run liteferry signal throttle 0 --config … to lift it."));
    }

    /** How many rows may be read now; 0 where none. */
    int rows(long now) {
        if (control.snapshotPaused() || walGrows(now)) {
            return 0;
        }
        long rate = rate();
        if (rate == 0) {
            return chunkRows;
        }
        // At the most a second's worth: what was not used before is lost.
        allowance = Math.min((double) rate, allowance + (double) rate * ((now - paidNanos) / NANOS_A_SECOND));
        paidNanos = now;
        // Not row by row: each read costs the source a transaction.
        long worthIt = Math.min(chunkRows, Math.max(1, rate / 10));
        return allowance < worthIt ? 0 : (int) Math.min((double) chunkRows, allowance);
    }

    void spent(int rows) {
        allowance = Math.max(0, allowance - rows);
    }

    private long rate() {
        long signalled = control.rowsPerSecond();
        return signalled < 0 ? configuredRate : signalled;
    }

    private boolean walGrows(long now) {
        if (maxWalBytes == 0) {
            return false;
        }
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            // By stat: opening and closing the file would drop SQLite's locks in this process.
            long bytes = wal.toFile().length();
            if (bytes > walBytes) {
                grownNanos = now;
            }
            walBytes = bytes;
        }
        return walBytes > maxWalBytes && now - grownNanos < STILL_NANOS;
    }
}
