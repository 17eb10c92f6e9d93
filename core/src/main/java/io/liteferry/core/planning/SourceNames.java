package io.liteferry.core.planning;

import io.liteferry.core.plan.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Names for migrations and sources, from the names of their files. */
public final class SourceNames {
    private static final int LONGEST = 63;
    private static final int HASH = 8;

    private SourceNames() {}

    /** The migration's name: the file's, without its ending, in characters that topics allow. */
    public static String migration(Path file) {
        String stem = stem(file).replaceAll("[^a-zA-Z0-9_-]+", "-");
        String bare = stem.replaceAll("^-+|-+$", "");
        return bare.isEmpty() ? "app" : bare.substring(0, Math.min(bare.length(), 60));
    }

    /**
     * A name for each of several files, by file: its own, without its ending; with the folder's before it where two files
     * are called the same, and with a hash of the path where that is not enough, or the name is no name for a schema.
     */
    public static Map<Path, String> of(Collection<Path> files) {
        Map<String, Integer> byStem = new HashMap<>();
        files.forEach(f -> byStem.merge(bare(f, false), 1, Integer::sum));
        Map<Path, String> names = new LinkedHashMap<>();
        for (Path file : files) {
            String name = bare(file, false);
            if (byStem.getOrDefault(name, 0) > 1) {
                name = bare(file, true);
            }
            names.put(file, fits(name) && !names.containsValue(name) ? name : hashed(name, file));
        }
        return names;
    }

    private static boolean fits(String name) {
        return Source.nameProblem(name).isEmpty() && Source.schemaProblem(name).isEmpty();
    }

    private static String hashed(String name, Path file) {
        String hash = UUID.nameUUIDFromBytes(file.toString().getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, HASH);
        String start = name.startsWith("pg_") ? "t_" + name : name;
        while ((start + "-" + hash).getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
        }
        return start + "-" + hash;
    }

    private static String bare(Path file, boolean withFolder) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        String parent = withFolder && folder != null && folder.getFileName() != null ? folder.getFileName() + "-" : "";
        String bare =
                (parent + stem(file)).replaceAll("[^\\p{L}\\p{N}._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        return bare.isEmpty() ? "source" : bare;
    }

    private static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    }
}
