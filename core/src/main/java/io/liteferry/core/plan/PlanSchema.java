package io.liteferry.core.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.liteferry.core.options.ClientOptions;
import io.liteferry.core.options.Options;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;

/** The JSON Schema of a migration file, for editors: the keys of {@link PlanKeys}, the types, encodings and options. */
public final class PlanSchema {
    /** The file that the first line of a written plan names. */
    public static final String FILE = "liteferry-v1.schema.json";

    private PlanSchema() {}

    public static String json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("$schema", "http://json-schema.org/draft-07/schema#").put("title", "Liteferry migration file");
        root.setAll(PlanKeys.ROOT.schema());
        try {
            return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the schema cannot be written", e);
        }
    }

    static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    static ObjectNode text() {
        return node("string");
    }

    static ObjectNode texts() {
        ObjectNode list = node("array").put("minItems", 1);
        // YAML reads a column called 1 or true as something else than text.
        list.set("items", scalar());
        return list;
    }

    /** Whatever YAML makes of a word. */
    static ObjectNode scalar() {
        ObjectNode any = JsonNodeFactory.instance.objectNode();
        any.putArray("type").add("string").add("number").add("boolean").add("null");
        return any;
    }

    static ObjectNode flag(boolean otherwise) {
        return node("boolean").put("default", otherwise);
    }

    static ObjectNode number(long least, long most) {
        return node("integer").put("minimum", least).put("maximum", most);
    }

    static ObjectNode words(List<String> words) {
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        words.forEach(choice.putArray("enum")::add);
        return choice;
    }

    static ObjectNode mask() {
        return any(node("null"), text().put("pattern", "^(hash|null|partial(:[0-9]{1,4})?|fixed:(.|\\n)*)$"));
    }

    static ObjectNode actions() {
        return words(PlanReader.ACTIONS.stream().sorted().toList());
    }

    static ObjectNode any(ObjectNode... choices) {
        ObjectNode any = JsonNodeFactory.instance.objectNode();
        ArrayNode all = any.putArray("anyOf");
        for (ObjectNode c : choices) {
            all.add(c);
        }
        return any;
    }

    static ObjectNode list(PlanKeys of) {
        ObjectNode list = node("array");
        list.set("items", of.schema());
        return list;
    }

    /** A mapping from names of the source. */
    static ObjectNode each(PlanKeys of) {
        ObjectNode map = node("object");
        map.set("additionalProperties", of.schema());
        return map;
    }

    static String typeNames() {
        return Stream.concat(plainTypes(), Stream.of("enum NAME")).collect(Collectors.joining(", "));
    }

    private static Stream<String> plainTypes() {
        return Stream.of(TargetType.Kind.values())
                .filter(k -> k != TargetType.Kind.ENUM)
                .map(TargetType.Kind::sql);
    }

    /** The first word decides; lengths and precisions are checked when the file is read. */
    static ObjectNode typePattern() {
        String names = Stream.concat(plainTypes(), TargetType.aliases().stream())
                .sorted()
                .collect(Collectors.joining("|"));
        return text().put("pattern", "^(" + names + ")( ?\\([0-9, ]+\\))?( with(out)? time zone)?$|^enum .+$");
    }

    static ObjectNode options() {
        ObjectNode options = node("object").put("additionalProperties", false);
        options.putObject("patternProperties")
                .putObject("^" + ClientOptions.PREFIX.replace(".", "\\."))
                .put("description", "An option of Kafka's clients by its own name.");
        ObjectNode properties = options.putObject("properties");
        for (ConfigDef.ConfigKey k : Options.declared().configKeys().values()) {
            properties.set(
                    k.name,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("description", k.documentation + " " + Options.range(k.name)));
        }
        return options;
    }
}
