package io.liteferry.core.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the file system under the file means for SQLite: shared memory, locks, and whether it outlives a restart. */
final class MountChecks {
    private static final Set<String> NETWORK = Set.of(
            "9p",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "fuse.glusterfs",
            "fuse.s3fs",
            "fuse.sshfs",
            "gfs2",
            "glusterfs",
            "lustre",
            "ncpfs",
            "nfs",
            "nfs4",
            "ocfs2",
            "smb2",
            "smb3",
            "smbfs",
            "vboxsf",
            "virtiofs");

    private final Path file;
    private final List<Finding> findings;

    /** A line of the mount table. */
    private record Mount(Path at, String type) {}

    MountChecks(Path file, List<Finding> findings) {
        this.file = file;
        this.findings = findings;
    }

    void check(Path mounts) throws IOException {
        String type = Files.isReadable(mounts)
                ? under(mounts).map(Mount::type).orElse("")
                : Files.getFileStore(file).type().toLowerCase(Locale.ROOT);
        if (type.contains("litefs")) {
            findings.add(Finding.warning(
                    "SRC-LITEFS", file.toString(), "stands on LiteFS", "Run capture on the primary node only"));
        } else if (NETWORK.contains(type)) {
            findings.add(Finding.warning(
                    "SRC-NETWORK-FS",
                    file.toString(),
                    "stands on " + type + "; SQLite's WAL does not work over a network",
                    "Run capture on the host that has the file, and keep all users of the file on that host"));
        } else if (type.equals("tmpfs") || type.equals("ramfs")) {
            findings.add(Finding.warning(
                    "SRC-VOLATILE-FS",
                    file.toString(),
                    "stands in memory (" + type + "): file and change log are gone after a restart of the host",
                    "Move the database to a disk before the migration, or migrate it in one go"));
        } else if (type.equals("overlay") || type.equals("aufs")) {
            findings.add(Finding.warning(
                    "SRC-OVERLAY-FS",
                    file.toString(),
                    "stands in the writable layer of a container (" + type
                            + "): another container or the host sees another file, and it goes with the container",
                    "Keep the database in a volume that the application and capture both mount"));
        }
        Path primary = file.resolveSibling(".primary");
        if (Files.exists(primary)) {
            findings.add(Finding.blocker(
                    "SRC-LITEFS-REPLICA",
                    primary.toString(),
                    "is there: this node is a read-only replica of LiteFS",
                    "Run capture on the node that the file names"));
        }
    }

    /** The last mount of the longest path above the file hides the others. */
    private Optional<Mount> under(Path mounts) throws IOException {
        Path real = file.toRealPath();
        return Files.readAllLines(mounts).stream()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length > 2)
                .map(words -> new Mount(Path.of(unescaped(words[1])), words[2].toLowerCase(Locale.ROOT)))
                .filter(m -> real.startsWith(m.at()))
                .reduce((a, b) -> b.at().getNameCount() >= a.at().getNameCount() ? b : a);
    }

    /** A space stands there as {@code \040}. */
    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
