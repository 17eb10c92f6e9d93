package io.liteferry.cli.command;

import io.liteferry.cli.local.LocalServers;
import io.liteferry.cli.local.StateFolder;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;

/** The migration file of a migration whose servers run: one source, every address set. */
final class RunningMigration {
    @Mixin
    private MigrationFile file = new MigrationFile();

    Path path() {
        return file.path();
    }

    /** What the next command on the same source is to be given. */
    String again(Plan plan) {
        return plan.arguments(path());
    }

    Plan plan() {
        Plan plan = LocalServers.withRunning(file.read(), StateFolder.beside(file.path()));
        List<Plan> sources = plan.perSource();
        if (sources.size() != 1) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_STATE,
                    "Reading " + file.path() + ": it lists " + sources.size()
                            + " sources, and one is switched at a time. Name it: --source "
                            + sources.stream().map(Plan::source).collect(Collectors.joining(" | --source ")) + ".");
        }
        if (plan.options().optional(Options.CONNECTION_URL).isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.TARGET_UNREACHABLE,
                    "Connecting to the target of " + plan.name()
                            + ": the embedded PostgreSQL does not run. Start it with liteferry run all --config "
                            + file.path() + ".");
        }
        return sources.get(0);
    }
}
