package io.liteferry.cli.command;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ExitCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
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
            "The target and the topics are left as they are. Stop the services first; a later migration starts with a new snapshot."
        })
public final class UninstallCommand implements Callable<Integer> {
    @Mixin
    private MigrationFile file = new MigrationFile();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Plan plan = file.read();
        Map<String, LiteferryException> failed =
                EachSource.run(plan, source -> new SourceInstaller(source).uninstall());
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
}
