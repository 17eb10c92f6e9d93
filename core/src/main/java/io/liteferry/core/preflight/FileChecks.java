package io.liteferry.core.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/** What stat, the file system and {@code /proc} say. The database's files are never opened here. */
final class FileChecks {
    private static final int GROUP_WRITE = 0020;
    private static final List<String> NETWORK = List.of("nfs", "cifs", "smb", "afs", "ceph", "gluster", "sshfs", "9p");

    private final Path file;
    private final List<Finding> findings;

    FileChecks(Path file, List<Finding> findings) {
        this.file = file;
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
            fileSystem();
            openBy();
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
        ProcessUser me = ProcessUser.current();
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
        Path litestream = file.resolveSibling("." + file.getFileName() + "-litestream");
        if (Files.isDirectory(litestream)) {
            findings.add(Finding.warning(
                    "SRC-LITESTREAM",
                    file.toString(),
                    "is replicated by Litestream, which holds a read transaction of its own and checkpoints itself",
                    "Both work side by side; watch the size of the -wal, and never restore over the live file"));
        }
    }

    private void fileSystem() throws IOException {
        String type = Files.getFileStore(file).type().toLowerCase(Locale.ROOT);
        if (type.contains("litefs")) {
            findings.add(Finding.warning(
                    "SRC-LITEFS", file.toString(), "stands on LiteFS", "Run capture on the primary node only"));
        } else if (NETWORK.stream().anyMatch(type::contains)) {
            findings.add(Finding.warning(
                    "SRC-NETWORK-FS",
                    file.toString(),
                    "stands on " + type + "; SQLite's WAL does not work over a network",
                    "Run capture on the host that has the file, and keep all users of the file on that host"));
        }
    }

    /** Best effort: other users' processes cannot be looked into. */
    private void openBy() {
        TreeMap<Long, String> holders = new TreeMap<>();
        Set<String> names = Set.of(file.toString(), file + "-wal", file + "-shm");
        long self = ProcessHandle.current().pid();
        ProcessHandle.allProcesses().filter(p -> p.pid() != self).forEach(p -> {
            try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + p.pid() + "/fd"))) {
                for (Path d : descriptors) {
                    if (names.contains(Files.readSymbolicLink(d).toString())) {
                        holders.put(p.pid(), p.info().command().orElse("?"));
                    }
                }
            } catch (IOException | java.nio.file.DirectoryIteratorException e) {
                // The process has ended, or is not ours to look into: the finding says what could be seen.
                return;
            }
        });
        if (!holders.isEmpty()) {
            findings.add(Finding.info(
                    "SRC-OPEN-BY",
                    file.toString(),
                    "is open in " + holders.size() + " other process(es) that could be looked into: "
                            + holders.entrySet().stream()
                                    .limit(10)
                                    .map(e -> e.getKey() + " " + e.getValue())
                                    .toList(),
                    "Know each of them: at the switch all writers must follow"));
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
