package io.liteferry.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder with all that is in it. */
final class FileTree {
    private FileTree() {}

    /** Deletes the folder; does nothing where there is none. Links are removed, not followed. */
    static void delete(Path root) throws IOException {
        for (Path path : paths(root)) {
            Files.deleteIfExists(path);
        }
    }

    /** Gives the folder to another user, named by number. */
    static void changeOwner(Path root, int user) throws IOException {
        for (Path path : paths(root)) {
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** What is in a folder comes before the folder. */
    private static List<Path> paths(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
