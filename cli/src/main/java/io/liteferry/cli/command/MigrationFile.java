package io.liteferry.cli.command;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.PlanFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}: the migration file, with the environment laid over its options. */
final class MigrationFile {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The migration file that liteferry plan printed.")
    private Path path = Path.of("migration.yaml");

    Path path() {
        return path;
    }

    Plan read() {
        Plan plan = PlanFile.read(path);
        Options options = plan.options().withEnvironment(System.getenv());
        return plan.withOptions(options);
    }
}
