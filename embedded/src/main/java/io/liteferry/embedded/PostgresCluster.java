package io.liteferry.embedded;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of one PostgreSQL server: {@code data}, its password, its log. Made when they are missing; a half-made {@code data} is never taken for a
 * whole one.
 */
record PostgresCluster(Path root) {
    static final String USER = "postgres";

    private static final String SETTINGS = "liteferry.conf";

    Path data() {
        return root.resolve("data");
    }

    Path log() {
        return root.resolve("server.log");
    }

    /** The superuser's password, known to who may read the file. */
    String password() throws IOException {
        return Files.readString(root.resolve("password"));
    }

    boolean exists() {
        return Files.exists(data().resolve("PG_VERSION"));
    }

    /** Makes the cluster with initdb. */
    void create(int major, Path binaries, UnprivilegedCommand unprivileged, boolean durable) throws IOException {
        Path unfinished = root.resolve("data.unfinished");
        FileTree.delete(unfinished);
        Files.createDirectory(unfinished, ownerOnly("rwx------"));
        if (unprivileged.ownsData()) {
            FileTree.changeOwner(unfinished, UnprivilegedCommand.NOBODY);
        }
        List<String> initdb = new ArrayList<>(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + unfinished,
                "--username=" + USER,
                "--pwfile=" + newPassword(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C"));
        if (major >= 17) {
            initdb.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        }
        if (!durable) {
            initdb.add("--no-sync");
        }
        Process process = new ProcessBuilder(unprivileged.command(initdb))
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        if (Interruptibly.waitFor(process) != 0) {
            throw new EmbeddedServerException("Could not make the embedded PostgreSQL's files: initdb failed: "
                    + logTail() + " Look into " + log() + ".");
        }
        Files.writeString(
                unfinished.resolve("postgresql.conf"),
                "\ninclude_if_exists = '" + SETTINGS + "'\n",
                StandardOpenOption.APPEND);
        try {
            Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("The folder " + root + " spans file systems", e);
        }
    }

    /** Writes the settings of the next start. */
    void configure(Map<String, String> settings) throws IOException {
        StringBuilder lines = new StringBuilder("# Written at each start.\n");
        settings.forEach((name, value) -> lines.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Files.writeString(data().resolve(SETTINGS), lines);
    }

    /** The process that the files say serves them, if it is alive and really does. */
    Optional<ProcessHandle> postmaster() throws IOException {
        return pidLines()
                .flatMap(lines -> ProcessHandle.of(Long.parseLong(lines.get(0).strip())))
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("postgres") && line.contains(data().toString()))
                        .isPresent());
    }

    /** The port of the running postmaster. */
    Optional<Integer> port() throws IOException {
        if (postmaster().isEmpty()) {
            return Optional.empty();
        }
        return pidLines()
                .filter(lines -> lines.size() > 3)
                .map(lines -> Integer.parseInt(lines.get(3).strip()));
    }

    /**
     * Removes the note of a postmaster that is gone, when its number now belongs to some other process: PostgreSQL would refuse to start.
     * Where no process has the number, PostgreSQL removes the note itself, after looking for backends that are still there.
     */
    void forgetForeignProcess() throws IOException {
        Optional<Long> pid = pidLines().map(lines -> Long.parseLong(lines.get(0).strip()));
        if (pid.isPresent()
                && ProcessHandle.of(pid.get()).isPresent()
                && postmaster().isEmpty()) {
            Files.deleteIfExists(data().resolve("postmaster.pid"));
        }
    }

    /** The log's last lines, as one line. */
    String logTail() throws IOException {
        if (!Files.exists(log())) {
            return "";
        }
        List<String> lines = Files.readAllLines(log());
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 6), lines.size()));
    }

    private Optional<List<String>> pidLines() throws IOException {
        Path file = data().resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines);
    }

    private Path newPassword() throws IOException {
        Path file = root.resolve("password");
        Files.deleteIfExists(file);
        Files.createFile(file, ownerOnly("rw-------"));
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return Files.writeString(file, HexFormat.of().formatHex(random));
    }

    private static FileAttribute<?> ownerOnly(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
