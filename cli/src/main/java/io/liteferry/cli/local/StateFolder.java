package io.liteferry.cli.local;

import java.nio.file.Path;

/**
 * The folder beside a migration file that holds the embedded servers' data: {@code migration.yaml} has {@code
 * migration.liteferry/}. It is kept between runs.
 */
public record StateFolder(Path folder) {
    public static StateFolder beside(Path migrationFile) {
        Path file = migrationFile.toAbsolutePath();
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
        return new StateFolder(file.resolveSibling(name + ".liteferry"));
    }

    Path kafka() {
        return folder.resolve("kafka");
    }

    Path postgres() {
        return folder.resolve("postgres");
    }
}
