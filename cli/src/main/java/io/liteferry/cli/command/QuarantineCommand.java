package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.QuarantineReports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.sink.QuarantineEntries;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The rows that the target cannot hold: which they are and why, to be tried again, to go on without. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "list|show|replay|discard",
        description = {
            "Rows with a value that the target cannot hold, put aside until somebody decides.",
            "A newer good change of a row takes it out by itself. TABLE is the name in SQLite, KEY is written as list prints it."
        })
public final class QuarantineCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, replay, discard.");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists them, oldest first, without their values.")
    int list(
            @Mixin MigrationFile file,
            @Parameters(paramLabel = "TABLE", arity = "0..1", description = "One table; all by default.") @Nullable
                    String table,
            @Option(names = "--discarded", description = "Those too that somebody has decided to go on without.")
                    boolean discarded,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Rows at the most: ${DEFAULT-VALUE}.")
                    int limit,
            @Mixin OutputOption output) {
        Plan plan = plan(file, table);
        List<QuarantineReports.Line> lines = new ArrayList<>();
        long waiting = 0;
        long gone = 0;
        for (Plan source : plan.perSource()) {
            QuarantineEntries entries = new QuarantineEntries(source);
            QuarantineEntries.Counts counts = entries.counts(Optional.ofNullable(table));
            waiting += counts.waiting();
            gone += counts.discarded();
            entries.list(Optional.ofNullable(table), discarded, Math.max(0, limit - lines.size()))
                    .forEach(e -> lines.add(line(source, e)));
        }
        List<String> next = waiting == 0
                ? List.of("liteferry status --config " + file.path())
                : List.of(
                        "liteferry quarantine show TABLE KEY --config " + file.path(),
                        "liteferry quarantine replay --config " + file.path());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, new QuarantineReports.Listed(waiting, gone, lines, next));
            return 0;
        }
        if (!lines.isEmpty()) {
            Output.table(
                    out,
                    List.of("TABLE", "KEY", "COLUMN", "SQLSTATE", "REASON", "SINCE"),
                    lines.stream().map(l -> cells(l, plan.several())).toList());
        }
        out.println(Output.count(waiting) + " rows wait for a decision, " + Output.count(gone) + " are discarded.");
        Output.nextSteps(out, next);
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows one with all its values, as they stood in Kafka: mind who reads along.")
    int show(
            @Mixin MigrationFile file,
            @Parameters(paramLabel = "TABLE", index = "0", description = "The table.") String table,
            @Parameters(paramLabel = "KEY", index = "1", description = "The key.") String key,
            @Mixin OutputOption output) {
        Plan plan = plan(file, table);
        List<QuarantineReports.Shown.Row> rows = new ArrayList<>();
        for (Plan source : plan.perSource()) {
            new QuarantineEntries(source)
                    .find(table, spellings(List.of(key)))
                    .forEach(e -> rows.add(
                            new QuarantineReports.Shown.Row(line(source, e), e.topic(), e.offset(), e.values(source))));
        }
        demandFound(rows.size(), table, List.of(key));
        List<String> next = List.of(
                "Correct the row in the application, or the plan and the target's column; then liteferry quarantine replay "
                        + table + " --config " + file.path());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, new QuarantineReports.Shown(rows, next));
            return 0;
        }
        for (QuarantineReports.Shown.Row r : rows) {
            QuarantineReports.Line l = r.line();
            out.println((plan.several() ? l.source() + " " : "") + l.table() + " " + l.key() + ": " + l.sqlstate() + " "
                    + (l.column() == null ? "" : "column " + l.column() + ", ") + l.reason());
            out.println("  since " + l.since() + ", " + r.topic() + " offset " + r.offset()
                    + (l.discarded() == null ? "" : ", discarded " + l.discarded()));
            for (Map.Entry<String, String> v : r.values().entrySet()) {
                out.println("  " + v.getKey() + " = " + v.getValue());
            }
        }
        Output.nextSteps(out, next);
        return 0;
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Has capture send them again, in order with live changes; the services must be running.")
    int replay(
            @Mixin MigrationFile file,
            @Parameters(paramLabel = "TABLE", index = "0", arity = "0..1", description = "One table; all by default.")
                    @Nullable
                    String table,
            @Parameters(paramLabel = "KEY", index = "1..*", arity = "0..*", description = "Keys of it; all by default.")
                    @Nullable
                    List<String> keys,
            @Mixin OutputOption output) {
        Plan plan = plan(file, table);
        List<String> wanted = keys == null ? List.of() : keys;
        int rows = plan.perSource().stream()
                .mapToInt(s -> new QuarantineEntries(s).replay(Optional.ofNullable(table), spellings(wanted)))
                .sum();
        if (!wanted.isEmpty()) {
            demandFound(rows, String.valueOf(table), wanted);
        }
        return done(
                output,
                "replay",
                rows,
                rows == 0
                        ? "Nothing waits."
                        : "Asked capture to send " + rows + " rows again. What is good now leaves the quarantine.",
                "liteferry quarantine list --config " + file.path());
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = {
                "Goes on without rows: they no longer keep the verdict from READY, which names them as an override.",
                "Kept for ever in liteferry.quarantine_discard, with who decided and why. Replay takes it back."
            })
    int discard(
            @Mixin MigrationFile file,
            @Parameters(paramLabel = "TABLE", index = "0", description = "The table.") String table,
            @Parameters(paramLabel = "KEY", index = "1..*", arity = "1..*", description = "The keys.")
                    List<String> keys,
            @Option(names = "--note", required = true, paramLabel = "TEXT", description = "Why.") String note,
            @Mixin OutputOption output) {
        if (note.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--note says why, for those who read it later");
        }
        int rows = 0;
        int found = 0;
        for (Plan source : plan(file, table).perSource()) {
            QuarantineEntries entries = new QuarantineEntries(source);
            found += entries.find(table, spellings(keys)).size();
            rows += entries.discard(table, spellings(keys), note);
        }
        demandFound(found, table, keys);
        return done(
                output,
                "discard",
                rows,
                rows + " rows discarded. The verdict names them.",
                "liteferry status --config " + file.path());
    }

    private int done(OutputOption output, String action, int rows, String text, String next) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, new QuarantineReports.Done(action, rows, List.of(next)));
        } else {
            out.println(text);
            Output.nextSteps(out, List.of(next));
        }
        return 0;
    }

    private Plan plan(MigrationFile file, @Nullable String table) {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        if (table != null && plan.table(table).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "the plan has no table " + table + "; give the name that it has in SQLite");
        }
        return plan;
    }

    /** As it was typed, and as text in quotes. */
    private static List<String> spellings(List<String> keys) {
        List<String> all = new ArrayList<>(keys);
        keys.forEach(k -> all.add("'" + k.replace("'", "''") + "'"));
        return all;
    }

    private static void demandFound(int found, String table, List<String> keys) {
        if (found == 0) {
            throw new LiteferryException(
                    ErrorCode.NOT_IN_QUARANTINE,
                    "Looking for " + String.join(", ", keys) + " of table " + table
                            + ": no such row stands in the quarantine. liteferry quarantine list prints the keys of those that do.");
        }
    }

    private static QuarantineReports.Line line(Plan source, QuarantineEntries.Entry e) {
        return new QuarantineReports.Line(
                source.source(), e.table(), e.key(), e.column(), e.sqlState(), e.reason(), e.since(), e.discarded());
    }

    private static List<String> cells(QuarantineReports.Line l, boolean several) {
        String column = l.column();
        return List.of(
                (several ? l.source() + "." : "") + l.table(),
                l.key(),
                column == null ? "" : column,
                l.sqlstate(),
                l.reason() + (l.discarded() == null ? "" : " (discarded)"),
                l.since());
    }
}
