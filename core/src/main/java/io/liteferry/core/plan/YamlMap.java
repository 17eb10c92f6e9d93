package io.liteferry.core.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of the migration file; what is wrong in it is noted with its line and reading goes on. */
final class YamlMap {
    private final Node node;
    private final String path;
    private final PlanProblems problems;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Node> keys = new HashMap<>();

    /** @param path where the mapping stands, for messages: {@code tables.orders} */
    YamlMap(Node node, String path, PlanProblems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        if (!(node instanceof MappingNode mapping)) {
            problems.add(node, path + ": expected keys with values");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(tuple.getKeyNode(), path + ": a key is a single word");
            } else if (entries.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                problems.add(key, at(key.getValue()) + ": stands twice");
            } else {
                keys.put(key.getValue(), key);
            }
        }
    }

    Map<String, Node> entries() {
        return entries;
    }

    /** Notes a problem at the line of the key's value, or of the mapping where there is none. */
    void problem(String key, String text) {
        problems.add(entries.getOrDefault(key, node), at(key) + text);
    }

    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    void allow(PlanKeys known) {
        keys.forEach((key, node) -> {
            if (!known.names().contains(key)) {
                problems.add(node, at(key) + ": unknown key" + PlanProblems.didYouMean(key, known.names()));
            }
        });
    }

    /**
     * Notes a problem with what stands somewhere below: at its line, or at that of the last step that is there.
     *
     * @param steps keys of mappings; in a list the {@code name} of an element
     */
    void problemAt(List<String> steps, String text) {
        Node place = node;
        Node where = node;
        for (String step : steps) {
            Optional<NodeTuple> next = step(where, step);
            if (next.isEmpty()) {
                break;
            }
            place = next.get().getKeyNode();
            where = next.get().getValueNode();
        }
        problems.add(place, at(String.join(".", steps)) + text);
    }

    private static Optional<NodeTuple> step(Node from, String step) {
        if (from instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .filter(t -> t.getKeyNode() instanceof ScalarNode k
                            && k.getValue().equals(step))
                    .findFirst();
        }
        if (from instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                boolean named = step(element, "name")
                        .filter(t -> t.getValueNode() instanceof ScalarNode n
                                && n.getValue().equals(step))
                        .isPresent();
                if (named) {
                    return Optional.of(new NodeTuple(element, element));
                }
            }
        }
        return Optional.empty();
    }

    Optional<Node> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    Optional<String> text(String key) {
        return get(key).flatMap(n -> scalar(n, at(key)));
    }

    String text(String key, String otherwise) {
        return text(key).orElse(otherwise);
    }

    /** Notes that the key is missing, where it is. */
    Optional<String> required(String key) {
        if (get(key).isEmpty()) {
            problem(key, ": is missing");
        }
        return text(key);
    }

    boolean flag(String key, boolean otherwise) {
        return parsed(key, "true or false", s -> switch (s) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                })
                .orElse(otherwise);
    }

    long number(String key, long otherwise, long least, long most) {
        return parsed(key, "a number from " + least + " to " + most, s -> {
                    try {
                        long n = Long.parseLong(s);
                        return n < least || n > most ? Optional.empty() : Optional.of(n);
                    } catch (NumberFormatException e) {
                        return Optional.empty();
                    }
                })
                .orElse(otherwise);
    }

    /** @param expected for the message: {@code a number} */
    <T> Optional<T> parsed(String key, String expected, Function<String, Optional<T>> parse) {
        Optional<String> written = text(key);
        Optional<T> value = written.flatMap(parse);
        if (written.isPresent() && value.isEmpty()) {
            problem(key, ": " + written.get() + " is not " + expected);
        }
        return value;
    }

    List<String> texts(String key) {
        return get(key).map(n -> texts(n, at(key))).orElse(List.of());
    }

    List<String> texts(Node list, String where) {
        List<String> values = new ArrayList<>();
        for (Node item : nodes(list, where)) {
            scalar(item, where).ifPresent(values::add);
        }
        return values;
    }

    List<YamlMap> maps(String key) {
        List<YamlMap> maps = new ArrayList<>();
        get(key).ifPresent(list -> {
            for (Node item : nodes(list, at(key))) {
                maps.add(new YamlMap(item, at(key) + "[" + maps.size() + "]", problems));
            }
        });
        return maps;
    }

    YamlMap map(String key, Node value) {
        return new YamlMap(value, at(key), problems);
    }

    private List<Node> nodes(Node list, String where) {
        if (list instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problems.add(list, where + ": expected a list");
        return List.of();
    }

    private Optional<String> scalar(Node value, String where) {
        if (value instanceof ScalarNode s) {
            return Optional.of(s.getValue());
        }
        problems.add(value, where + ": expected a single value");
        return Optional.empty();
    }
}
