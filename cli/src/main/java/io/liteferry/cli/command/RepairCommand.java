package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MismatchReports;
import io.liteferry.cli.report.Output;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.validator.MismatchEntries;
import io.liteferry.validator.RepairRequest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks capture to send the rows that differ again, in order with live changes: never a side write. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description =
                "Has capture send the keys that the validator found different again; the services must be running.")
public final class RepairCommand implements Callable<Integer> {
    private static final int SHOWN = 100;

    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TABLE",
            description = "One table, by its name in SQLite; all by default.")
    private @Nullable String table;

    @Option(names = "--dry-run", description = "Say which rows would be sent again, and send nothing.")
    private boolean dryRun;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        MismatchReports.Repair report = dryRun ? look(plan) : ask(plan);
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, report);
            return 0;
        }
        DiffCommand.lines(out, report.rows(), plan.several());
        out.println(
                report.keys() == 0
                        ? "Nothing is known to differ."
                        : (report.asked() ? "Asked" : "Would ask") + " capture to send " + Output.count(report.keys())
                                + " keys again.");
        Output.nextSteps(out, report.nextSteps());
        return 0;
    }

    private MismatchReports.Repair ask(Plan plan) {
        for (Plan source : plan.perSource()) {
            if (Sides.flowsBack(source, PgConnections.of(source.options()))) {
                throw new LiteferryException(
                        ErrorCode.CUTOVER_STATE,
                        "Repairing " + source.source()
                                + ": the application writes to PostgreSQL, and capture sends nothing"
                                + " now. An UPDATE of the rows in PostgreSQL that sets a column to itself carries them to SQLite"
                                + " again.");
            }
        }
        long keys = plan.perSource().stream()
                .mapToLong(source -> RepairRequest.request(source, Optional.ofNullable(table)))
                .sum();
        String history = table == null ? "" : "liteferry diff " + table + " --history --config " + file.path();
        return new MismatchReports.Repair(
                true,
                keys,
                List.of(),
                history.isEmpty()
                        ? List.of("liteferry status --config " + file.path())
                        : List.of("liteferry status --config " + file.path(), history));
    }

    private MismatchReports.Repair look(Plan plan) {
        String wanted = table == null ? "" : RepairRequest.known(plan, table);
        List<MismatchReports.Line> lines = new ArrayList<>();
        long keys = 0;
        for (Plan source : plan.perSource()) {
            MismatchEntries entries = new MismatchEntries(source);
            keys += entries.open(wanted);
            entries.list(wanted, List.of(), false, SHOWN - lines.size())
                    .forEach(e -> lines.add(DiffCommand.line(source, e, Map.of())));
        }
        return new MismatchReports.Repair(
                false,
                keys,
                lines,
                List.of("liteferry repair " + (wanted.isEmpty() ? "" : wanted + " ") + "--config " + file.path()));
    }
}
