package io.liteferry.capture.record;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A control record as a struct with the names of its JSON, whatever components it has: as JSON without schemas it is what
 * {@link io.liteferry.core.change.Json} writes and reads.
 */
final class JavaRecords {
    private static final Map<Class<?>, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private JavaRecords() {}

    static Schema schema(Class<? extends Record> type) {
        return SCHEMAS.computeIfAbsent(type, t -> structSchema(t).build());
    }

    static Struct struct(Record value) {
        return struct(schema(value.getClass()), value);
    }

    private static SchemaBuilder structSchema(Class<?> type) {
        SchemaBuilder builder = SchemaBuilder.struct().name("io.liteferry." + type.getSimpleName());
        for (RecordComponent c : type.getRecordComponents()) {
            builder.field(name(c), fieldSchema(c.getGenericType()));
        }
        return builder;
    }

    private static Schema fieldSchema(Type type) {
        if (type == long.class || type == int.class) {
            return Schema.INT64_SCHEMA;
        }
        if (type == boolean.class) {
            return Schema.BOOLEAN_SCHEMA;
        }
        if (type == Long.class) {
            return Schema.OPTIONAL_INT64_SCHEMA;
        }
        if (type == String.class || type instanceof Class<?> e && e.isEnum()) {
            return Schema.OPTIONAL_STRING_SCHEMA;
        }
        if (type == byte[].class) {
            return Schema.OPTIONAL_BYTES_SCHEMA;
        }
        if (type instanceof Class<?> r && r.isRecord()) {
            return structSchema(r).optional().build();
        }
        if (type instanceof ParameterizedType p) {
            Type last = p.getActualTypeArguments()[p.getActualTypeArguments().length - 1];
            return p.getRawType() == List.class
                    ? SchemaBuilder.array(fieldSchema(last)).optional().build()
                    : SchemaBuilder.map(Schema.STRING_SCHEMA, fieldSchema(last))
                            .optional()
                            .build();
        }
        throw new IllegalArgumentException("no schema for " + type.getTypeName());
    }

    private static Struct struct(Schema schema, Record value) {
        Struct struct = new Struct(schema);
        for (RecordComponent c : value.getClass().getRecordComponents()) {
            String name = name(c);
            struct.put(name, converted(schema.field(name).schema(), read(c, value)));
        }
        return struct;
    }

    private static @Nullable Object converted(Schema schema, @Nullable Object value) {
        if (value instanceof Record r) {
            return struct(schema, r);
        }
        if (value instanceof Integer i) {
            return i.longValue();
        }
        if (value instanceof Enum<?> e) {
            return e.name();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(v -> converted(schema.valueSchema(), v)).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> converted = new LinkedHashMap<>();
            map.forEach((k, v) -> converted.put(String.valueOf(k), converted(schema.valueSchema(), v)));
            return converted;
        }
        return value;
    }

    private static String name(RecordComponent c) {
        JsonProperty json = c.getAccessor().getAnnotation(JsonProperty.class);
        return json == null ? c.getName() : json.value();
    }

    private static @Nullable Object read(RecordComponent c, Record value) {
        try {
            return c.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + c.getName(), e);
        }
    }
}
