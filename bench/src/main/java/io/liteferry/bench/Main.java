package io.liteferry.bench;

import io.liteferry.core.ExitCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench/run NAME}: one report on standard output, progress on standard error. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = "Measures the pipeline beside peers and limits, on this machine.",
        synopsisSubcommandLabel = "NAME",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong usage", "3:the peer of the comparison is not on this machine"
        })
final class Main {
    private enum Output {
        table,
        json
    }

    /** How each benchmark prints. */
    static final class Report {
        @Option(names = "-o", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
        private Output output = Output.table;
    }

    /** How often each benchmark that compares sides runs each of them. */
    static final class Rounds {
        @Option(names = "--rounds", defaultValue = "3", description = "Runs of each side (default: ${DEFAULT-VALUE}).")
        private int count;
    }

    /** How large the table of a load is. */
    static final class Rows {
        @Option(
                names = "--rows",
                defaultValue = "1000000",
                description = "Rows of ten columns (default: ${DEFAULT-VALUE}).")
        private long count;
    }

    /** How the target of a load is divided. */
    static final class Partitions {
        @Option(
                names = "--partitions",
                defaultValue = "8",
                description =
                        "Hash partitions of the target, 0 for none (default: ${DEFAULT-VALUE}, as the plan proposes"
                                + " for a million rows).")
        private int count;
    }

    @Spec
    private CommandSpec spec;

    private Main() {
        // picocli injects the spec before any method runs.
        this.spec = CommandSpec.create();
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line.getErr()))
                .execute(arguments));
    }

    private static int failed(Exception e, PrintWriter err) {
        if (e instanceof MissingPeerException) {
            err.println(e.getMessage());
            return ExitCode.PREFLIGHT;
        }
        err.println("The benchmark failed:");
        e.printStackTrace(err);
        return ExitCode.FAILED;
    }

    @Command(
            name = "first-load",
            description = "A first load of one table, beside pgloader with the same file and server.")
    int firstLoad(@Mixin Rows rows, @Mixin Rounds rounds, @Mixin Partitions partitions, @Mixin Report report)
            throws Exception {
        return print(report, new FirstLoad(rows.count, rounds.count, partitions.count).run(this::progress));
    }

    @Command(
            name = "latency",
            description = "From the commit in SQLite to the topic and to PostgreSQL, at a steady rate.")
    int latency(
            @Option(
                            names = "--rate",
                            defaultValue = "1000",
                            description = "Single-row transactions a second (default: ${DEFAULT-VALUE}).")
                    int rate,
            @Option(
                            names = "--seconds",
                            defaultValue = "20",
                            description = "Time measured (default: ${DEFAULT-VALUE}).")
                    int seconds,
            @Mixin Report report)
            throws Exception {
        return print(report, new Latency(rate, seconds).run(this::progress));
    }

    @Command(
            name = "capture-overhead",
            description =
                    "What capture costs the application's writes, beside none and beside triggers that write JSON.")
    int captureOverhead(
            @Mixin Rounds rounds,
            @Option(
                            names = "--milliseconds",
                            defaultValue = "2000",
                            description = "Time a figure is measured (default: ${DEFAULT-VALUE}).")
                    int milliseconds,
            @Option(
                            names = "--cores",
                            defaultValue = "apart",
                            description = "apart: the writers have the first core and the others the rest; shared: the"
                                    + " scheduler decides (default: ${DEFAULT-VALUE}).")
                    Cores cores,
            @Mixin Report report)
            throws Exception {
        return print(report, new CaptureOverhead(rounds.count, milliseconds, cores).run(this::progress));
    }

    @Command(
            name = "capture-read",
            description = "Rows of a snapshot and changes from the log until they are in Kafka, beside a plain scan.")
    int captureRead(
            @Option(
                            names = "--rows",
                            defaultValue = "2000000",
                            description = "Rows of ten columns (default: ${DEFAULT-VALUE}).")
                    long rows,
            @Mixin Rounds rounds,
            @Mixin Report report)
            throws Exception {
        return print(report, new CaptureRead(rows, rounds.count).run(this::progress));
    }

    @Command(
            name = "validation",
            description = "A full pass of the validator, beside a plain scan and hash of the same rows on each side.")
    int validation(@Mixin Rows rows, @Mixin Rounds rounds, @Mixin Report report) throws Exception {
        return print(report, new Validation(rows.count, rounds.count).run(this::progress));
    }

    @Command(
            name = "cutover-pause",
            description =
                    "How long a cutover holds the writers at a steady rate, from the hold to the call of the hook.")
    int cutoverPause(
            @Option(
                            names = "--rows",
                            defaultValue = "100000",
                            description = "Rows of the table (default: ${DEFAULT-VALUE}).")
                    long rows,
            @Option(
                            names = "--rate",
                            defaultValue = "1000",
                            description = "Single-row transactions a second (default: ${DEFAULT-VALUE}).")
                    int rate,
            @Option(
                            names = "--cutovers",
                            defaultValue = "20",
                            description = "Cutovers measured, each followed by a rollback (default: ${DEFAULT-VALUE}).")
                    int cutovers,
            @Mixin Report report)
            throws Exception {
        return print(report, new CutoverPause(rows, rate, cutovers).run(this::progress));
    }

    @Command(
            name = "copy-limit",
            description = "The sink's part of a first load, beside one plain COPY of the same rows.")
    int copyLimit(@Mixin Rows rows, @Mixin Rounds rounds, @Mixin Partitions partitions, @Mixin Report report)
            throws Exception {
        return print(report, new CopyLimit(rows.count, rounds.count, partitions.count).run(this::progress));
    }

    @Command(
            name = "steady-upserts",
            description =
                    "Inserts, updates and both mixed with deletes, beside Debezium's JDBC sink on the same topics.")
    int steadyUpserts(
            @Option(
                            names = "--changes",
                            defaultValue = "100000",
                            description = "Changes of each kind (default: ${DEFAULT-VALUE}).")
                    long changes,
            @Mixin Rounds rounds,
            @Mixin Report report)
            throws Exception {
        return print(report, new SteadyUpserts(changes, rounds.count).run(this::progress));
    }

    private void progress(String line) {
        spec.commandLine().getErr().println(line);
    }

    private int print(Report as, BenchReport report) {
        spec.commandLine().getOut().println(as.output == Output.json ? report.json() : report.table());
        return ExitCode.OK;
    }
}
