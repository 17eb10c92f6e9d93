package io.liteferry.core.preflight;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a source and a target before anything is installed. Read only: a journal mode is asked for, never switched. The
 * file is looked at by stat first, and opened only where that can do the application no harm.
 */
public final class Preflight {
    private Preflight() {}

    /** Findings, worst first. */
    public static List<Finding> check(SqliteFile file, Optional<PgConnections> target) {
        return check(file, target, "public");
    }

    /** @param schema the target's schema */
    public static List<Finding> check(SqliteFile file, Optional<PgConnections> target, String schema) {
        List<Finding> findings = new ArrayList<>();
        boolean harmless = new FileChecks(file.path().toAbsolutePath(), surroundings(), findings).check();
        if (harmless) {
            new DatabaseChecks(file, findings).check();
        }
        target.ifPresent(t -> new TargetChecks(t, schema, findings).check());
        return findings.stream()
                .sorted(Comparator.comparing(Finding::severity)
                        .thenComparing(Finding::id)
                        .thenComparing(Finding::subject))
                .toList();
    }

    /** Processes that have the file open and are neither this one nor a service of ours, each with its id, command and user. */
    public static List<String> strangers(SqliteFile file) {
        try {
            return HolderChecks.strangers(file.path().toAbsolutePath(), surroundings());
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Looking who has " + file.path() + " open: " + e + ". Check /proc.",
                    e);
        }
    }

    private static Surroundings surroundings() {
        try {
            return Surroundings.current();
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Finding out as which user this process runs: " + e
                            + ". Check /proc and the folder for temporary files.",
                    e);
        }
    }

    public static boolean blocked(List<Finding> findings) {
        return findings.stream().anyMatch(f -> f.severity() == Finding.Severity.BLOCKER);
    }
}
