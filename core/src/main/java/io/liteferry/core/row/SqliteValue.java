package io.liteferry.core.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** One value exactly as SQLite stores it. */
public sealed interface SqliteValue {
    Null NULL = new Null();

    StorageClass storageClass();

    /** SQL NULL. */
    record Null() implements SqliteValue {
        @Override
        public StorageClass storageClass() {
            return StorageClass.NULL;
        }

        @Override
        public String toString() {
            return "NULL";
        }
    }

    /** A 64-bit integer. */
    record Int(long value) implements SqliteValue {
        @Override
        public StorageClass storageClass() {
            return StorageClass.INTEGER;
        }

        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A double; two are equal where their bits are. */
    record Real(double value) implements SqliteValue {
        @Override
        public StorageClass storageClass() {
            return StorageClass.REAL;
        }

        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** Text as the bytes that SQLite gave; not always valid UTF-8. */
    record Text(byte[] utf8) implements SqliteValue {
        public static Text of(String text) {
            return new Text(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public StorageClass storageClass() {
            return StorageClass.TEXT;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Text t && Arrays.equals(utf8, t.utf8);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(utf8);
        }

        @Override
        public String toString() {
            return "'" + new String(utf8, StandardCharsets.UTF_8).replace("'", "''") + "'";
        }
    }

    /** Bytes. */
    record Blob(byte[] bytes) implements SqliteValue {
        @Override
        public StorageClass storageClass() {
            return StorageClass.BLOB;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Blob b && Arrays.equals(bytes, b.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "x'" + HexFormat.of().formatHex(bytes) + "'";
        }
    }
}
