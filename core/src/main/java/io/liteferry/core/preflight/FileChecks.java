package io.liteferry.core.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What stat, the file system and {@code /proc} say. The database's files are never opened here. */
final class FileChecks {
    private static final int GROUP_WRITE = 0020;
    private static final long LEAST_FREE = 256L << 20;

    private final Path file;
    private final Surroundings from;
    private final List<Finding> findings;

    FileChecks(Path file, Surroundings from, List<Finding> findings) {
        this.file = file;
        this.from = from;
        this.findings = findings;
    }

    /** Whether opening the file can do no harm. */
    boolean check() {
        try {
            if (!present()) {
                return false;
            }
            boolean harmless = !Files.getFileStore(file).supportsFileAttributeView("unix") || user();
            permissions();
            sideFiles();
            companions();
            new MountChecks(file, findings).check(from.mounts());
            space();
            new HolderChecks(file, findings).check(from);
            return harmless;
        } catch (IOException e) {
            findings.add(Finding.blocker(
                    "SRC-READABLE",
                    file.toString(),
                    "cannot be looked at: " + e,
                    "Correct the path or the permissions"));
            return false;
        }
    }

    private boolean present() throws IOException {
        String problem = !Files.exists(file)
                ? "no such file"
                : !Files.isRegularFile(file)
                        ? "it is not a regular file"
                        : !Files.isReadable(file) ? "no permission to read it" : "";
        if (!problem.isEmpty()) {
            findings.add(Finding.blocker(
                    "SRC-READABLE",
                    file.toString(),
                    problem,
                    "Give the path of the SQLite database, and run as the application's user"));
            return false;
        }
        if (Files.size(file) == 0) {
            findings.add(Finding.blocker(
                    "SRC-EMPTY", file.toString(), "has zero bytes: an empty database", "There is nothing to migrate"));
            return false;
        }
        return true;
    }

    /** A process of another user would make -wal and -shm that the application cannot write. */
    private boolean user() throws IOException {
        int owner = uid(file);
        ProcessUser me = from.user();
        // SQLite itself gives the files to the database's owner where root makes them.
        if (me.uid() == owner || me.uid() == 0) {
            return true;
        }
        boolean shared = me.groups().contains(attribute(file, "unix:gid")) && (mode(file) & GROUP_WRITE) != 0;
        if (shared) {
            findings.add(Finding.info(
                    "SRC-USER",
                    file.toString(),
                    "belongs to user id " + owner + ", this process runs as " + me.uid() + " of its group",
                    "Fine as long as the group can write the folder too"));
            return true;
        }
        findings.add(Finding.blocker(
                "SRC-USER",
                file.toString(),
                "belongs to user id " + owner + ", this process runs as " + me.uid()
                        + ": -wal and -shm made by it would make the application's writes fail. Nothing was opened",
                "Run as the application's user, or share a group and make file and folder group-writable"));
        return false;
    }

    private void permissions() {
        Path folder = file.getParent();
        if (folder != null && !Files.isWritable(folder)) {
            findings.add(Finding.blocker(
                    "SRC-PERMISSIONS",
                    folder.toString(),
                    "cannot be written: a reader of a WAL database needs -shm there",
                    "Run as the application's user, or make the folder writable for the shared group"));
        }
        if (!Files.isWritable(file)) {
            findings.add(Finding.blocker(
                    "SRC-PERMISSIONS",
                    file.toString(),
                    "cannot be written: triggers and the change log could not be installed",
                    "Run as the application's user"));
        }
    }

    private void sideFiles() throws IOException {
        for (String suffix : List.of("-wal", "-shm")) {
            Path side = Path.of(file + suffix);
            if (Files.exists(side) && uid(side) != uid(file)) {
                findings.add(
                        Finding.warning(
                                "SRC-WAL-OWNER",
                                side.toString(),
                                "belongs to user id " + uid(side) + ", the database to " + uid(file),
                                "Another user has opened the database: end that process, so that the last close removes the file"));
            }
        }
        Path journal = Path.of(file + "-journal");
        if (Files.exists(journal) && Files.size(journal) > 0) {
            findings.add(Finding.info(
                    "SRC-JOURNAL",
                    journal.toString(),
                    "a rollback journal is there: a transaction is open, or one was cut off",
                    "If it stays, let the application open the database once, so that SQLite rolls it back"));
        }
    }

    private void companions() {
        for (String name : List.of("." + file.getFileName() + "-litestream", file.getFileName() + "-litestream")) {
            if (Files.isDirectory(file.resolveSibling(name))) {
                findings.add(HolderChecks.litestream(file, name + " stands beside it"));
            }
        }
    }

    /** The log and the WAL grow beside the file; a full disk stops the application first. */
    private void space() throws IOException {
        space(Files.getFileStore(file).getUsableSpace(), Files.size(file));
    }

    void space(long usable, long size) {
        long wanted = Math.max(LEAST_FREE, size / 10);
        if (usable < wanted) {
            findings.add(
                    Finding.warning(
                            "SRC-DISK-FREE",
                            file.toString(),
                            "its disk has " + (usable >> 20) + " MiB free",
                            "Have " + (wanted >> 20)
                                    + " MiB free: a WAL that waits for a reader and the change log (26 bytes a change) grow there"));
        }
    }

    static int uid(Path path) throws IOException {
        return attribute(path, "unix:uid");
    }

    private static int mode(Path path) throws IOException {
        return attribute(path, "unix:mode");
    }

    private static int attribute(Path path, String name) throws IOException {
        return ((Number) Files.getAttribute(path, name)).intValue();
    }
}
