package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.ServiceProbe;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.cli.report.SourceState;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One screen: the services, the tables, the lag, the verdict and what helps. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows services, tables, lag and verdict; works in another process while the services run.")
public final class StatusCommand implements Callable<Integer> {
    private static final int MISMATCHES_SHOWN = 20;

    @Mixin
    private MigrationFile file = new MigrationFile();

    @Mixin
    private OutputOption output = new OutputOption();

    @Option(names = "--watch", description = "Show it again every two seconds until interrupted.")
    private boolean watch;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = file.read();
        try (Stopping stopping = new Stopping()) {
            print(status(plan));
            while (watch && !stopping.await(Duration.ofSeconds(2))) {
                spec.commandLine().getOut().println();
                print(status(plan));
            }
        }
        return 0;
    }

    private Reports.Status status(Plan plan) {
        Plan reachable = LocalServers.withRunning(plan, StateFolder.beside(file.path()));
        Map<String, ServiceProbe.Answer> answers = ServiceProbe.all(reachable.options());
        Map<String, String> services = new LinkedHashMap<>();
        answers.forEach((name, answer) -> services.put(name, answer.text()));
        List<String> down = down(answers, List.of());
        List<SourceState> sources = new ArrayList<>();
        List<VerdictDocument.Check> checks = new ArrayList<>();
        List<String> mismatches = new ArrayList<>();
        List<String> suspended = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        if (reachable.options().optional(Options.CONNECTION_URL).isEmpty()) {
            down.add("the embedded PostgreSQL does not run");
        } else {
            try {
                List<MigrationState> states = MigrationState.all(reachable);
                try (MigrationState ignored = states.get(0)) {
                    for (MigrationState source : states) {
                        String whose = states.size() == 1 ? "" : source.source() + " ";
                        Optional<VerdictDocument> verdict = source.verdict();
                        sources.add(new SourceState(
                                source.source(),
                                Reports.State.of(
                                        verdict,
                                        down(answers, others(states, source)),
                                        Clock.systemUTC().instant())));
                        if (states.size() == 1) {
                            checks.addAll(verdict.map(VerdictDocument::checks).orElse(List.of()));
                        }
                        source.openMismatches(MISMATCHES_SHOWN).forEach(m -> mismatches.add(whose + m));
                        source.suspendedConstraints().forEach(c -> suspended.add(whose + c));
                        source.tableNotes().forEach(n -> notes.add(whose + n));
                    }
                }
            } catch (LiteferryException e) {
                down.add(String.valueOf(e.getMessage()));
                sources.clear();
            }
        }
        sources.sort(SourceState.WORST_FIRST);
        Reports.State all = sources.isEmpty() ? Reports.State.notReady(down) : SourceState.joined(sources);
        return document(all, sources, checks, services, mismatches, suspended, notes);
    }

    private static List<String> others(List<MigrationState> all, MigrationState source) {
        return all.stream()
                .map(MigrationState::source)
                .filter(name -> !name.equals(source.source()))
                .map(name -> name + ": ")
                .toList();
    }

    /** What is wrong with the services, without the checks that are about other sources. */
    private static List<String> down(Map<String, ServiceProbe.Answer> answers, List<String> otherSources) {
        List<String> down = new ArrayList<>();
        answers.forEach((name, answer) -> {
            List<String> failing = answer.failing().stream()
                    .filter(check -> otherSources.stream().noneMatch(check::startsWith))
                    .toList();
            if (!answer.up() && !failing.isEmpty()) {
                down.add(name + " is " + new ServiceProbe.Answer(false, answer.answers(), failing, List.of()).text());
            }
        });
        return down;
    }

    private Reports.Status document(
            Reports.State state,
            List<SourceState> sources,
            List<VerdictDocument.Check> checks,
            Map<String, String> services,
            List<String> mismatches,
            List<String> suspended,
            List<String> notes) {
        List<String> next = new ArrayList<>();
        if (services.values().stream().anyMatch(s -> s.startsWith("down"))) {
            next.add("liteferry run all --config " + file.path());
        }
        if (!mismatches.isEmpty()) {
            next.add("liteferry repair --config " + file.path());
        }
        return new Reports.Status(
                Reports.API_VERSION, "Status", state, sources, checks, services, mismatches, suspended, notes, next);
    }

    /** One line a source, the worst first. */
    private static void sources(PrintWriter out, Reports.Status status) {
        Output.table(
                out,
                List.of("SOURCE", "VERDICT", "LAG P99", "ROWS", "DIFFERENT", "REASON"),
                status.sources().stream()
                        .map(s -> List.of(
                                s.source(),
                                s.ready() ? "READY" : "NOT READY",
                                s.state().lagSeconds().p99() == null
                                        ? ""
                                        : Output.seconds(s.state().lagSeconds().p99()),
                                Output.count(s.state().tables().stream()
                                        .mapToLong(VerdictDocument.Table::sourceRows)
                                        .sum()),
                                Output.count(s.state().tables().stream()
                                        .mapToLong(VerdictDocument.Table::mismatchedRows)
                                        .sum()),
                                s.state().reasons().stream().findFirst().orElse("")))
                        .toList());
        long ready = status.sources().stream().filter(SourceState::ready).count();
        out.println((ready == status.sources().size() ? "READY" : "NOT READY") + ": " + ready + " of "
                + status.sources().size() + " sources are");
    }

    private void print(Reports.Status status) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, status);
            return;
        }
        Output.table(
                out,
                List.of("SERVICE", "STATE"),
                status.services().entrySet().stream()
                        .map(e -> List.of(e.getKey(), e.getValue()))
                        .toList());
        out.println();
        if (!status.checks().isEmpty()) {
            Output.checks(out, status.checks());
            out.println();
        }
        if (status.sources().size() > 1) {
            sources(out, status);
        } else {
            Output.state(out, status.state());
        }
        status.mismatches().forEach(m -> out.println("different: " + m));
        status.suspendedConstraints().forEach(c -> out.println("suspended constraint: " + c));
        status.tableNotes().forEach(out::println);
        out.println("at " + Clock.systemUTC().instant());
        Output.nextSteps(out, status.nextSteps());
    }
}
