package io.liteferry.cli.command;

import io.liteferry.cli.report.ComparisonReports;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.planning.PlanProposal;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.core.validation.Consistency;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.StrangersComparison;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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

/** A SQLite file beside a PostgreSQL database that any tool has loaded. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Compares a SQLite file row by row with a PostgreSQL database that some other tool has loaded.",
            "Reads only, and needs nothing of Liteferry's on either side. Tables and columns are matched by name, without"
                    + " case or in snake case; PostgreSQL's types and the values say what a value means.",
            "Exit code 0 where all of it is equal, 4 where something differs or could not be compared."
        })
public final class CompareCommand implements Callable<Integer> {
    private static final Set<String> NOT_COMPARED = Set.of(
            "PLAN-TARGET-TABLE-MISSING",
            "PLAN-TARGET-COLUMN-MISSING",
            "PLAN-TARGET-TYPE",
            "PLAN-TARGET-KEY",
            "PLAN-NO-ROW-HANDLE",
            "PLAN-TOO-MANY-COLUMNS");

    private static final Set<String> NOTED = Set.of(
            "PLAN-ZONE",
            "PLAN-FRAMEWORK-TABLE",
            "PLAN-LEFT-OUT",
            "PLAN-TARGET-GENERATED",
            "PLAN-NAME-OURS",
            "PLAN-TARGET-KEYLESS");

    private static final String EXTRA_COLUMN = "PLAN-TARGET-COLUMN-EXTRA";

    @Parameters(index = "0", paramLabel = "FILE", description = "The SQLite database.")
    private Path file = Path.of("app.db");

    @Parameters(
            index = "1",
            paramLabel = "JDBC-URL",
            description = "The PostgreSQL database; user and password in it or in LITEFERRY_CONNECTION_USERNAME and"
                    + " LITEFERRY_CONNECTION_PASSWORD.")
    private String target = "";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A migration file that says which tables, columns, types and zones belong together.")
    private @Nullable Path config;

    @Option(names = "--schema", paramLabel = "NAME", description = "Schema of the tables (default: public).")
    private @Nullable String schema;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Rows that differ listed for a table at the most: ${DEFAULT-VALUE}. All are counted.")
    private int limit = 100;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        Plan plan = config == null ? matched(findings) : written(config);
        StrangersComparison comparison = new StrangersComparison(plan, Math.max(0, limit));
        ScanProgress progress = new ScanProgress("comparing", spec.commandLine().getErr(), Clock.systemUTC());
        long expected =
                plan.tables().stream().mapToLong(TablePlan::expectedRows).sum();
        List<StrangersComparison.Result> results =
                comparison.run((table, rows) -> progress.rows(table, rows, expected));
        List<String> strangers = comparison.onlyInTarget().stream()
                .filter(t ->
                        findings.stream().noneMatch(f -> folded(f.subject()).equals(folded(t))))
                .toList();
        ComparisonReports.Comparison report = report(results, findings, strangers);
        print(report);
        return report.equal() ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private static String folded(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private Plan matched(List<Finding> findings) {
        Map<String, String> given = new HashMap<>();
        given.put(Options.CONNECTION_URL, target);
        if (schema != null) {
            given.put(Options.TARGET_SCHEMA, schema);
        }
        Options options = Options.of(given).withEnvironment(System.getenv());
        PlanProposal proposal = new Planner(
                        new SqliteFile(file),
                        options,
                        new ScanProgress(spec.commandLine().getErr(), Clock.systemUTC()))
                .planBeside(TargetUrl.connections(target, options));
        findings.addAll(proposal.findings());
        return proposal.plan();
    }

    private Plan written(Path path) {
        Plan plan = PlanFile.read(path);
        if (plan.several()) {
            throw new ParameterException(
                    spec.commandLine(), path + " lists several sources; compare takes one file and one schema.");
        }
        Options options = plan.options()
                .withEnvironment(System.getenv())
                .with(Options.CONNECTION_URL, target)
                .with(
                        Options.DATABASE_FILE_PATH,
                        file.toAbsolutePath().normalize().toString());
        return plan.withOptions(schema == null ? options : options.with(Options.TARGET_SCHEMA, schema));
    }

    private static ComparisonReports.Comparison report(
            List<StrangersComparison.Result> results, List<Finding> findings, List<String> onlyInTarget) {
        List<String> notCompared = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Finding f : findings) {
            boolean extra = f.id().equals(EXTRA_COLUMN);
            if (NOT_COMPARED.contains(f.id()) || extra && f.severity() == Finding.Severity.BLOCKER) {
                notCompared.add(f.subject() + ": " + f.found());
            } else if (NOTED.contains(f.id()) || extra) {
                notes.add(f.subject() + ": " + f.found());
            }
        }
        List<ComparisonReports.Table> tables = new ArrayList<>();
        List<ComparisonReports.Row> rows = new ArrayList<>();
        long equal = 0;
        long known = 0;
        boolean same = notCompared.isEmpty() && !results.isEmpty();
        for (StrangersComparison.Result r : results) {
            same &= r.equal();
            equal += r.tally().count(RowVerdict.EQUAL);
            known += r.tally().known();
            tables.add(table(r));
            r.findings()
                    .forEach(f -> rows.add(new ComparisonReports.Row(
                            r.table().source(),
                            f.suspect().key().toString(),
                            f.verdict().label(),
                            f.columns())));
        }
        boolean moved = results.stream().anyMatch(StrangersComparison.Result::moved);
        if (moved) {
            notes.add("the file was written to while it was compared: a row that differs may have changed since the"
                    + " database was loaded");
        }
        return new ComparisonReports.Comparison(
                Reports.API_VERSION,
                "ComparisonReport",
                same,
                new Consistency(equal, known),
                tables,
                rows,
                notCompared,
                notes,
                onlyInTarget,
                moved && !same ? List.of("Compare again while nothing writes to the file") : List.of());
    }

    private static ComparisonReports.Table table(StrangersComparison.Result r) {
        return new ComparisonReports.Table(
                r.table().source(),
                r.table().target(),
                r.tally().sourceRows(),
                r.tally().targetRows(),
                r.tally().count(RowVerdict.EQUAL),
                r.tally().count(RowVerdict.ROW_DIFF),
                r.tally().count(RowVerdict.MISSING_TARGET),
                r.tally().count(RowVerdict.MISSING_SOURCE),
                r.moved(),
                r.tally().reason().map(NotComparableException::reason).orElse(null));
    }

    private void print(ComparisonReports.Comparison report) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, report);
            return;
        }
        Output.table(
                out,
                List.of("TABLE", "TARGET", "SQLITE", "POSTGRESQL", "EQUAL", "DIFFERENT", "MISSING", "EXTRA"),
                report.tables().stream()
                        .map(t -> List.of(
                                t.name(),
                                t.target(),
                                Output.count(t.sourceRows()),
                                Output.count(t.targetRows()),
                                Output.count(t.equal()),
                                Output.count(t.rowDiff()),
                                Output.count(t.missingTarget()),
                                Output.count(t.missingSource())))
                        .toList());
        out.println();
        if (!report.rows().isEmpty()) {
            Output.table(
                    out,
                    List.of("TABLE", "KEY", "KIND", "COLUMNS"),
                    report.rows().stream()
                            .map(r -> List.of(r.table(), r.key(), r.kind(), String.join(",", r.columns())))
                            .toList());
            out.println();
        }
        report.tables().forEach(t -> {
            if (t.reason() != null) {
                out.println("not compared: " + t.name() + ": " + t.reason());
            }
        });
        report.notCompared().forEach(n -> out.println("not compared: " + n));
        report.notes().forEach(n -> out.println("note: " + n));
        report.onlyInTarget().forEach(t -> out.println("only in PostgreSQL: table " + t));
        out.println(report.consistency());
        out.println(report.equal() ? "EQUAL" : "NOT EQUAL");
        Output.nextSteps(out, report.nextSteps());
    }
}
