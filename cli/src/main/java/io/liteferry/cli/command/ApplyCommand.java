package io.liteferry.cli.command;

import io.liteferry.capture.install.SchemaWindow;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.Source;
import io.liteferry.cutover.backup.SourceBackup;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes what the migration needs: tables in PostgreSQL, topics, then the change log and its triggers in SQLite. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes the target tables, the topics, and the change log with its triggers in the source.")
public final class ApplyCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(names = "--dry-run", description = "Print every statement that would run, and run none.")
    private boolean dryRun;

    @Option(
            names = "--accept-file",
            description =
                    "The file at database.file.path was moved or copied there and is the one the application writes to:"
                            + " go on with it.")
    private boolean acceptFile;

    @Option(
            names = "--restart",
            description =
                    "The file was restored, wiped or replaced: begin a new change log in it and snapshot every table again."
                            + " Stop the services first.")
    private boolean restart;

    @Option(
            names = "--backup",
            paramLabel = "FOLDER",
            description = "First copy the SQLite file into this folder, verified as liteferry backup does it.")
    private @Nullable Path backup;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = file.read();
        PrintWriter out = spec.commandLine().getOut();
        if (dryRun) {
            for (Plan source : plan.perSource()) {
                demandSettled(source);
                String whose = plan.several() ? ", source " + source.source() : "";
                print(out, "PostgreSQL" + whose, new TargetInstaller(source).statements());
                print(out, "SQLite" + whose, new SourceInstaller(source).statements());
            }
            return 0;
        }
        Path folder = backup;
        if (folder != null) {
            for (Plan source : plan.perSource()) {
                SourceBackup copy =
                        BackupCommand.take(source, folder, spec.commandLine().getErr());
                out.println("Backup of " + source.source() + ": " + copy.path());
            }
        }
        Map<String, LiteferryException> failed;
        try (LocalServers servers = LocalServers.startMissing(
                plan, StateFolder.beside(file.path()), spec.commandLine().getErr())) {
            for (Plan source : chosen(servers.plan())) {
                demandSettled(source);
                if (acceptFile) {
                    new SourceInstaller(source).accept();
                }
                if (restart) {
                    NewLog.begin(source);
                }
            }
            failed = apply(servers.plan(), this::demandSettled);
        }
        int sources = plan.sources().size();
        out.println("Applied " + plan.name() + ": " + plan.tables().size() + " tables"
                + (plan.several() ? ", " + (sources - failed.size()) + " of " + sources + " sources." : "."));
        if (!failed.isEmpty()) {
            spec.commandLine().getErr().println(EachSource.told(failed));
            out.println("next: liteferry apply --config " + file.path());
            return ExitCode.FAILED;
        }
        out.println("next: liteferry run all --config " + file.path());
        return ExitCode.OK;
    }

    /** The source that --accept-file or --restart is about, if one of them is given. */
    private List<Plan> chosen(Plan plan) {
        if (!acceptFile && !restart) {
            return List.of();
        }
        if (plan.sources().size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--accept-file and --restart are about one source; name it with --source: "
                            + plan.sources().stream().map(Source::name).toList());
        }
        return plan.perSource();
    }

    /**
     * Idempotent. The source comes last: from its triggers on, every write of the application is logged. Tables with an
     * open schema window get none.
     *
     * @return why it failed, by source; the others are applied
     */
    static Map<String, LiteferryException> apply(Plan plan) {
        return apply(plan, source -> {});
    }

    private static Map<String, LiteferryException> apply(Plan plan, Consumer<Plan> before) {
        try (Admin admin = KafkaClients.of(plan.options()).admin("liteferry-apply")) {
            Topics.makeMissing(admin, plan);
        }
        return EachSource.run(plan, source -> {
            before.accept(source);
            TargetInstaller target = new TargetInstaller(source);
            target.install();
            new SourceInstaller(target.now()).install();
        });
    }

    /**
     * Nothing is made where the application writes to PostgreSQL; nor where a migration of the application goes on, which
     * triggers would hinder.
     */
    private void demandSettled(Plan source) {
        new SourceInstaller(source).demandNotFenced();
        List<SchemaWindow.Table> open = new SchemaWindow(source).standing();
        if (!open.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.SCHEMA_WINDOW_OPEN,
                    "Applying " + source.source() + ": a schema window is open on "
                            + open.stream()
                                    .map(t -> t.name() + " since " + t.since().orElseThrow())
                                    .collect(Collectors.joining(", "))
                            + ". Nothing was changed in the source. When the application's migration is through:"
                            + " liteferry schema-window close --config " + file.path() + ", then apply again.");
        }
    }

    private static void print(PrintWriter out, String where, List<String> statements) {
        out.println("-- " + where);
        statements.forEach(s -> out.println(s.endsWith(";") ? s : s + ";"));
        out.println();
    }
}
