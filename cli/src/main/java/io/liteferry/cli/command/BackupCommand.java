package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.Output;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.backup.SourceBackup;
import io.liteferry.cutover.journal.Journal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies the SQLite file while the application writes, and checks the copy. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = {
            "Copies the SQLite file while the application writes to it, and checks the copy: integrity, foreign keys, rows.",
            "Its figures and its SHA-256 stand beside it as JSON. The copy holds all the data: only this user can read it."
        })
public final class BackupCommand implements Callable<Integer> {
    private static final String FOLDER = "liteferry-backups";
    private static final double MEGABYTE = 1e6;

    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            description = "Where the copy goes; by default " + FOLDER + " beside the migration file.")
    private @Nullable Path to;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        Path folder = Optional.ofNullable(to).orElseGet(() -> file.path().resolveSibling(FOLDER));
        List<Reports.BackupLine> lines = new ArrayList<>();
        Map<String, LiteferryException> failed = EachSource.run(plan, source -> {
            SourceBackup backup = take(source, folder, spec.commandLine().getErr());
            lines.add(line(source, backup));
            journal(source, backup);
        });
        print(lines, failed);
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** What a cutover asks for; a backup before apply is only a backup. */
    private void journal(Plan source, SourceBackup backup) {
        if (source.options().optional(Options.CONNECTION_URL).isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "not noted in the journal: the embedded PostgreSQL does not run; a cutover asks for one that is");
            return;
        }
        try (Journal journal = new Journal(PgConnections.of(source.options()), source.source())) {
            journal.backup(backup, Request.of(source.options()).by());
        }
    }

    /** Several sources have a folder each: their files may have one name. */
    static SourceBackup take(Plan source, Path folder, PrintWriter err) {
        SqliteFile database = new SqliteFile(source.options().path(Options.DATABASE_FILE_PATH));
        ScanProgress progress = new ScanProgress("copying", "pages", err, Clock.systemUTC());
        return SourceBackup.take(
                database,
                source.several() ? folder.resolve(source.source()) : folder,
                Clock.systemUTC(),
                (copied, all) -> progress.rows(String.valueOf(database.path().getFileName()), copied, all));
    }

    private static Reports.BackupLine line(Plan source, SourceBackup backup) {
        return new Reports.BackupLine(
                source.source(),
                backup.path().toString(),
                backup.bytes(),
                backup.sha256(),
                backup.rows(),
                backup.foreignKeyViolations().orElse(null),
                backup.takenAt().toString(),
                backup.position().map(Position::seq).orElse(null));
    }

    private void print(List<Reports.BackupLine> lines, Map<String, LiteferryException> failed) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> next = List.of("liteferry status --config " + file.path());
        if (output.isJson()) {
            Map<String, String> reasons = new LinkedHashMap<>();
            failed.forEach((source, e) -> reasons.put(source, String.valueOf(e.getMessage())));
            Output.json(out, new Reports.BackupReport(lines, reasons, next));
            return;
        }
        Output.table(
                out,
                List.of("SOURCE", "COPY", "MB", "ROWS", "FOREIGN KEYS", "SHA-256"),
                lines.stream().map(BackupCommand::cells).toList());
        if (!failed.isEmpty()) {
            spec.commandLine().getErr().println(EachSource.told(failed));
        }
        Output.nextSteps(out, next);
    }

    private static List<String> cells(Reports.BackupLine line) {
        Long violations = line.foreignKeyViolations();
        long rows = line.rows().values().stream().mapToLong(Long::longValue).sum();
        return List.of(
                line.source(),
                line.file(),
                String.format(Locale.ROOT, "%.1f", line.bytes() / MEGABYTE),
                Output.count(rows),
                violations == null ? "not checked" : violations == 0 ? "ok" : violations + " violated",
                line.sha256());
    }
}
