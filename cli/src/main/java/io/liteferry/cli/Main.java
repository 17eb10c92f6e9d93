package io.liteferry.cli;

import io.liteferry.cli.command.ApplyCommand;
import io.liteferry.cli.command.BackupCommand;
import io.liteferry.cli.command.CheckCommand;
import io.liteferry.cli.command.CompareCommand;
import io.liteferry.cli.command.CompleteCommand;
import io.liteferry.cli.command.CutoverCommand;
import io.liteferry.cli.command.DemoCommand;
import io.liteferry.cli.command.DiffCommand;
import io.liteferry.cli.command.DrillCommand;
import io.liteferry.cli.command.ManifestCommand;
import io.liteferry.cli.command.PlanCommand;
import io.liteferry.cli.command.QuarantineCommand;
import io.liteferry.cli.command.RepairCommand;
import io.liteferry.cli.command.ReportCommand;
import io.liteferry.cli.command.RollbackCommand;
import io.liteferry.cli.command.RunCommand;
import io.liteferry.cli.command.SchemaWindowCommand;
import io.liteferry.cli.command.SignalCommand;
import io.liteferry.cli.command.StatusCommand;
import io.liteferry.cli.command.UninstallCommand;
import io.liteferry.cli.command.ValidateCommand;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: {@code liteferry <command>}. */
@Command(
        name = "liteferry",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Moves a live SQLite database into PostgreSQL and proves row by row that both are equal.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            CheckCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            RunCommand.class,
            StatusCommand.class,
            ValidateCommand.class,
            CompareCommand.class,
            ManifestCommand.class,
            DiffCommand.class,
            RepairCommand.class,
            QuarantineCommand.class,
            SignalCommand.class,
            SchemaWindowCommand.class,
            BackupCommand.class,
            CutoverCommand.class,
            RollbackCommand.class,
            CompleteCommand.class,
            ReportCommand.class,
            DrillCommand.class,
            UninstallCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ok",
            "1:failed",
            "2:wrong usage, migration file or option",
            "3:the preflight found blockers",
            "4:not ready, or rows differ",
            "5:an operation did not answer in time",
            "6:connection lost",
            "130:interrupted"
        })
public final class Main implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    @Spec
    CommandSpec spec;

    private Main() {
        // picocli injects the spec before any method runs.
        this.spec = CommandSpec.create();
    }

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(execute(out, err, args));
    }

    /** Runs one command line and returns its exit code; standard output holds the result and nothing else. */
    public static int execute(PrintWriter out, PrintWriter err, String... args) {
        int exit = new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line.getErr()))
                .execute(args);
        out.flush();
        err.flush();
        return exit;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    private static int failed(Exception e, PrintWriter err) {
        if (e instanceof LiteferryException known) {
            LOG.debug("Command failed", known);
            err.println(known.getMessage());
            return known.code().exitCode();
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            err.println("Interrupted.");
            return ExitCode.INTERRUPTED;
        }
        LOG.debug("Command failed", e);
        err.println(ErrorCode.INTERNAL + " " + e.getClass().getSimpleName() + ": " + e.getMessage()
                + ". This is an error of Liteferry; LITEFERRY_LOG_LEVEL=DEBUG shows where. Please report it.");
        return ErrorCode.INTERNAL.exitCode();
    }
}
