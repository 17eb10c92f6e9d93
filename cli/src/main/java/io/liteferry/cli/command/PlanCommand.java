package io.liteferry.cli.command;

import io.liteferry.cli.report.Output;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.PlanSchema;
import io.liteferry.core.planning.PlanProgress;
import io.liteferry.core.planning.PlanProposal;
import io.liteferry.core.planning.Planner;
import io.liteferry.core.planning.SourceNames;
import io.liteferry.core.preflight.Finding;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at every value of a SQLite file and prints the migration file that a person then reviews. Writes nothing. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Profiles every column's values and prints migration.yaml, with the reason beside each choice.",
            "Reads only. Examples: liteferry plan app.db > migration.yaml; liteferry plan 'tenants/*.db' > migration.yaml",
            "What differs: liteferry plan --diff --config migration.yaml; liteferry plan app.db --diff --target JDBC-URL",
            "Exit code 4 where --diff finds something."
        })
public final class PlanCommand implements Callable<Integer> {
    /** Forms of the result. */
    enum Form {
        YAML,
        JSON
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description =
                    "The SQLite database; several, or a quoted pattern ('tenants/*.db'), for one migration of all.")
    private List<String> files = List.of();

    @Option(
            names = "--target",
            paramLabel = "JDBC-URL",
            description = "Map onto the tables that the application's own migrations have already made there.")
    private @Nullable String target;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the migration (default: from the file's name).")
    private @Nullable String name;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            description = "Sets an option in the migration file; may be given again.")
    private Map<String, String> set = new HashMap<>();

    @Option(
            names = "--diff",
            description = "Say what differs between what the source asks for and --config or the schema of --target.")
    private boolean diff;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "With --diff: the migration file; its database is looked at where no FILE is given.")
    private @Nullable Path config;

    @Option(
            names = "--schema",
            description = "Print the JSON Schema of the migration file, for editors, and nothing else.")
    private boolean schema;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "yaml|json",
            description = "Form of the result.")
    private Form output = Form.YAML;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (schema) {
            out.print(PlanSchema.json());
            out.flush();
            return ExitCode.OK;
        }
        if (diff != (config != null) && !(diff && target != null)) {
            throw usage(diff ? "--diff needs --config or --target." : "--config goes with --diff.");
        }
        if (diff) {
            return differences(out, err);
        }
        if (files.isEmpty()) {
            throw usage("FILE is missing: the SQLite database to look at.");
        }
        PlanProposal proposal = propose(err);
        if (output == Form.JSON) {
            Output.json(out, proposal.json());
        } else {
            out.print(proposal.yaml());
            out.flush();
        }
        long blockers = proposal.findings().stream()
                .filter(f -> f.severity() == Finding.Severity.BLOCKER)
                .count();
        err.println("planned " + proposal.plan().tables().size() + " tables, "
                + proposal.findings().size() + " findings, " + blockers + " of them blockers");
        return ExitCode.OK;
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private int differences(PrintWriter out, PrintWriter err) {
        PlanDifferences differences = new PlanDifferences(new ScanProgress(err, Clock.systemUTC()));
        if (config != null && target == null) {
            differences.ofFile(config, files);
        } else if (config == null && target != null && files.size() == 1 && !FileList.isPattern(files.get(0))) {
            Options options = Options.of(set);
            differences.ofTarget(Path.of(files.get(0)), options, TargetUrl.connections(target, options));
        } else {
            throw usage("--diff compares with --config, or one FILE with --target.");
        }
        return differences.print(out, output == Form.JSON);
    }

    private PlanProposal propose(PrintWriter err) {
        Map<String, String> given = new HashMap<>(set);
        if (target != null) {
            given.put(Options.CONNECTION_URL, target);
        }
        Options options = Options.of(given);
        PlanProgress progress = new ScanProgress(err, Clock.systemUTC());
        boolean several = files.size() > 1 || FileList.isPattern(files.get(0));
        PlanProposal proposal = several ? severalSources(options, progress) : oneSource(options, progress);
        return name == null ? proposal : proposal.named(name);
    }

    private PlanProposal oneSource(Options options, PlanProgress progress) {
        Planner planner = new Planner(new SqliteFile(Path.of(files.get(0))), options, progress);
        return target == null ? planner.plan() : planner.planOnto(TargetUrl.connections(target, options));
    }

    private PlanProposal severalSources(Options options, PlanProgress progress) {
        if (target != null) {
            throw usage("--target maps one file onto tables that are there; plan several files without it, then set"
                    + " existing: true and schema: in the migration file.");
        }
        List<Path> found = FileList.of(files);
        Map<String, SqliteFile> sources = new LinkedHashMap<>();
        SourceNames.of(found).forEach((file, source) -> sources.put(source, new SqliteFile(file)));
        Path folder = found.get(0).toAbsolutePath().normalize().getParent();
        String migration = SourceNames.migration(folder == null ? found.get(0) : folder);
        return new Planner(migration, sources, options, progress).plan();
    }
}
