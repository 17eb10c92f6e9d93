package io.liteferry.cutover.reverse;

import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Text and bytes. Means a {@link String}: of bytes PostgreSQL's hexadecimal form. */
final class TextForms {
    static final String HEX = "\\x";

    static final ColumnForm TEXT = text(t -> t);

    /** {@code char(n)}: spaces at the end mean nothing. */
    static final ColumnForm PADDED = text(t -> {
        int end = t.length();
        while (end > 0 && t.charAt(end - 1) == ' ') {
            end--;
        }
        return t.substring(0, end);
    });

    static final ColumnForm BYTES = new ColumnForm() {
        @Override
        public Object ofTarget(String text) {
            return text;
        }

        @Override
        public Optional<Object> ofSource(SqliteValue value) {
            return value instanceof SqliteValue.Blob b
                    ? Optional.of(HEX + HexFormat.of().formatHex(b.bytes()))
                    : Optional.empty();
        }

        @Override
        public SqliteValue written(Object meaning) {
            return new SqliteValue.Blob(bytes((String) meaning));
        }
    };

    private TextForms() {}

    /** The bytes that PostgreSQL prints as {@code \x…}. */
    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex, HEX.length(), hex.length());
    }

    private static ColumnForm text(UnaryOperator<String> meaning) {
        return new ColumnForm() {
            @Override
            public Object ofTarget(String text) {
                return meaning.apply(text);
            }

            @Override
            public Optional<Object> ofSource(SqliteValue value) {
                return value instanceof SqliteValue.Text t
                        ? Optional.of(meaning.apply(new String(t.utf8(), StandardCharsets.UTF_8)))
                        : Optional.empty();
            }

            @Override
            public SqliteValue written(Object text) {
                return SqliteValue.Text.of((String) text);
            }
        };
    }
}
