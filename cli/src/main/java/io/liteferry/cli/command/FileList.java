package io.liteferry.cli.command;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The files that arguments name: each a path, or a pattern of which the last part holds {@code * ? [ ] { }}. */
final class FileList {
    private FileList() {}

    static boolean isPattern(String argument) {
        return argument.matches(".*[*?\\[{].*") && !Files.exists(path(argument));
    }

    private static Path path(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            return Path.of("");
        }
    }

    /**
     * The files, those of a pattern by name; none of SQLite's own beside a database.
     *
     * @throws LiteferryException where a pattern matches nothing, or a file is named twice
     */
    static List<Path> of(List<String> arguments) {
        Map<Object, Path> files = new LinkedHashMap<>();
        for (String argument : arguments) {
            for (Path file : isPattern(argument) ? matching(argument) : List.of(Path.of(argument))) {
                Path before = files.putIfAbsent(identity(file), file);
                if (before != null) {
                    throw new LiteferryException(
                            ErrorCode.OPTION_INVALID,
                            "Listing the files: " + file + " is the same file as " + before
                                    + ". Name each database once: one file is one source.");
                }
            }
        }
        return List.copyOf(files.values());
    }

    /** What two names of one file have in common, links included. */
    private static Object identity(Path file) {
        try {
            Path real = file.toRealPath();
            Object key = Files.readAttributes(real, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            return key == null ? real : key;
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }

    private static List<Path> matching(String pattern) {
        int cut = pattern.lastIndexOf('/') + 1;
        Path folder = Path.of(cut == 0 ? "." : pattern.substring(0, cut));
        List<Path> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(cut));
            entries.filter(f -> matcher.matches(f.getFileName()))
                    .filter(Files::isRegularFile)
                    .filter(f -> !f.toString().matches(".*-(wal|shm|journal|liteferry-turn)"))
                    .sorted()
                    .forEach(found::add);
        } catch (IOException | PatternSyntaxException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Listing " + pattern + ": " + e + ". Only the last part of a path may be a pattern.",
                    e);
        }
        if (found.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Listing " + pattern + ": no file matches. Correct the pattern, or name the files.");
        }
        return found;
    }
}
