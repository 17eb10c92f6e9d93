package io.liteferry.core.plan;

import io.liteferry.core.options.Options;
import java.util.List;
import java.util.Optional;

/**
 * The migration: its name, its options and its tables.
 *
 * @param name the {@code topic.prefix}: prefix of all topics and the name of the source everywhere
 */
public record Plan(String name, Options options, List<TablePlan> tables) {
    public Plan {
        tables = List.copyOf(tables);
    }

    public Optional<TablePlan> table(String source) {
        return tables.stream().filter(t -> t.source().equals(source)).findFirst();
    }

    public Plan withOptions(Options options) {
        return new Plan(name, options, tables);
    }
}
