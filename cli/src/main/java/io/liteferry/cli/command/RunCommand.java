package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.cli.report.SourcesWatch;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
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

/** Runs the services until they are told to stop, or until the first READY. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the services: all of them in one process, or one of them.",
            "Without bootstrap.servers or connection.url an embedded broker or PostgreSQL is started, its data kept beside the migration file.",
            "run all applies the migration first where that has not been done."
        })
public final class RunCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Parameters(index = "0", paramLabel = "all|capture|sink|validator|reverse", description = "What to run.")
    private String what = ALL;

    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(names = "--until", paramLabel = "ready", description = "End with exit code 0 at the first READY.")
    private @Nullable String until;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10m",
            description = "With --until: end with exit code 4 after this long (default ${DEFAULT-VALUE}).",
            converter = DurationConverter.class)
    private Duration timeout = Duration.ofMinutes(10);

    @Option(
            names = "--clean-passes",
            paramLabel = "N",
            description = "Overrides validation.ready.clean.passes for this run.")
    private @Nullable Integer cleanPasses;

    @Option(
            names = "--stable",
            paramLabel = "DURATION",
            description = "Overrides validation.ready.stable for this run.")
    private @Nullable String stable;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (until != null && !until.equals("ready")) {
            throw new ParameterException(spec.commandLine(), "--until knows only ready, not " + until + ".");
        }
        Plan plan = file.read();
        plan = plan.withOptions(overridden(plan.options()));
        Set<Pipeline.Part> parts = parts(plan);
        PrintWriter err = spec.commandLine().getErr();
        Clock clock = Clock.systemUTC();
        Instant started = clock.instant();
        try (Stopping stopping = new Stopping();
                LocalServers servers = LocalServers.startMissing(plan, StateFolder.beside(file.path()), err)) {
            if (what.equals(ALL)) {
                Map<String, LiteferryException> failed = ApplyCommand.apply(servers.plan());
                if (!failed.isEmpty()) {
                    err.println("not applied:" + System.lineSeparator() + EachSource.told(failed));
                }
            }
            try (Pipeline pipeline = Pipeline.start(servers.plan(), clock, parts)) {
                for (Service service : pipeline.services()) {
                    err.println(service.name() + " runs, http://" + service.adminAddress() + "/readyz?verbose");
                }
                return until == null
                        ? untilStopped(pipeline, stopping)
                        : untilReady(servers.plan(), pipeline, stopping, clock, started);
            }
        }
    }

    private int untilStopped(Pipeline pipeline, Stopping stopping) throws InterruptedException {
        while (!stopping.await(Duration.ofMillis(200))) {
            pipeline.failIfEnded();
        }
        return ExitCode.OK;
    }

    private int untilReady(Plan plan, Pipeline pipeline, Stopping stopping, Clock clock, Instant started)
            throws InterruptedException {
        Instant deadline = started.plus(timeout);
        List<MigrationState> states = MigrationState.all(plan);
        try (MigrationState ignored = states.get(0)) {
            SourcesWatch watch = new SourcesWatch(states, spec.commandLine().getErr(), clock, started);
            boolean ready = watch.lookAgain();
            while (!ready && clock.instant().isBefore(deadline)) {
                pipeline.failIfEnded();
                if (stopping.await(Duration.ofMillis(200))) {
                    return stopping.exitCodeWhenStopped(ExitCode.INTERRUPTED);
                }
                ready = watch.lookAgain();
            }
            double seconds = Duration.between(started, clock.instant()).toMillis() / 1000.0;
            report(watch.state(), seconds, ready);
            return ready ? ExitCode.OK : ExitCode.NOT_READY;
        }
    }

    private void report(Reports.State state, double seconds, boolean ready) {
        List<String> next = List.of(
                ready ? "liteferry run all --config " + file.path() : "liteferry status --config " + file.path());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Output.json(out, new Reports.RunReport(state, seconds, next));
        } else {
            Output.state(out, state);
            out.println("after " + Output.seconds(seconds));
            Output.nextSteps(out, next);
        }
    }

    private Set<Pipeline.Part> parts(Plan plan) {
        if (what.equals(ALL)) {
            return Pipeline.Part.of(plan);
        }
        for (Pipeline.Part part : Pipeline.Part.of(plan)) {
            if (part.label().equals(what)) {
                return EnumSet.of(part);
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                "There is no service " + what + "; name all, capture, sink, validator or reverse"
                        + " (which cutover.reverse.enabled = false gives up).");
    }

    private Options overridden(Options options) {
        Options result = options;
        if (cleanPasses != null) {
            result = result.with(Options.VALIDATION_READY_CLEAN_PASSES, String.valueOf(cleanPasses));
        }
        if (stable != null) {
            result = result.with(Options.VALIDATION_READY_STABLE_MS, stable);
        }
        return result;
    }
}
