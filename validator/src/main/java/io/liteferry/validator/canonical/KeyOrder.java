package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The order of canonical keys where SQLite and PostgreSQL share one: integers by value, text and blobs by their bytes,
 * column after column.
 */
public final class KeyOrder implements Comparator<byte[]> {
    /**
     * Whether both sides walk such a column in this order.
     *
     * @param byBytes whether SQLite compares the column's text by its UTF-8 bytes
     */
    public static boolean shared(ColumnPlan column, boolean byBytes) {
        if (column.encoding() != Encoding.PLAIN) {
            return false;
        }
        return switch (column.type().kind()) {
            case SMALLINT, INTEGER, BIGINT -> true;
            case TEXT, VARCHAR -> byBytes && column.collateC();
            case BYTEA -> true;
            default -> false;
        };
    }

    @Override
    public int compare(byte[] left, byte[] right) {
        CanonicalReader l = new CanonicalReader(left);
        CanonicalReader r = new CanonicalReader(right);
        while (l.next() && r.next()) {
            int order = l.tag() == CanonicalRow.INTEGER
                    ? Long.compare(l.number(), r.number())
                    : Arrays.compareUnsigned(left, l.offset(), l.end(), right, r.offset(), r.end());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
