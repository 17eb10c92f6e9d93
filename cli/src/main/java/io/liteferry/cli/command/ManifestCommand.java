package io.liteferry.cli.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.cli.report.Manifest;
import io.liteferry.cli.report.Output;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.validator.canonical.CanonicalRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Rows and checksums of every table on both sides: to be kept, and to be held against later. */
@Command(
        name = "manifest",
        mixinStandardHelpOptions = true,
        description = {
            "Prints rows and a checksum of each table on both sides, with the position they are of; no order of the rows"
                    + " changes a checksum.",
            "Keep it: liteferry manifest --config migration.yaml -o json > manifest.json",
            "Exit code 4 where both sides differ, or with --verify where anything differs from the one that was kept."
        })
public final class ManifestCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Option(names = "--verify", paramLabel = "FILE", description = "A manifest that was kept, to be held against now.")
    private @Nullable Path kept;

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Manifest before = kept == null ? null : read(kept);
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        Manifest now = Manifest.take(plan.perSource(), file.path());
        return before == null ? print(now) : verify(before, now);
    }

    private Manifest read(Path path) {
        try {
            Manifest manifest = JsonMapper.builder().build().readValue(path.toFile(), Manifest.class);
            if (!Manifest.KIND.equals(manifest.kind()) || manifest.form() != CanonicalRow.VERSION) {
                throw new ParameterException(
                        spec.commandLine(),
                        path + " is no manifest of this version: its kind is " + manifest.kind() + ", its form "
                                + manifest.form() + ", wanted " + Manifest.KIND + ", " + CanonicalRow.VERSION);
            }
            return manifest;
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), path + " cannot be read as a manifest: " + e.getMessage(), e);
        }
    }

    private int print(Manifest manifest) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> differences = manifest.differences();
        if (output.isJson()) {
            Output.json(out, manifest);
        } else {
            Output.table(
                    out,
                    List.of("TABLE", "SQLITE", "POSTGRESQL", "SEQ"),
                    manifest.tables().stream().map(ManifestCommand::cells).toList());
            differences.forEach(d -> out.println("differs: " + d));
            Output.nextSteps(out, manifest.nextSteps());
        }
        return differences.isEmpty() ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private static List<String> cells(Manifest.Table t) {
        Manifest.At at = t.at();
        return List.of(
                t.source() + "." + t.name(),
                String.valueOf(t.sqlite()),
                String.valueOf(t.postgresql()),
                at == null ? "" : Long.toString(at.seq()));
    }

    private int verify(Manifest before, Manifest now) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> differences = now.differences(before);
        Manifest.Verified verified =
                new Manifest.Verified(before.at(), differences, List.of("liteferry status --config " + file.path()));
        if (output.isJson()) {
            Output.json(out, verified);
        } else {
            differences.forEach(d -> out.println("differs: " + d));
            out.println(
                    differences.isEmpty()
                            ? "The same as at " + before.at() + "."
                            : differences.size() + " differences since " + before.at() + ".");
            Output.nextSteps(out, verified.nextSteps());
        }
        return differences.isEmpty() ? ExitCode.OK : ExitCode.NOT_READY;
    }
}
