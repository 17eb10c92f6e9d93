package io.liteferry.cli.command;

import io.liteferry.cli.report.SwitchReports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.journal.State;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves the application's writes to PostgreSQL. */
@Command(
        name = "cutover",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(check | start | status | cancel)",
        description = {
            "Switches over: holds the writers of SQLite for a moment, drains, proves, fences, opens PostgreSQL.",
            "Run it on the host of the SQLite file, as the application's user."
        })
public final class CutoverCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of check, start, status, cancel.");
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description =
                    "Shows every gate with its value, its limit, since when, and what helps; exit code 4 where one is closed.")
    int check(@Mixin RunningMigration migration, @Mixin RequestOptions asked, @Mixin OutputOption output) {
        Plan plan = migration.plan();
        Cutover cutover = new Cutover(plan, migration.path(), Clock.systemUTC(), state -> {});
        List<Check> gates = cutover.check(asked.reverse(plan.options()));
        return gates(spec, "cutover", gates, cutover.notes(), migration.again(plan), asked, output);
    }

    /** Prints the gates of a cutover or a rollback. */
    static int gates(
            CommandSpec spec,
            String what,
            List<Check> gates,
            List<String> notes,
            String again,
            RequestOptions asked,
            OutputOption output) {
        List<Check> closed = Gates.closed(gates, asked.overrides());
        List<String> next = closed.isEmpty()
                ? List.of("liteferry " + what + " start" + again)
                : closed.stream().map(Check::help).distinct().toList();
        String kind = what.equals("cutover") ? "CutoverCheck" : "RollbackCheck";
        SwitchReports.gates(
                spec.commandLine().getOut(),
                new SwitchReports.Gates(kind, closed.isEmpty(), gates, notes, asked.overrides(), next),
                output.isJson());
        return closed.isEmpty() ? ExitCode.OK : ExitCode.NOT_READY;
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Switches over, or finishes a cutover that was interrupted after its fence.")
    int start(
            @Mixin RunningMigration migration,
            @Mixin RequestOptions asked,
            @Mixin OutputOption output,
            @Option(names = "--dry-run", description = "Look at the gates and hold nobody; the same as check.")
                    boolean dryRun)
            throws InterruptedException {
        if (dryRun) {
            return check(migration, asked, output);
        }
        Plan plan = migration.plan();
        Request request = asked.request(plan.options());
        Cutover cutover = new Cutover(
                plan,
                migration.path(),
                Clock.systemUTC(),
                told(spec.commandLine().getErr()));
        Outcome outcome = cutover.start(request);
        SwitchReports.Done report = new SwitchReports.Done(
                "CutoverDone",
                outcome,
                List.of(
                        "liteferry status --config " + migration.path(),
                        (request.reverse() ? "liteferry rollback check" : "liteferry complete")
                                + migration.again(plan)));
        SwitchReports.done(spec.commandLine().getOut(), report, output.isJson());
        return ExitCode.OK;
    }

    static Consumer<State> told(PrintWriter err) {
        return state -> err.println(state);
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Shows which side is written, and every step of every cutover and rollback.")
    int status(@Mixin RunningMigration migration, @Mixin OutputOption output) {
        SwitchReports.status(spec.commandLine().getOut(), migration.plan(), output.isJson());
        return ExitCode.OK;
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description =
                    "Asks a running cutover to stop before its fence; lifts the fence of one that was interrupted.")
    int cancel(@Mixin RunningMigration migration) throws InterruptedException {
        Plan plan = migration.plan();
        Cutover cutover = new Cutover(plan, migration.path(), Clock.systemUTC(), state -> {});
        spec.commandLine()
                .getOut()
                .println(cutover.cancel(Request.of(plan.options()).by()));
        return ExitCode.OK;
    }
}
