package io.liteferry.validator.verdict;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.TableTally;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The conditions of READY that are about the schema of both sides. */
final class SchemaRules {
    private static final String STATUS = "liteferry status --config migration.yaml";
    private static final String PLAN_DIFF = "liteferry plan --diff --config migration.yaml";

    private SchemaRules() {}

    /** @param sourceVersion the source's schema_version of now, where it could be read */
    static List<Check> checks(Facts f, OptionalLong sourceVersion, TargetObjects.Missing missing) {
        return List.of(
                drift(f, sourceVersion),
                all(
                        "sequences_planned",
                        missing.sequences(),
                        missing.withoutSequence(),
                        "identity columns have a sequence in the target",
                        STATUS),
                all(
                        "foreign_keys_checked",
                        missing.foreignKeys(),
                        missing.unchecked(),
                        "foreign keys are there and checked against all rows",
                        STATUS),
                all("after_load", missing.files(), missing.notRun(), "files of hooks.sql.after_load run", STATUS));
    }

    private static Check drift(Facts f, OptionalLong sourceVersion) {
        List<String> drifted = new ArrayList<>();
        if (f.applied().isPresent() && sourceVersion.isPresent()) {
            AppliedPosition applied = f.applied().get();
            if (applied.schemaVersion() != sourceVersion.getAsLong()) {
                drifted.add("the source's schema is at version " + sourceVersion.getAsLong()
                        + ", the target was filled at " + applied.schemaVersion());
            }
        }
        f.passes().values().stream()
                .flatMap(p -> unfit(p.tally()).stream())
                .sorted()
                .forEach(drifted::add);
        return new Check(
                "no_schema_drift",
                drifted.isEmpty(),
                drifted.isEmpty() ? "both sides as planned" : String.join("; ", drifted),
                "both sides as planned",
                PLAN_DIFF);
    }

    private static List<String> unfit(TableTally tally) {
        return tally.reason().stream()
                .filter(r -> r.kind() == NotComparableException.Kind.PLAN_UNFIT)
                .map(NotComparableException::reason)
                .toList();
    }

    private static Check all(String name, int wanted, List<String> lacking, String what, String help) {
        String named = lacking.isEmpty()
                ? ""
                : "; not " + String.join(", ", lacking.stream().limit(5).toList());
        return new Check(
                name, lacking.isEmpty(), wanted - lacking.size() + " of " + wanted + " " + what + named, "all", help);
    }
}
