package io.liteferry.cutover.reverse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * jsonb as JSON text. Two texts mean the same whatever their spaces, the order of their members and the spelling of their
 * numbers; a text that was not changed so keeps its bytes.
 */
final class JsonbForm implements ColumnForm {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNestingDepth(10_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * What a text means, with the text that PostgreSQL printed for it.
     *
     * @param tree maps, lists, strings, decimals, booleans and null
     */
    private record Meaning(@Nullable Object tree, String text) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Meaning m && Objects.equals(tree, m.tree);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(tree);
        }
    }

    @Override
    public Object ofTarget(String text) throws Unfit {
        try {
            return new Meaning(plain(MAPPER.readTree(text)), text);
        } catch (JsonProcessingException e) {
            throw new Unfit("JSON that cannot be read");
        }
    }

    @Override
    public Optional<Object> ofSource(SqliteValue value) {
        if (!(value instanceof SqliteValue.Text t)) {
            return Optional.empty();
        }
        String text = new String(t.utf8(), StandardCharsets.UTF_8);
        try {
            return Optional.of(new Meaning(plain(MAPPER.readTree(text)), text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    @Override
    public SqliteValue written(Object meaning) {
        return SqliteValue.Text.of(((Meaning) meaning).text);
    }

    private static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> members = new HashMap<>();
                node.properties().forEach(e -> members.put(e.getKey(), plain(e.getValue())));
                yield members;
            }
            case ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                node.forEach(e -> elements.add(plain(e)));
                yield elements;
            }
            case NUMBER -> NumberForms.bare(node.decimalValue());
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> null;
            default -> node.textValue();
        };
    }
}
