package io.liteferry.core.plan;

import io.liteferry.core.options.Options;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads a migration file from its node tree, so that every problem is known with its line and all are reported at once.
 * Unknown keys are refused; nothing is repaired.
 */
final class PlanReader {
    static final String REPLACE = "replace";
    static final String NO_ACTION = "NO ACTION";

    static final Set<String> ACTIONS = Set.of(NO_ACTION, "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT");
    private static final int LARGEST_FILE = 64 << 20;
    private static final int LONGEST_NAME = 100;

    private final String file;
    private final PlanProblems problems = new PlanProblems();

    PlanReader(String file) {
        this.file = file;
    }

    Plan read(String yaml) {
        YamlMap root = new YamlMap(tree(yaml), "", problems);
        root.allow(PlanKeys.ROOT);
        exactly(root, "apiVersion", PlanFile.API_VERSION);
        exactly(root, "kind", PlanFile.KIND);
        String name = name(root);
        Options options = options(root);
        List<Source> sources = new SourceList(problems).read(root, options);
        Map<TablePlan, YamlMap> tables = new LinkedHashMap<>();
        if (root.get("tables").isEmpty()) {
            root.problem("tables", ": is missing");
        }
        root.get("tables").ifPresent(node -> {
            YamlMap named = root.map("tables", node);
            named.entries().forEach((source, value) -> {
                YamlMap t = named.map(source, value);
                table(source, t).ifPresent(plan -> tables.put(plan, t));
            });
        });
        PlanChecks.check(tables);
        problems.throwIfAny(file);
        return new Plan(name, options, List.copyOf(tables.keySet()), sources, List.of());
    }

