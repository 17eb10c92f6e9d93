package io.liteferry.core.plan;

import io.liteferry.core.options.Options;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code sources:}. No two may share a name, a file or a schema: their rows would mix. */
final class SourceList {
    private static final String SOURCES = "sources";

    private final PlanProblems problems;
    private final Set<String> names = new HashSet<>();
    private final Set<Path> files = new HashSet<>();
    private final Set<String> schemas = new HashSet<>();

    SourceList(PlanProblems problems) {
        this.problems = problems;
    }

    List<Source> read(YamlMap root, Options options) {
        List<Source> sources = new ArrayList<>();
        if (root.get(SOURCES).isEmpty()) {
            return sources;
        }
        for (YamlMap entry : root.maps(SOURCES)) {
            sources.add(source(entry, sources.size()));
        }
        if (sources.isEmpty() && problems.none()) {
            root.problem(SOURCES, ": is empty; without the key, database.file.path is the only source");
        }
        for (String option : List.of(Options.DATABASE_FILE_PATH, Options.TARGET_SCHEMA)) {
            if (options.given().containsKey(option)) {
                root.problem(SOURCES, ": each source has a file and a schema of its own; remove the option " + option);
            }
        }
        return sources;
    }

    private Source source(YamlMap entry, int place) {
        entry.allow(PlanKeys.SOURCE);
        String name = entry.required("name").orElse("");
        String file = entry.required("file").orElse("");
        String schema = entry.text("schema", name);
        if (entry.text("name").isPresent()) {
            Source.nameProblem(name).ifPresent(p -> entry.problem("name", ": " + name + p));
            Source.schemaProblem(schema).ifPresent(p -> entry.problem("schema", ": " + schema + p));
            unique(entry, "name", name, names.add(name));
            unique(entry, "schema", schema, schemas.add(schema));
        }
        if (entry.text("file").isPresent()) {
            try {
                unique(entry, "file", file, files.add(Path.of(file).normalize()));
            } catch (InvalidPathException e) {
                entry.problem("file", ": is not a path: " + e.getReason());
            }
        }
        return new Source(name, file, schema, place);
    }

    private static void unique(YamlMap entry, String key, String value, boolean first) {
        if (!first) {
            entry.problem(key, ": " + value + " is that of another source");
        }
    }
}
