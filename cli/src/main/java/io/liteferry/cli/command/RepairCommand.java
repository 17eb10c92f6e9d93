package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.core.plan.Plan;
import io.liteferry.validator.RepairRequest;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks capture to send the rows that differ again, in order with live changes: never a side write. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description =
                "Has capture send the keys that the validator found different again; the services must be running.")
public final class RepairCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TABLE",
            description = "One table, by its name in SQLite; all by default.")
    private @Nullable String table;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        long keys = plan.perSource().stream()
                .mapToLong(source -> RepairRequest.request(source, Optional.ofNullable(table)))
                .sum();
        spec.commandLine()
                .getOut()
                .println(keys == 0 ? "Nothing is known to differ." : "Asked capture to send " + keys + " keys again.");
        spec.commandLine().getOut().println("next: liteferry status --config " + file.path());
        return 0;
    }
}