    private Node tree(String yaml) {
        LoaderOptions loader = new LoaderOptions();
        loader.setCodePointLimit(LARGEST_FILE);
        try {
            Node node = new Yaml(loader).compose(new StringReader(yaml));
            if (node == null) {
                throw PlanProblems.invalid(file, "\n  line 1: the file is empty");
            }
            return node;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw PlanProblems.invalid(file, "\n  line " + line + ": not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw PlanProblems.invalid(file, "\n  line 1: not YAML: " + e.getMessage());
        }
    }

    private void exactly(YamlMap root, String key, String wanted) {
        root.required(key)
                .filter(v -> !v.equals(wanted))
                .ifPresent(v -> root.problem(key, ": " + v + " is not " + wanted));
    }

    private String name(YamlMap root) {
        String name = root.required("name").orElse("");
        boolean legal = name.matches("[a-zA-Z0-9._-]+") && name.length() <= LONGEST_NAME && !name.matches("\\.{1,2}");
        if (!legal && root.get("name").isPresent()) {
            root.problem(
                    "name",
                    ": is the prefix of all topics: letters, digits, dot, underscore and hyphen, at most "
                            + LONGEST_NAME);
        }
        return name;
    }

    private Options options(YamlMap root) {
        Map<String, String> given = new LinkedHashMap<>();
        root.get("options").ifPresent(node -> {
            YamlMap map = root.map("options", node);
            map.entries()
                    .forEach((key, value) -> map.text(key).ifPresent(written -> {
                        Optional<String> problem = Options.problem(key, written);
                        problem.ifPresentOrElse(
                                p -> problems.add(value, "options: " + p), () -> given.put(key, written));
                    }));
        });
        return Options.of(given);
    }

    private Optional<TablePlan> table(String source, YamlMap t) {
        t.allow(PlanKeys.TABLE);
        List<ColumnPlan> columns = columns(t);
        Optional<KeyPlan> key = key(t, columns);
        if (columns.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        String existing = t.parsed(
                        "existing",
                        "true, false or replace",
                        s -> Optional.of(s).filter(List.of("true", "false", REPLACE)::contains))
                .orElse("false");
        return Optional.of(new TablePlan(
                source,
                t.text("target", source),
                key.get(),
                columns,
                t.get("partition").flatMap(n -> PartitionText.read(t.map("partition", n), key.get(), columns)),
                t.maps("indexes").stream()
                        .map(this::index)
                        .flatMap(Optional::stream)
                        .toList(),
                t.maps("foreign_keys").stream()
                        .map(this::foreignKey)
                        .flatMap(Optional::stream)
                        .toList(),
                t.maps("checks").stream()
                        .map(PlanReader::check)
                        .flatMap(Optional::stream)
                        .toList(),
                t.number("expected_rows", 0, 0, Long.MAX_VALUE),
                existing.equals("false"),
                existing.equals(REPLACE)));
    }

    private Optional<KeyPlan> key(YamlMap t, List<ColumnPlan> columns) {
        Node node = t.get("key").orElse(null);
        if (node == null) {
            t.problem("key", ": is missing");
            return Optional.empty();
        }
        if (node instanceof ScalarNode s && s.getValue().equals("rowid")) {
            return Optional.of(KeyPlan.rowid());
        }
        if (node instanceof SequenceNode) {
            return key(KeyPlan.Kind.PRIMARY_KEY, t.texts(node, t.at("key")), columns, t, node);
        }
        if (node instanceof MappingNode) {
            YamlMap unique = t.map("key", node);
            unique.allow(PlanKeys.UNIQUE_KEY);
            return key(KeyPlan.Kind.UNIQUE_INDEX, unique.texts("unique_index"), columns, t, node);
        }
        t.problem("key", ": expected a list of columns, rowid, or { unique_index: [columns] }");
        return Optional.empty();
    }

    private Optional<KeyPlan> key(
            KeyPlan.Kind kind, List<String> names, List<ColumnPlan> columns, YamlMap t, Node where) {
        if (names.isEmpty()) {
            problems.add(where, t.at("key") + ": has no columns");
            return Optional.empty();
        }
        return knownColumns(names, columns.stream().map(ColumnPlan::source).toList(), t.at("key"), where)
                ? Optional.of(new KeyPlan(kind, names))
                : Optional.empty();
    }

    private boolean knownColumns(List<String> names, List<String> known, String path, Node where) {
        boolean good = true;
        for (String name : names) {
            if (!known.contains(name)) {
                problems.add(where, path + ": no column " + name + PlanProblems.didYouMean(name, known));
                good = false;
            }
        }
        if (Set.copyOf(names).size() != names.size()) {
            problems.add(where, path + ": names a column twice");
            good = false;
        }
        return good;
    }

    private List<ColumnPlan> columns(YamlMap t) {
        Node node = t.get("columns").orElse(null);
        if (node == null) {
            t.problem("columns", ": is missing");
            return List.of();
        }
        YamlMap named = t.map("columns", node);
        List<ColumnPlan> columns = new ArrayList<>();
        named.entries().forEach((source, value) -> columns.add(column(source, named.map(source, value))));
        if (columns.isEmpty()) {
            t.problem("columns", ": is empty");
        }
        return columns;
    }

    /** A column with a problem still stands, as text, so that what refers to it is not a second problem. */
    private ColumnPlan column(String source, YamlMap c) {
        c.allow(PlanKeys.COLUMN);
        c.required("type");
        Optional<TargetType> written = c.get("type").isEmpty()
                ? Optional.empty()
                : c.parsed("type", "a type Liteferry carries (" + PlanSchema.typeNames() + ")", TargetType::parse);
        TargetType type = written.orElse(TargetType.of(TargetType.Kind.TEXT));
        Encoding encoding = written.map(t -> encoding(c, t)).orElse(Encoding.PLAIN);
        Optional<ZoneId> zone = c.parsed("zone", "a time zone, for instance UTC or Europe/Berlin", PlanReader::zone);
        if (zone.isPresent() && type.kind() != TargetType.Kind.TIMESTAMPTZ) {
            c.problem("zone", ": is for columns of type timestamptz only");
        }
        c.parsed("collation", "C", s -> s.equals("C") ? Optional.of(s) : Optional.empty());
        return new ColumnPlan(
                source,
                c.text("target", source),
                type,
                encoding,
                c.flag("nullable", true),
                c.text("default"),
                zone,
                c.flag("identity", false),
                c.text("collation").isPresent(),
                c.parsed("mask", "hash, null, partial, partial:N or fixed:VALUE", Mask::parse));
    }

    private Encoding encoding(YamlMap c, TargetType type) {
        String choices = Stream.of(Encoding.values())
                .filter(e -> e.fits(type.kind()))
                .map(Encoding::yaml)
                .collect(Collectors.joining(", "));
        return c.parsed(
                        "encoding",
                        "an encoding for " + type + " (" + choices + ")",
                        s -> Encoding.parse(s).filter(e -> e.fits(type.kind())))
                .orElse(Encoding.usual(type.kind()));
    }

    private static Optional<ZoneId> zone(String written) {
        try {
            return Optional.of(ZoneId.of(written));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private Optional<IndexPlan> index(YamlMap i) {
        i.allow(PlanKeys.INDEX);
        Optional<String> name = i.required("name");
        List<String> terms = i.texts("terms");
        boolean constraint = i.flag("constraint", false);
        boolean unique = i.flag("unique", constraint);
        if (terms.isEmpty()) {
            i.problem("terms", ": is missing");
            return Optional.empty();
        }
        if (constraint && (!unique || i.text("where").isPresent())) {
            i.problem("constraint", ": is for unique indexes without where");
            return Optional.empty();
        }
        return name.map(n -> new IndexPlan(n, unique, constraint, terms, i.text("where")));
    }

    private static Optional<CheckPlan> check(YamlMap c) {
        c.allow(PlanKeys.CHECK);
        Optional<String> name = c.required("name");
        Optional<String> condition = c.required("check");
        return name.flatMap(n -> condition.map(x -> new CheckPlan(n, x)));
    }

    private Optional<ForeignKeyPlan> foreignKey(YamlMap f) {
        f.allow(PlanKeys.FOREIGN_KEY);
        @Nullable String name = f.required("name").orElse(null);
        @Nullable String references = f.required("references").orElse(null);
        List<String> columns = f.texts("columns");
        List<String> referenced = f.texts("referenced_columns");
        if (columns.isEmpty() || columns.size() != referenced.size()) {
            f.problem("columns", ": needs as many columns as referenced_columns, one at least");
            return Optional.empty();
        }
        String onDelete = action(f, "on_delete");
        String onUpdate = action(f, "on_update");
        return name == null || references == null
                ? Optional.empty()
                : Optional.of(new ForeignKeyPlan(name, columns, references, referenced, onDelete, onUpdate));
    }

    private static String action(YamlMap f, String key) {
        return f.parsed(
                        key,
                        "one of " + String.join(", ", ACTIONS.stream().sorted().toList()),
                        s -> Optional.of(s.toUpperCase(Locale.ROOT)).filter(ACTIONS::contains))
                .orElse(NO_ACTION);
    }
}
