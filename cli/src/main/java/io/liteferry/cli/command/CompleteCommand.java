package io.liteferry.cli.command;

import io.liteferry.cli.report.KeptManifest;
import io.liteferry.core.ExitCode;
import io.liteferry.core.plan.Plan;
import io.liteferry.cutover.Completion;
import io.liteferry.cutover.Request;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Ends a migration after its cutover. */
@Command(
        name = "complete",
        mixinStandardHelpOptions = true,
        description = {
            "Ends the migration: gives up the way back, removes slot, publication and gate from PostgreSQL.",
            "The fence stays on the SQLite file unless --release-source is given."
        })
public final class CompleteCommand implements Callable<Integer> {
    @Mixin
    private RunningMigration migration = new RunningMigration();

    @Option(
            names = "--release-source",
            description =
                    "Take the fence, the change log and everything of ours out of the SQLite file; its schema is then"
                            + " what it was, text by text. A forgotten process can write there again, and what it writes goes nowhere.")
    private boolean releaseSource;

    @Option(names = "--delete-topics", description = "Delete the migration's topics from Kafka.")
    private boolean deleteTopics;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = migration.plan();
        if (deleteTopics && plan.several()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--delete-topics would take the topics of the other sources too; delete them by hand.");
        }
        PrintWriter out = spec.commandLine().getOut();
        // Afterwards the sides part.
        KeptManifest.take(plan, migration.path(), spec.commandLine().getErr());
        new Completion(plan)
                .run(releaseSource, deleteTopics, Request.of(plan.options()).by())
                .forEach(out::println);
        out.println("The migration of " + plan.source() + " is complete.");
        out.println("next: stop the services; liteferry report" + migration.again(plan) + " -o html > report.html");
        return ExitCode.OK;
    }
}
