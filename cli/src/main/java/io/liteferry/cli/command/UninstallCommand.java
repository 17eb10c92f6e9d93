package io.liteferry.cli.command;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.sink.schema.TargetInstaller;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Takes the change log and its triggers out of the source; the schema is then what it was, text by text. */
@Command(
        name = "uninstall",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the triggers and the change log from the SQLite file.",
            "The target is opened to everybody; its rows and the topics are left as they are. Stop the services first; a later migration starts with a new snapshot."
        })
public final class UninstallCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = file.read();
        Map<String, LiteferryException> failed = EachSource.run(plan, UninstallCommand::uninstall);
        int sources = plan.sources().size();
        spec.commandLine()
                .getOut()
                .println("Removed the change log of " + plan.name() + " from "
                        + (sources == 1 ? "the source." : sources - failed.size() + " of " + sources + " sources."));
        if (!failed.isEmpty()) {
            spec.commandLine().getErr().println(EachSource.told(failed));
        }
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** The source first: it is what the application needs. An embedded target is nobody's but ours. */
    private static void uninstall(Plan source) {
        boolean target = !source.options().string(Options.CONNECTION_URL).isEmpty();
        if (target && Sides.flowsBack(source, PgConnections.of(source.options()))) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_FENCED,
                    "Uninstalling from " + source.source()
                            + ": the application writes to PostgreSQL, and what it writes"
                            + " flows back through the fence. Nothing was changed. Go back first (liteferry rollback start), or"
                            + " end the migration: liteferry complete --release-source.");
        }
        new SourceInstaller(source).uninstall();
        if (target) {
            new TargetInstaller(source).uninstall();
        }
    }
}
