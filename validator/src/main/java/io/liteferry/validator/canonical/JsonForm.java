package io.liteferry.validator.canonical;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * JSON as jsonb keeps it: the last of duplicate keys, no order of keys, numbers by their value, no white space. Text that
 * jsonb refuses (NUL, lone surrogates, anything that is not JSON) has no form.
 */
final class JsonForm {
    /** Reading goes down the stack with the nesting, and a thread's stack ends long before PostgreSQL's. */
    private static final int DEEPEST = 1_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(200_000)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .build();

    private JsonForm() {}

    static Optional<byte[]> of(byte[] text, int offset, int length) {
        if (Utf8.characters(text, offset, length) < 0) {
            return Optional.empty();
        }
        try (JsonParser parser = FACTORY.createParser(text, offset, length)) {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            byte[] form = value(parser);
            return parser.nextToken() == null ? Optional.of(form) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static byte[] value(JsonParser p) throws IOException {
        JsonToken token = p.currentToken();
        return switch (token) {
            case START_OBJECT -> object(p);
            case START_ARRAY -> array(p);
            case VALUE_STRING -> tagged('s', string(p.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> tagged('n', Decimals.bytes(p.getDecimalValue()));
            case VALUE_TRUE -> tagged('t', new byte[0]);
            case VALUE_FALSE -> tagged('f', new byte[0]);
            case VALUE_NULL -> tagged('0', new byte[0]);
            default -> throw new IOException("not a value: " + token);
        };
    }

    private static byte[] object(JsonParser p) throws IOException {
        Map<String, byte[]> members = new TreeMap<>();
        while (p.nextToken() != JsonToken.END_OBJECT) {
            String name = p.currentName();
            p.nextToken();
            members.put(name, value(p));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> m : members.entrySet()) {
            body.writeBytes(tagged('k', string(m.getKey())));
            body.writeBytes(m.getValue());
        }
        return tagged('o', body.toByteArray());
    }

    private static byte[] array(JsonParser p) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (p.nextToken() != JsonToken.END_ARRAY) {
            body.writeBytes(value(p));
        }
        return tagged('a', body.toByteArray());
    }

    private static byte[] string(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0 || Character.isSurrogate(c) && !pair) {
                throw new IOException("a character that jsonb cannot hold");
            }
            if (pair) {
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] tagged(char tag, byte[] body) {
        byte[] bytes = new byte[5 + body.length];
        bytes[0] = (byte) tag;
        for (int i = 0; i < 4; i++) {
            bytes[1 + i] = (byte) (body.length >>> (24 - 8 * i));
        }
        System.arraycopy(body, 0, bytes, 5, body.length);
        return bytes;
    }
}
