package io.liteferry.core.preflight;

import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
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
        boolean harmless = new FileChecks(file.path().toAbsolutePath(), findings).check();
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

    public static boolean blocked(List<Finding> findings) {
        return findings.stream().anyMatch(f -> f.severity() == Finding.Severity.BLOCKER);
    }
}
