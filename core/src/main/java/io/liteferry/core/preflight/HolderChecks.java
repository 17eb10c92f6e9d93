package io.liteferry.core.preflight;

import io.liteferry.core.sqlite.ReadTurn;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who else has the file open: which command, as which user, with which SQLite library. */
final class HolderChecks {
    private static final int NAMED = 10;
    private static final Pattern LIBRARY =
            Pattern.compile("(?:libsqlite3\\.so\\.|sqlite-)(3)\\.(\\d+)\\.(\\d+)[^/]*$", Pattern.MULTILINE);

    private final Path file;
    private final List<Finding> findings;
    private int unseen;

    /**
     * A process that has the file open.
     *
     * @param deleted it has a file open that stood at the path and was deleted or replaced
     * @param ours it is a service of ours
     */
    private record Holder(String pid, String command, int uid, boolean deleted, boolean ours) {
        @Override
        public String toString() {
            return pid + " " + command + " (user id " + uid + ")";
        }
    }

    HolderChecks(Path file, List<Finding> findings) {
        this.file = file;
        this.findings = findings;
    }

    void check(Surroundings from) throws IOException {
        List<Holder> holders = holders(from.processes());
        if (!holders.isEmpty() || unseen > 0) {
            findings.add(Finding.info(
                    "SRC-OPEN-BY",
                    file.toString(),
                    "is open in " + holders.size() + " other process(es)" + named(holders) + "; " + unseen
                            + " process(es) could not be looked into"
                            + (unseen > 0 ? " by user id " + from.user().uid() : ""),
                    "Know each of them: at the switch all writers must follow"));
        }
        for (Holder h : holders) {
            if (h.uid() != from.user().uid() && from.user().uid() != 0 && h.uid() != 0) {
                findings.add(Finding.warning(
                        "SRC-OPEN-BY-USER",
                        file.toString(),
                        "is open in " + h + ", this process runs as "
                                + from.user().uid(),
                        "Run as the application's user, or share a group that can write file and folder"));
            }
            if (h.deleted()) {
                findings.add(Finding.warning(
                        "SRC-OPEN-DELETED",
                        file.toString(),
                        "was deleted or replaced while " + h
                                + " had it open: what that process writes is in no file of this name",
                        "Restart that process before anything is installed"));
            }
            if (h.command().contains("litestream")) {
                findings.add(litestream(file, "is open in " + h));
            }
            library(from.processes().resolve(h.pid()))
                    .ifPresent(version -> findings.add(Finding.warning(
                            "SRC-WAL-RESET-BUG",
                            file.toString(),
                            "is open in " + h + " with SQLite " + version
                                    + ": two connections that checkpoint at once can corrupt a WAL database (3.7.0 to 3.51.2)",
                            "Bring that program to SQLite 3.51.3 or later; we never checkpoint, other programs may")));
        }
    }

    static List<String> strangers(Path file, Surroundings from) throws IOException {
        return new HolderChecks(file, new ArrayList<>())
                .holders(from.processes()).stream()
                        .filter(h -> !h.ours())
                        .map(Holder::toString)
                        .toList();
    }

    static Finding litestream(Path file, String seen) {
        return Finding.warning(
                "SRC-LITESTREAM",
                file.toString(),
                seen
                        + ": it is replicated by Litestream, which holds a read transaction of its own and checkpoints itself",
                "Both work side by side; leave its tables out (table.exclude.list), watch the size of the -wal, and never"
                        + " restore over the live file");
    }

    private static String named(List<Holder> holders) {
        return holders.isEmpty()
                ? ""
                : holders.stream().limit(NAMED).map(Holder::toString).collect(Collectors.joining(", ", ": ", ""))
                        + (holders.size() > NAMED ? " and " + (holders.size() - NAMED) + " more" : "");
    }

    private List<Holder> holders(Path processes) throws IOException {
        List<Holder> holders = new ArrayList<>();
        Path real = file.toRealPath();
        Set<String> names = Set.of(real.toString(), real + "-wal", real + "-shm");
        Path turn = ReadTurn.turn(file);
        String ours = Files.exists(turn) ? turn.toRealPath().toString() : "";
        String self = String.valueOf(ProcessHandle.current().pid());
        try (Stream<Path> listed = Files.isDirectory(processes) ? Files.list(processes) : Stream.empty()) {
            for (Path process : (Iterable<Path>) listed::iterator) {
                String pid = process.getFileName().toString();
                if (pid.matches("[0-9]+") && !pid.equals(self)) {
                    holder(process, names, ours).ifPresent(holders::add);
                }
            }
        }
        return holders;
    }

    private Optional<Holder> holder(Path process, Set<String> names, String turn) {
        boolean open = false;
        boolean ours = false;
        boolean deleted = false;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path d : descriptors) {
                String target = Files.readSymbolicLink(d).toString();
                String name = target.endsWith(" (deleted)") ? target.substring(0, target.length() - 10) : target;
                open |= names.contains(name);
                deleted |= names.contains(name) && !name.equals(target);
                ours |= name.equals(turn);
            }
            return open
                    ? Optional.of(new Holder(
                            process.getFileName().toString(), command(process), FileChecks.uid(process), deleted, ours))
                    : Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            // Ended meanwhile, or not ours to look into.
            unseen += Files.exists(process) ? 1 : 0;
            return Optional.empty();
        }
    }

    private static String command(Path process) throws IOException {
        return Files.readString(process.resolve("comm")).strip();
    }

    /** The version of a library with the bug, where the name of the mapped file tells it. */
    private static Optional<String> library(Path process) {
        try {
            Matcher m = LIBRARY.matcher(Files.readString(process.resolve("maps")));
            while (m.find()) {
                int minor = Integer.parseInt(m.group(2));
                if (minor >= 7 && (minor < 51 || minor == 51 && Integer.parseInt(m.group(3)) < 3)) {
                    return Optional.of("3." + minor + "." + m.group(3));
                }
            }
        } catch (IOException e) {
            // Not ours to look into; the count of those says so.
            return Optional.empty();
        }
        return Optional.empty();
    }
}
