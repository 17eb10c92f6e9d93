package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import io.liteferry.core.plan.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --config}: the migration file, with the environment laid over its options. */
final class MigrationFile {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The migration file that liteferry plan printed.")
    private Path path = Path.of("migration.yaml");

    @Option(
            names = "--source",
            split = ",",
            paramLabel = "NAME",
            description = "Only these sources of a migration of several files; all by default.")
    private List<String> sources = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    Path path() {
        return path;
    }

    private Plan chosen(Plan plan) {
        if (sources.isEmpty()) {
            return plan;
        }
        List<String> known = plan.sources().stream().map(Source::name).toList();
        for (String name : sources) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "There is no source " + name + " in " + path + "; it lists " + String.join(", ", known) + ".");
            }
        }
        return plan.serving(sources);
    }

    Plan read() {
        Plan plan = PlanFile.read(path);
        Options options = plan.options().withEnvironment(System.getenv());
        return chosen(plan.withOptions(options));
    }
}
