package io.liteferry.cli.command;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.liteferry.cli.report.Output;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.Source;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.planning.PlanProgress;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.planning.SchemaDifference;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code plan --diff}: what a migration file or a target's schema has that the source does not ask for, and the other way round. */
final class PlanDifferences {
    private final PlanProgress progress;
    private String against = "";
    private List<SchemaDifference> found = List.of();
    private List<String> next = List.of();

    /** The result as a document. */
    record Report(
            @JsonProperty("apiVersion") String apiVersion,
            @JsonProperty("kind") String kind,
            @JsonProperty("compared_with") String comparedWith,
            @JsonProperty("differences") List<SchemaDifference> differences,
            @JsonProperty("next_steps") List<String> nextSteps) {}

    PlanDifferences(PlanProgress progress) {
        this.progress = progress;
    }

    /** @param files to look at; those of the migration file where there are none */
    void ofFile(Path config, List<String> files) {
        Plan file = PlanFile.read(config);
        Options options = file.options().withEnvironment(System.getenv());
        Planner planner = new Planner(file.name(), sources(file, files), options, progress);
        List<TablePlan> asked = new ArrayList<>();
        if (file.tables().isEmpty() || file.tables().stream().anyMatch(TablePlan::made)) {
            Stream<TablePlan> made = planner.plan().plan().tables().stream();
            asked.addAll(made.filter(t -> file.table(t.source()).stream().allMatch(TablePlan::made))
                    .toList());
        }
        if (file.tables().stream().anyMatch(t -> !t.made())) {
            Stream<TablePlan> existing = planner.planOnto(PgConnections.of(options)).plan().tables().stream();
            asked.addAll(existing.filter(
                            t -> asked.stream().noneMatch(a -> a.source().equals(t.source())))
                    .toList());
        }
        found = SchemaDifference.ofFile(file, file.withTables(asked));
        against = config.toString();
        next = List.of("Edit " + config + " where the source is right, then: liteferry apply --config " + config
                + " --dry-run");
    }

    private static Map<String, SqliteFile> sources(Plan file, List<String> files) {
        Map<String, SqliteFile> sources = new LinkedHashMap<>();
        if (files.isEmpty()) {
            for (Source s : file.sources()) {
                sources.put(s.name(), new SqliteFile(Path.of(s.file())));
            }
        } else {
            FileList.of(files).forEach(f -> sources.put(f.toString(), new SqliteFile(f)));
        }
        return sources;
    }

    void ofTarget(Path file, Options options, PgConnections target) {
        Plan asked = new Planner(new SqliteFile(file), options, progress).plan().plan();
        String schema = options.string(Options.TARGET_SCHEMA);
        found = SchemaDifference.ofTarget(target, schema, asked);
        against = "schema " + schema + " of the target";
        next = List.of("liteferry plan " + file + " --target " + target.url()
                + " says which values would not fit the types that are there");
    }

    int print(PrintWriter out, boolean json) {
        List<String> steps = found.isEmpty() ? List.of() : next;
        if (json) {
            Output.json(out, new Report(PlanFile.API_VERSION, "PlanDiff", against, found, steps));
        } else if (found.isEmpty()) {
            out.println("No difference between what the source asks for and " + against + ".");
        } else {
            Output.table(
                    out,
                    List.of(
                            "TABLE",
                            "PART",
                            "SOURCE ASKS FOR",
                            against.startsWith("schema ") ? "TARGET HAS" : "FILE HAS"),
                    found.stream()
                            .map(d -> List.of(d.table(), d.part(), shown(d.asked()), shown(d.found())))
                            .toList());
            Output.nextSteps(out, steps);
        }
        out.flush();
        return found.isEmpty() ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private static String shown(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
