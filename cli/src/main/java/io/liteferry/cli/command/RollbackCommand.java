package io.liteferry.cli.command;

import io.liteferry.cli.report.SwitchReports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.Rollback;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves the application's writes back to SQLite. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(check | start | status)",
        description = {
            "Goes back: holds the writers of PostgreSQL for a moment, drains, proves, closes it, opens SQLite.",
            "Nothing that was written to PostgreSQL is lost. Afterwards the migration streams on, and can cut over again."
        })
public final class RollbackCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of check, start, status.");
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description =
                    "Shows every gate with its value, its limit, since when, and what helps; exit code 4 where one is closed.")
    int check(@Mixin RunningMigration migration, @Mixin RequestOptions asked, @Mixin OutputOption output) {
        Plan plan = migration.plan();
        List<Check> gates = rollback(plan, migration).check();
        return CutoverCommand.gates(spec, "rollback", gates, List.of(), migration.again(plan), asked, output);
    }

    private Rollback rollback(Plan plan, RunningMigration migration) {
        return new Rollback(
                plan,
                migration.path(),
                Clock.systemUTC(),
                CutoverCommand.told(spec.commandLine().getErr()));
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Goes back, or finishes a rollback that was interrupted after PostgreSQL was closed.")
    int start(@Mixin RunningMigration migration, @Mixin RequestOptions asked, @Mixin OutputOption output)
            throws InterruptedException {
        Plan plan = migration.plan();
        Outcome outcome = rollback(plan, migration).start(asked.request(plan.options()));
        SwitchReports.Done report = new SwitchReports.Done(
                "RollbackDone", outcome, List.of("liteferry status --config " + migration.path()));
        SwitchReports.done(spec.commandLine().getOut(), report, output.isJson());
        return ExitCode.OK;
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows which side is written, and every step of every cutover and rollback.")
    int status(@Mixin RunningMigration migration, @Mixin OutputOption output) {
        SwitchReports.status(spec.commandLine().getOut(), migration.plan(), output.isJson());
        return ExitCode.OK;
    }
}
