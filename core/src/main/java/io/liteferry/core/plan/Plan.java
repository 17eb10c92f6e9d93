package io.liteferry.core.plan;

import io.liteferry.core.options.Options;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The migration: its name, its options, its tables, and the SQLite files it moves, all by the same tables.
 *
 * @param name the {@code topic.prefix}: prefix of all topics
 * @param listed the sources as the migration file lists them; empty where {@code database.file.path} is the only one
 * @param served those of them that this plan is about; empty stands for all
 */
public record Plan(String name, Options options, List<TablePlan> tables, List<Source> listed, List<Source> served) {
    public Plan {
        tables = List.copyOf(tables);
        listed = List.copyOf(listed);
        served = List.copyOf(served);
    }

    /** A migration of one file, whose source is called as the migration. */
    public Plan(String name, Options options, List<TablePlan> tables) {
        this(name, options, tables, List.of(), List.of());
    }

    public Optional<TablePlan> table(String source) {
        return tables.stream().filter(t -> t.source().equals(source)).findFirst();
    }

    public Plan withOptions(Options options) {
        return new Plan(name, options, tables, listed, served);
    }

    public Plan withTables(List<TablePlan> tables) {
        return new Plan(name, options, tables, listed, served);
    }

    /** The sources this plan is about. */
    public List<Source> sources() {
        if (!served.isEmpty()) {
            return served;
        }
        return listed.isEmpty()
                ? List.of(new Source(
                        name, options.string(Options.DATABASE_FILE_PATH), options.string(Options.TARGET_SCHEMA), 0))
                : listed;
    }

    /** One plan a source, in the order of the list. */
    public List<Plan> perSource() {
        return sources().stream().map(this::forSource).toList();
    }

    /** The plan of one source: its file and its schema stand in the options. */
    public Plan forSource(Source source) {
        return new Plan(
                name,
                options.with(Options.DATABASE_FILE_PATH, source.file()).with(Options.TARGET_SCHEMA, source.schema()),
                tables,
                listed,
                List.of(source));
    }

    /** The plan of some of the sources. */
    public Plan serving(Collection<String> names) {
        Set<String> wanted = Set.copyOf(names);
        return new Plan(
                name,
                options,
                tables,
                listed,
                sources().stream().filter(s -> wanted.contains(s.name())).toList());
    }

    /** The name of the one source this plan is about: the identity of the stream. */
    public String source() {
        return one().name();
    }

    /** The partition of every topic that holds the records of the one source. */
    public int partition() {
        return one().partition();
    }

    /** How many partitions each topic has: one a source of the whole list. */
    public int partitions() {
        return Math.max(1, listed.size());
    }

    /** True where sources are told apart in metrics and reports. */
    public boolean several() {
        return !listed.isEmpty();
    }

    /**
     * What a command on this source is to be given: for messages that name the command to run.
     *
     * @param config path of the migration file
     */
    public String arguments(Object config) {
        return " --config " + config + (several() ? " --source " + source() : "");
    }

    private Source one() {
        if (sources().size() != 1) {
            throw new IllegalStateException("a plan of " + sources().size() + " sources is used as that of one");
        }
        return sources().get(0);
    }
}
