package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MismatchPage;
import io.liteferry.cli.report.MismatchReports;
import io.liteferry.cli.report.Output;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.MismatchEntries;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowValues;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The rows of a table that the validator found different. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the rows of a table that differ, as the validator found them: key, kind, columns, since when.",
            "Values are shown only where they are asked for; both sides are then read at one pair of snapshots.",
            "Exit code 4 where rows differ."
        })
public final class DiffCommand implements Callable<Integer> {
    /** Forms of the result. */
    enum Form {
        TABLE,
        JSON,
        HTML
    }

    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(index = "0", paramLabel = "TABLE", description = "By its name in SQLite.")
    private String table = "";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Only this row, its key written as diff prints it; may be given again.")
    private List<String> keys = new ArrayList<>();

    @Option(names = "--show-values", description = "Show what both sides hold now: mind who reads along.")
    private boolean showValues;

    @Option(names = "--history", description = "Rows too that were seen equal again: found, repaired, verified.")
    private boolean history;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Rows at the most: ${DEFAULT-VALUE}.")
    private int limit = 100;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|html",
            description = "Form of the result.")
    private Form output = Form.TABLE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        if (plan.table(table).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "the plan has no table " + table + "; give the name that it has in SQLite");
        }
        List<MismatchReports.Line> lines = new ArrayList<>();
        long open = 0;
        for (Plan source : plan.perSource()) {
            MismatchEntries entries = new MismatchEntries(source);
            open += entries.open(table);
            List<MismatchEntries.Entry> some =
                    entries.list(table, spellings(keys), history, Math.max(0, limit - lines.size()));
            Map<RowKey, RowValues.Both> values = showValues ? values(entries, some) : Map.of();
            some.forEach(e -> lines.add(line(source, e, values)));
        }
        List<String> next = open == 0
                ? List.of("liteferry status --config " + file.path())
                : List.of(
                        "liteferry repair " + table + " --config " + file.path(),
                        "liteferry diff " + table + " --history --config " + file.path());
        print(new MismatchReports.Diff(table, open, lines, next), plan.several());
        return open == 0 ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private Map<RowKey, RowValues.Both> values(MismatchEntries entries, List<MismatchEntries.Entry> some) {
        if (some.isEmpty()) {
            return Map.of();
        }
        try {
            return entries.values(
                    table,
                    some.stream().map(MismatchEntries.Entry::key).distinct().toList());
        } catch (NotComparableException e) {
            throw new LiteferryException(
                    ErrorCode.VALIDATION_READ_FAILED,
                    "Reading rows of table " + table + " on both sides: " + e.reason()
                            + ". Try again, or leave --show-values out.",
                    e);
        }
    }

    /** As it was typed, and as text in quotes. */
    static List<String> spellings(List<String> keys) {
        List<String> all = new ArrayList<>(keys);
        keys.forEach(k -> all.add("'" + k.replace("'", "''") + "'"));
        return all;
    }

    static MismatchReports.Line line(Plan source, MismatchEntries.Entry e, Map<RowKey, RowValues.Both> values) {
        RowValues.Both both = values.get(e.key());
        return new MismatchReports.Line(
                source.source(),
                e.table(),
                e.text(),
                e.kind(),
                e.columns(),
                e.since(),
                e.seen(),
                e.repair(),
                e.verified(),
                both == null ? null : columns(both));
    }

    private static List<MismatchReports.Value> columns(RowValues.Both both) {
        Set<String> names = new LinkedHashSet<>();
        both.source().ifPresent(s -> names.addAll(s.keySet()));
        both.target().forEach(t -> names.addAll(t.keySet()));
        return names.stream()
                .map(n -> new MismatchReports.Value(
                        n,
                        both.source().map(s -> s.get(n)).orElse(null),
                        both.target().stream()
                                .map(t -> String.valueOf(t.get(n)))
                                .toList()))
                .toList();
    }

    private void print(MismatchReports.Diff diff, boolean several) {
        PrintWriter out = spec.commandLine().getOut();
        switch (output) {
            case JSON -> Output.json(out, diff);
            case HTML -> MismatchPage.write(out, diff);
            case TABLE -> {
                lines(out, diff.rows(), several);
                values(out, diff.rows());
                out.println(Output.count(diff.open()) + " rows of " + diff.table() + " differ, as far as is known.");
                Output.nextSteps(out, diff.nextSteps());
            }
        }
    }

    static void lines(PrintWriter out, List<MismatchReports.Line> lines, boolean several) {
        if (!lines.isEmpty()) {
            Output.table(
                    out,
                    List.of("TABLE", "KEY", "KIND", "COLUMNS", "SINCE", "REPAIR ASKED", "VERIFIED"),
                    lines.stream().map(l -> cells(l, several)).toList());
        }
    }

    private static List<String> cells(MismatchReports.Line l, boolean several) {
        return List.of(
                (several ? l.source() + "." : "") + l.table(),
                l.key(),
                l.kind(),
                String.join(",", l.columns()),
                l.since(),
                orNothing(l.repair()),
                orNothing(l.verified()));
    }

    private static String orNothing(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static void values(PrintWriter out, List<MismatchReports.Line> lines) {
        for (MismatchReports.Line l : lines) {
            List<MismatchReports.Value> values = l.values();
            if (values != null) {
                out.println();
                out.println(l.table() + " " + l.key() + ":");
                for (MismatchReports.Value v : values) {
                    out.println((l.columns().contains(v.column()) ? "* " : "  ") + v.column() + ": SQLite "
                            + MismatchPage.source(v) + ", PostgreSQL " + MismatchPage.target(v));
                }
            }
        }
    }
}
