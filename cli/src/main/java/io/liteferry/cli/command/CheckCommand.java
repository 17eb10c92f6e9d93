package io.liteferry.cli.command;

import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.planning.PlanProgress;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.planning.SourceNames;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.preflight.Preflight;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at the source, and at the target where one is given, and lists what stands in the way. Writes nothing. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Read-only preflight: lists findings with id, severity and remedy.",
            "Exit code 0 without blockers, 3 with."
        })
public final class CheckCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "The SQLite database; several, or a quoted pattern, for one migration of all.")
    private List<String> files = List.of();

    @Option(names = "--target", paramLabel = "JDBC-URL", description = "The PostgreSQL to move to.")
    private @Nullable String target;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Optional<PgConnections> connections =
                Optional.ofNullable(target).map(url -> TargetUrl.connections(url, Options.defaults()));
        List<Finding> findings = findings(connections);
        String source = files.stream().map(CheckCommand::quoted).collect(Collectors.joining(" "));
        boolean blocked = findings.stream().anyMatch(f -> f.severity() == Finding.Severity.BLOCKER);
        String plan = "liteferry plan " + source + (target == null ? "" : " --target " + target) + " > migration.yaml";
        List<String> next = List.of(blocked ? "liteferry check " + source : plan);
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, new Reports.CheckReport(findings, next));
        } else {
            for (Finding f : findings) {
                out.println(f.severity().name().toLowerCase(Locale.ROOT) + " " + f.id() + " " + f.subject());
                out.println("  found:  " + f.found());
                if (!f.remedy().isEmpty()) {
                    out.println("  remedy: " + f.remedy());
                }
            }
            out.println(blocked ? "There are blockers." : "No blockers.");
            Output.nextSteps(out, next);
        }
        return blocked ? ExitCode.PREFLIGHT : ExitCode.OK;
    }

    /** The shell must not take a pattern apart. */
    private static String quoted(String file) {
        return FileList.isPattern(file) ? "'" + file + "'" : file;
    }

    private List<Finding> findings(Optional<PgConnections> connections) {
        List<Path> found = FileList.of(files);
        if (found.size() == 1) {
            return Preflight.check(new SqliteFile(found.get(0)), connections);
        }
        List<Finding> findings = new ArrayList<>();
        Map<String, SqliteFile> readable = new LinkedHashMap<>();
        SourceNames.of(found).forEach((file, name) -> {
            SqliteFile sqlite = new SqliteFile(file);
            // The target is one; it is looked at with the first file.
            List<Finding> own = Preflight.check(sqlite, findings.isEmpty() ? connections : Optional.empty());
            if (!Preflight.blocked(own)) {
                readable.put(name, sqlite);
            }
            own.forEach(f ->
                    findings.add(new Finding(f.id(), f.severity(), name + ": " + f.subject(), f.found(), f.remedy())));
        });
        if (readable.size() > 1) {
            findings.addAll(new Planner(name(found), readable, Options.defaults(), PlanProgress.SILENT).differences());
        }
        return findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
    }

    private static String name(List<Path> found) {
        return SourceNames.migration(found.get(0));
    }
}
