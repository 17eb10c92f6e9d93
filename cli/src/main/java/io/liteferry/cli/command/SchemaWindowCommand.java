package io.liteferry.cli.command;

import io.liteferry.capture.install.SchemaWindow;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes our triggers off tables while the application migrates them, and puts them back. */
@Command(
        name = "schema-window",
        mixinStandardHelpOptions = true,
        description = {
            "Takes our triggers off the tables while the application runs a migration that they would hinder, and puts"
                    + " them back.",
            "In its window a table is not captured; after it the table is snapshotted again. The SQLite file is all"
                    + " that is needed: the services may run or not."
        })
public final class SchemaWindowCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(
            index = "0",
            paramLabel = "open|close",
            description = "open: take the triggers off; close: make them again.")
    private Action action = Action.open;

    @Option(
            names = "--table",
            split = ",",
            paramLabel = "TABLE",
            description = "Only these tables, by their names in SQLite; all by default.")
    private Set<String> tables = new LinkedHashSet<>();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** As they are typed. */
    enum Action {
        open,
        close
    }

    @Override
    public Integer call() {
        Plan plan = file.read();
        for (String table : tables) {
            if (plan.table(table).isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "the plan has no table " + table + "; give the name that it has in SQLite");
            }
        }
        Instant now = Clock.systemUTC().instant();
        List<Reports.WindowLine> lines = new ArrayList<>();
        Map<String, LiteferryException> failed = EachSource.run(plan, source -> {
            SchemaWindow window = new SchemaWindow(source);
            (action == Action.open ? window.open(tables, now) : window.close(tables))
                    .forEach(t -> lines.add(line(source, t)));
        });
        print(plan, lines, failed);
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Reports.WindowLine line(Plan source, SchemaWindow.Table t) {
        return new Reports.WindowLine(
                source.source(),
                t.name(),
                t.state().name().toLowerCase(Locale.ROOT),
                t.since().orElse(null),
                t.obstacle().orElse(null));
    }

    private void print(Plan plan, List<Reports.WindowLine> lines, Map<String, LiteferryException> failed) {
        List<String> next = List.of((action == Action.open ? "liteferry schema-window close" : "liteferry status")
                + " --config " + file.path());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Map<String, String> reasons = new LinkedHashMap<>();
            failed.forEach((source, e) -> reasons.put(source, String.valueOf(e.getMessage())));
            Output.json(out, new Reports.SchemaWindowReport(action.name(), lines, reasons, next));
            return;
        }
        boolean several = plan.several();
        List<String> headings = new ArrayList<>(List.of("TABLE", "WINDOW", "OPEN SINCE"));
        if (several) {
            headings.add(0, "SOURCE");
        }
        Output.table(out, headings, lines.stream().map(l -> cells(l, several)).toList());
        for (Reports.WindowLine l : lines) {
            if (l.obstacle() != null) {
                out.println((several ? l.source() + " " : "") + l.table() + " has no triggers yet: " + l.obstacle()
                        + ". Capture makes them, or says in status what to do.");
            }
        }
        if (!failed.isEmpty()) {
            spec.commandLine().getErr().println(EachSource.told(failed));
        }
        if (action == Action.open) {
            out.println("What is written to these tables now is found by the snapshot after close.");
        } else if (lines.stream().anyMatch(l -> l.state().equals("closed"))) {
            out.println("Tables whose window was closed are snapshotted again, while the rest streams.");
        } else {
            out.println("No window was open; nothing was changed.");
        }
        Output.nextSteps(out, next);
    }

    private static List<String> cells(Reports.WindowLine line, boolean several) {
        String since = line.since();
        List<String> cells =
                new ArrayList<>(List.of(line.table(), line.state().replace('_', ' '), since == null ? "" : since));
        if (several) {
            cells.add(0, line.source());
        }
        return cells;
    }
}
