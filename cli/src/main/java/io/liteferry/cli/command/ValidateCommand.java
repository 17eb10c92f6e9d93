package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.cli.report.SourceState;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The validator's verdict, with each check behind it. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = {
            "Prints READY, or NOT READY because …: each check with its value, its limit, since when, and what helps.",
            "Exit code 0 where it is READY, 4 where it is not. The validator must be running: this asks for its verdict."
        })
public final class ValidateCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(names = "--wait", description = "Wait for READY.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10m",
            description = "With --wait: give up after this long, with exit code 4 (default ${DEFAULT-VALUE}).",
            converter = DurationConverter.class)
    private Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--history", description = "Show the last passes over each table too.")
    private boolean history;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "With --history: passes at the most: ${DEFAULT-VALUE}.")
    private int limit = 50;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = file.read();
        Clock clock = Clock.systemUTC();
        Instant deadline = clock.instant().plus(timeout);
        Reports.Validation found = look(plan, clock);
        try (Stopping stopping = new Stopping()) {
            while (wait && !ready(found) && clock.instant().isBefore(deadline)) {
                if (stopping.await(Duration.ofMillis(500))) {
                    return stopping.exitCodeWhenStopped(ExitCode.INTERRUPTED);
                }
                found = look(plan, clock);
            }
        }
        print(found);
        return ready(found) ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private static boolean ready(Reports.Validation found) {
        return found.state().verdict().equals(VerdictDocument.READY);
    }

    private Reports.Validation look(Plan written, Clock clock) {
        Plan plan = LocalServers.withRunning(written, StateFolder.beside(file.path()));
        List<String> next = new ArrayList<>(List.of("liteferry status --config " + file.path()));
        if (plan.options().optional(Options.CONNECTION_URL).isEmpty()) {
            return new Reports.Validation(
                    Reports.API_VERSION,
                    "ValidationReport",
                    Reports.State.notReady(List.of("the embedded PostgreSQL does not run")),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of("liteferry run all --config " + file.path()));
        }
        List<SourceState> sources = new ArrayList<>();
        List<VerdictDocument.Check> checks = new ArrayList<>();
        List<Reports.Pass> passes = new ArrayList<>();
        List<MigrationState> states = MigrationState.all(plan);
        try (MigrationState ignored = states.get(0)) {
            for (MigrationState source : states) {
                Optional<VerdictDocument> verdict = source.verdict();
                sources.add(new SourceState(source.source(), Reports.State.of(verdict, List.of(), clock.instant())));
                if (states.size() == 1) {
                    checks.addAll(verdict.map(VerdictDocument::checks).orElse(List.of()));
                }
                if (history) {
                    passes.addAll(source.passes(limit));
                }
            }
        }
        sources.sort(SourceState.WORST_FIRST);
        Reports.State all = SourceState.joined(sources);
        all.tables().stream()
                .filter(t -> t.mismatchedRows() > 0)
                .findFirst()
                .ifPresent(t -> next.add(0, "liteferry diff " + t.name() + " --config " + file.path()));
        return new Reports.Validation(Reports.API_VERSION, "ValidationReport", all, sources, checks, passes, next);
    }

    private void print(Reports.Validation found) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, found);
            return;
        }
        if (!found.passes().isEmpty()) {
            Output.table(
                    out,
                    List.of(
                            "TABLE",
                            "PASS",
                            "STARTED",
                            "SECONDS",
                            "EQUAL",
                            "IN FLIGHT",
                            "DIFFERENT",
                            "QUARANTINED",
                            "UNKNOWN",
                            "SEQ",
                            "NOT COMPARED"),
                    found.passes().stream()
                            .map(p -> cells(p, found.sources().size() > 1))
                            .toList());
            out.println();
        }
        if (!found.checks().isEmpty()) {
            Output.checks(out, found.checks());
            out.println();
        }
        Output.state(out, found.state());
        Output.nextSteps(out, found.nextSteps());
    }

    private static List<String> cells(Reports.Pass p, boolean several) {
        Duration took = Duration.between(Instant.parse(p.started()), Instant.parse(p.ended()));
        return List.of(
                (several ? p.source() + "." : "") + p.table(),
                Long.toString(p.pass()),
                p.started(),
                Long.toString(took.toSeconds()),
                Output.count(p.equal()),
                Output.count(p.inFlight()),
                Output.count(p.different()),
                Output.count(p.quarantined()),
                Output.count(p.unknown()),
                Long.toString(p.seq()),
                p.reason() == null ? "" : p.reason());
    }
}
