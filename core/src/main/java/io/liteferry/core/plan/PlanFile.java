package io.liteferry.core.plan;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** {@code migration.yaml}: the file a person reviews, and the {@link Plan} it stands for. */
public final class PlanFile {
    public static final String API_VERSION = "liteferry/v1";
    public static final String KIND = "Migration";

    private PlanFile() {}

    /**
     * Reads a migration file. Relative paths of databases are taken from the folder of the file.
     *
     * @throws LiteferryException {@link ErrorCode#PLAN_INVALID} with every problem and its line
     */
    public static Plan read(Path file) {
        String yaml;
        try {
            yaml = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new LiteferryException(
                    ErrorCode.PLAN_NOT_READABLE, "Reading " + file + ": it is not UTF-8 text. Save it as UTF-8.", e);
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.PLAN_NOT_READABLE,
                    "Reading " + file + ": " + e + ". Make one with: liteferry plan FILE > migration.yaml",
                    e);
        }
        return resolved(new PlanReader(file.toString()).read(yaml), file);
    }

    /** Writes the file without comments; {@code plan} prints one with them. */
    public static void write(Plan plan, Path file) {
        try {
            Files.writeString(file, yaml(plan, PlanNotes.NONE));
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.PLAN_NOT_READABLE, "Writing " + file + ": " + e + ". Check the folder.", e);
        }
    }

    public static String yaml(Plan plan, PlanNotes notes) {
        return new PlanWriter(notes).write(plan);
    }

    private static Plan resolved(Plan plan, Path file) {
        Options options = plan.options();
        for (String hook : List.of(Options.HOOKS_SQL_AFTER_LOAD, Options.HOOKS_SQL_AT_SWITCH)) {
            String files = options.list(hook).stream()
                    .map(written -> absolute(file, written))
                    .collect(Collectors.joining(","));
            options = files.isEmpty() ? options : options.with(hook, files);
        }
        Plan resolved = new Plan(
                plan.name(),
                options,
                plan.tables(),
                plan.listed().stream()
                        .map(s -> new Source(s.name(), absolute(file, s.file()), s.schema(), s.partition()))
                        .toList(),
                List.of());
        return options.optional(Options.DATABASE_FILE_PATH)
                .map(written -> resolved.withOptions(
                        resolved.options().with(Options.DATABASE_FILE_PATH, absolute(file, written))))
                .orElse(resolved);
    }

    private static String absolute(Path file, String written) {
        return file.toAbsolutePath().resolveSibling(written).normalize().toString();
    }
}
