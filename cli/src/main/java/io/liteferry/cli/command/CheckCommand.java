package io.liteferry.cli.command;

import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.preflight.Preflight;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
    @Parameters(index = "0", paramLabel = "FILE", description = "The SQLite database.")
    private Path source = Path.of("");

    @Option(names = "--target", paramLabel = "JDBC-URL", description = "The PostgreSQL to move to.")
    private @Nullable String target;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            description = "Form of the result.")
    private Output.Format output = Output.Format.TABLE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Optional<PgConnections> connections =
                Optional.ofNullable(target).map(url -> TargetUrl.connections(url, Options.defaults()));
        List<Finding> findings = Preflight.check(new SqliteFile(source), connections);
        boolean blocked = findings.stream().anyMatch(f -> f.severity() == Finding.Severity.BLOCKER);
        String plan = "liteferry plan " + source + (target == null ? "" : " --target " + target) + " > migration.yaml";
        List<String> next = List.of(blocked ? "liteferry check " + source : plan);
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.Format.JSON) {
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
}
