package io.liteferry.cli.command;

import io.liteferry.cli.report.KeptManifest;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.ReportPage;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.cutover.MigrationReport;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One file for the sign-off. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description =
                "Prints one self-contained file for the sign-off: what moved, every check, every override, every pause, rows and"
                        + " checksums of both sides (taken now, unless they were since the last switch).")
public final class ReportCommand implements Callable<Integer> {
    /** Forms of the report. */
    enum Format {
        HTML,
        JSON
    }

    @Mixin
    private RunningMigration migration = new RunningMigration();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "html|json",
            description = "Form of the report.")
    private Format format = Format.HTML;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = migration.plan();
        KeptManifest.take(plan, migration.path(), spec.commandLine().getErr());
        MigrationReport report = MigrationReport.of(plan, Clock.systemUTC());
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.JSON) {
            Output.json(out, report);
        } else {
            ReportPage.print(out, report);
        }
        return ExitCode.OK;
    }
}
