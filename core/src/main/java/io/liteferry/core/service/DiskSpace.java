package io.liteferry.core.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The room that is left where the database stands. On a full disk neither the application's writes nor a checkpoint go on,
 * and the change log takes its part of that room.
 *
 * @param free bytes that this user can still write
 * @param total bytes of the file system
 */
public record DiskSpace(Path file, long free, long total) {
    private static final int LEAST_PERCENT = 10;
    private static final int LEAST_WALS = 2;

    /** The file system of a database, as it is now. */
    public static DiskSpace of(Path file) throws IOException {
        return new DiskSpace(
                file,
                Files.getFileStore(file).getUsableSpace(),
                Files.getFileStore(file).getTotalSpace());
    }

    /** Empty where there is room enough: 10 % of the file system, and twice the WAL, which a checkpoint may need. */
    public Optional<String> tight() throws IOException {
        Path wal = Path.of(file + "-wal");
        long walBytes = Files.exists(wal) ? Files.size(wal) : 0;
        boolean enough = free / LEAST_PERCENT >= total / 100 && free >= LEAST_WALS * walBytes;
        return enough
                ? Optional.empty()
                : Optional.of(megabytes(free) + " left of " + megabytes(total) + " beside " + file + ", its WAL takes "
                        + megabytes(walBytes)
                        + "; on a full disk the application's writes fail, and a checkpoint cannot help: make room");
    }

    private static String megabytes(long bytes) {
        return bytes / 1_000_000 + " MB";
    }
}
