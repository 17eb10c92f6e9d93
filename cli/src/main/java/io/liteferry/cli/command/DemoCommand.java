package io.liteferry.cli.command;

import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole path in one process, on a sample shop that is written to all the time. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts Kafka and PostgreSQL in this process, makes a sample shop in SQLite and keeps writing to it;",
            "plans, applies, copies, streams and validates to READY; then changes rows in PostgreSQL by hand,",
            "shows that exactly these are found, and repairs them through the pipeline; then moves an application",
            "to PostgreSQL, back to SQLite and to PostgreSQL again, while it writes."
        })
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to go on writing and validating after the first READY (default ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Rows of the sample shop, about (default ${DEFAULT-VALUE}).")
    private long rows = ShopDatabase.DEFAULT_ROWS;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "Transactions a second of the sample application (default ${DEFAULT-VALUE}).")
    private int rate = 200;

    @Option(
            names = "--keep",
            description = "Keep the folder with the database, the migration file and the servers' data.")
    private boolean keep;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path folder = makeFolder();
        boolean kept = keep;
        try (Stopping stopping = new Stopping()) {
            Demo demo = new Demo(folder, rows, rate, seconds, err, Clock.systemUTC(), stopping);
            Reports.DemoReport report = demo.run(keep);
            print(out, report);
            return demo.succeeded(report) ? ExitCode.OK : ExitCode.FAILED;
        } catch (Rehearsal.Interrupted e) {
            err.println("Interrupted.");
            return ExitCode.INTERRUPTED;
        } finally {
            if (kept) {
                err.println("kept: " + folder);
            } else {
                delete(folder, err);
            }
        }
    }

    private void print(PrintWriter out, Reports.DemoReport report) {
        if (output.isJson()) {
            Output.json(out, report);
            return;
        }
        Output.state(out, report.state());
        out.println("READY first after " + Output.seconds(report.secondsToReady()) + ", the whole demo took "
                + Output.seconds(report.seconds()));
        out.println("written meanwhile: " + Demo.text(report.writes()));
        out.println("changed by hand in PostgreSQL: " + report.planted().size() + ", found: "
                + report.found().size() + ", repaired: " + report.repaired().size());
        moves(out, report.moves());
        Output.nextSteps(out, report.nextSteps());
    }

    static void moves(PrintWriter out, List<Reports.Move> moves) {
        moves.forEach(m -> out.printf(
                Locale.ROOT,
                "moved to %s: writers held for %.0f ms, the longest write took %.0f ms%n",
                m.to(),
                m.pauseMillis(),
                m.longestMillis()));
    }

    private static Path makeFolder() {
        try {
            return Files.createTempDirectory("liteferry-demo-");
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED,
                    "Making a folder for the demo: " + e + ". The temporary folder must be writable.",
                    e);
        }
    }

    static void delete(Path folder, PrintWriter err) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            err.println("could not remove " + folder + ": " + e);
        }
    }
}
