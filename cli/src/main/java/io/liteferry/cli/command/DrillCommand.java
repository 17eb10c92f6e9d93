package io.liteferry.cli.command;

import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole migration rehearsed on a copy. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description = {
            "Rehearses the whole migration on a copy: load, stream, cutover, writes on PostgreSQL, rollback, cutover again.",
            "Uses embedded servers; the source is only read, the target of the migration file is not touched."
        })
public final class DrillCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description =
                    "Where the copy and the servers' data go, about four times the database; removed afterwards unless"
                            + " --keep is given. A temporary folder by default.")
    private @Nullable Path folder;

    @Option(names = "--keep", description = "Keep the folder.")
    private boolean keep;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Transactions a second of the generated load (default ${DEFAULT-VALUE}): rows take values over from"
                            + " other rows of their table.")
    private int rate = 100;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = file.read();
        if (plan.sources().size() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "One source is rehearsed at a time; name it with --source.");
        }
        PrintWriter err = spec.commandLine().getErr();
        Path where = makeFolder();
        try (Stopping stopping = new Stopping()) {
            Drill drill = new Drill(plan.perSource().get(0), where, rate, err, Clock.systemUTC(), stopping);
            Reports.DrillReport report = drill.run(file.path());
            print(spec.commandLine().getOut(), report);
            return ExitCode.OK;
        } catch (Rehearsal.Interrupted e) {
            err.println("Interrupted.");
            return ExitCode.INTERRUPTED;
        } finally {
            if (keep) {
                err.println("kept: " + where);
            } else {
                DemoCommand.delete(where, err);
            }
        }
    }

    private Path makeFolder() {
        try {
            return folder == null
                    ? Files.createTempDirectory("liteferry-drill-")
                    : Files.createTempDirectory(Files.createDirectories(folder), "drill-");
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED,
                    "Making a folder for the drill: " + e + ". Name another with --folder.",
                    e);
        }
    }

    private void print(PrintWriter out, Reports.DrillReport report) {
        if (output.isJson()) {
            Output.json(out, report);
            return;
        }
        Output.table(
                out,
                List.of("STEP", "SECONDS"),
                report.steps().entrySet().stream()
                        .map(e -> List.of(e.getKey(), String.format(Locale.ROOT, "%.1f", e.getValue())))
                        .toList());
        out.println();
        DemoCommand.moves(out, report.moves());
        out.println("Both sides are equal at the end. The source was only read.");
        Output.nextSteps(out, report.nextSteps());
    }
}
