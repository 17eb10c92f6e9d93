package io.liteferry.core.plan;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One SQLite file of a migration: a stream of its own, with its own log, epoch and position.
 *
 * @param name unique in the target database: key of its records, row of {@code liteferry.applied}
 * @param file its path; empty where none was given
 * @param schema of its tables in PostgreSQL
 * @param partition of every topic that holds its records: its place in the list, so the list only grows at its end
 */
public record Source(String name, String file, String schema, int partition) {
    private static final int LONGEST = 63;
    private static final Set<String> TAKEN = Set.of("liteferry", "information_schema");

    /** What is wrong with the name of a source, if anything. */
    public static Optional<String> nameProblem(String name) {
        return name.matches("[\\p{L}\\p{N}._-]+") && fits(name)
                ? Optional.empty()
                : Optional.of(
                        " is not a name of letters, digits, dot, underscore and hyphen, at most " + LONGEST + " bytes");
    }

    /** What is wrong with the name of a schema, if anything. */
    public static Optional<String> schemaProblem(String schema) {
        String lower = schema.toLowerCase(Locale.ROOT);
        if (TAKEN.contains(lower) || lower.startsWith("pg_")) {
            return Optional.of(" is a schema of PostgreSQL or of Liteferry; give the source another schema");
        }
        return schema.isEmpty() || schema.indexOf('\0') >= 0 || !fits(schema)
                ? Optional.of(" is not a name PostgreSQL takes: 1 to " + LONGEST + " bytes")
                : Optional.empty();
    }

    private static boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }
}
