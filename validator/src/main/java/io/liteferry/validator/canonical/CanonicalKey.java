package io.liteferry.validator.canonical;

import io.liteferry.core.row.RowKey;
import java.util.Arrays;

/** The canonical form of a row's key columns: what a row is called on both sides. */
public record CanonicalKey(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof CanonicalKey k && Arrays.equals(bytes, k.bytes);
    }

    @Override
    public int hashCode() {
        return RowKey.hash(bytes);
    }

    @Override
    public String toString() {
        return "CanonicalKey[" + bytes.length + " bytes]";
    }
}
