package io.liteferry.core.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** JSON of the control records: ENDs, applied positions, signals. Fields of a later version are passed over. */
public final class Json {
    /** A value of a row is one string, and may be as long as the largest record. */
    private static final int LONGEST_STRING = 64 << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_STRING)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    public static byte[] bytes(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + record.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** What Connect's JsonConverter has put beside its schema. */
    public static JsonNode payload(JsonNode written) {
        return written.size() == 2 && written.has("schema") && written.has("payload")
                ? written.get("payload")
                : written;
    }

    /**
     * @param where topic and offset, or table, for the message
     * @throws LiteferryException {@link ErrorCode#RECORD_UNREADABLE}
     */
    public static <T> T read(byte[] json, Class<T> type, String where) {
        try {
            return converted(MAPPER.readTree(json), type);
        } catch (IOException e) {
            throw unreadable(type, where, e);
        }
    }

    /** The same of a JSON object with values of one type. */
    public static <T> Map<String, T> readMap(String json, Class<T> values, String where) {
        try {
            Map<String, T> map = MAPPER.readValue(
                    json, MAPPER.getTypeFactory().constructMapType(HashMap.class, String.class, values));
            if (map == null) {
                throw new IOException("null");
            }
            return map;
        } catch (IOException e) {
            throw unreadable(values, where, e);
        }
    }

    /** The same of a record that Connect's JsonConverter may have written. */
    public static <T> T readRecord(byte[] json, Class<T> type, String where) {
        try {
            return converted(payload(MAPPER.readTree(json)), type);
        } catch (IOException e) {
            throw unreadable(type, where, e);
        }
    }

    private static <T> T converted(JsonNode tree, Class<T> type) throws IOException {
        T value = MAPPER.treeToValue(tree, type);
        if (value == null) {
            throw new IOException("null");
        }
        return value;
    }

    private static LiteferryException unreadable(Class<?> type, String where, IOException e) {
        return new LiteferryException(
                ErrorCode.RECORD_UNREADABLE,
                "Reading a " + type.getSimpleName() + " at " + where + ": " + e.getMessage()
                        + ". Both services must be of the same version.",
                e);
    }
}
