package io.liteferry.core.planning;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What PostgreSQL would do to a JSON text. {@code json} keeps the text; {@code jsonb} sorts keys, keeps the last of
 * duplicates, rewrites numbers and refuses {@code \u0000} and lone surrogates.
 *
 * @param heldByJsonb true where jsonb keeps all of it, perhaps written differently
 * @param sameAsJsonb true where jsonb changes nothing but white space
 */
record JsonText(boolean valid, boolean heldByJsonb, boolean sameAsJsonb) {
    private static final JsonText INVALID = new JsonText(false, false, false);
    private static final Pattern PLAIN_NUMBER = Pattern.compile("(?!-0(\\.0*)?$)-?(0|[1-9]\\d*)(\\.\\d+)?");
    private static final int DEEPEST = 500;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(10_000)
                    .build())
            .build();

    static JsonText look(ObservedValue v) {
        try (JsonParser parser = FACTORY.createParser(v.array(), v.offset(), v.bytes())) {
            boolean same = true;
            boolean any = false;
            int depth = 0;
            boolean held = true;
            Deque<Keys> objects = new ArrayDeque<>();
            for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
                if (any && depth == 0) {
                    return INVALID; // a second value behind the first
                }
                any = true;
                switch (t) {
                    case START_OBJECT -> {
                        objects.push(new Keys());
                        depth++;
                    }
                    case END_OBJECT -> {
                        objects.pop();
                        depth--;
                    }
                    case START_ARRAY -> depth++;
                    case END_ARRAY -> depth--;
                    case FIELD_NAME -> {
                        Keys keys = objects.element();
                        held &= held(parser.currentName()) && keys.seen.add(parser.currentName());
                        same &= keys.next(parser.currentName());
                    }
                    case VALUE_STRING -> held &= held(parser.getText());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                        same &= PLAIN_NUMBER.matcher(parser.getText()).matches();
                    default -> {}
                }
            }
            return any ? new JsonText(true, held, held && same) : INVALID;
        } catch (IOException e) {
            return INVALID;
        }
    }

    /** The keys of one object. jsonb sorts them by length, then by bytes. */
    private static final class Keys {
        private final Set<String> seen = new HashSet<>();
        private byte[] last = new byte[0];

        /** Whether the key comes where jsonb would put it. */
        boolean next(String name) {
            byte[] key = name.getBytes(StandardCharsets.UTF_8);
            boolean first = seen.size() == 1;
            byte[] before = last;
            last = key;
            return first
                    || (before.length != key.length
                            ? before.length < key.length
                            : Arrays.compareUnsigned(before, key) < 0);
        }
    }

    private static boolean held(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
