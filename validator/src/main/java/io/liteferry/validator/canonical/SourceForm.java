package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the canonical form of a SQLite row, read in the packed form in plan order. A value that means nothing under the
 * plan becomes a misfit: it is equal to nothing the target can hold.
 */
public final class SourceForm {
    private static final int EXACT_DOUBLE_BITS = 53;
    private static final int EXACT_FLOAT_BITS = 24;

    private final List<Decoder> decoders;
    private final Set<Integer> key;

    /** Writes one value; false where it means nothing under the plan, and then nothing was written. */
    interface Decoder {
        boolean put(StorageClass c, PackedReader value, CanonicalRow row);
    }

    /**
     * @param columns the columns in the order of the packed values
     * @param key positions of the key columns: numbers in them are canonical, an integral REAL is the integer; NULL is
     *     a misfit in them
     * @param maskSecret key of the hashes in masked columns; may be empty where there are none
     */
    public SourceForm(List<ColumnPlan> columns, Set<Integer> key, String maskSecret) {
        this.key = Set.copyOf(key);
        List<Decoder> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Decoder decoder = Masked.of(columns.get(i), decoder(columns.get(i)), maskSecret);
            all.add(key.contains(i) ? canonical(decoder) : decoder);
        }
        this.decoders = List.copyOf(all);
    }

    /** Appends every column; false where one of them is a misfit. */
    public boolean write(PackedReader values, CanonicalRow row) {
        boolean fits = true;
        for (int i = 0; i < decoders.size(); i++) {
            StorageClass c = values.next();
            if (c == StorageClass.NULL && !key.contains(i)) {
                row.putNull();
            } else if (c == StorageClass.NULL || !decoders.get(i).put(c, values, row)) {
                row.putMisfit();
                fits = false;
            }
        }
        return fits;
    }

    private static Decoder decoder(ColumnPlan column) {
        if (column.encoding() == Encoding.EXACT) {
            return SourceForm::exact;
        }
        TargetType type = column.type();
        return switch (type.kind()) {
            case SMALLINT -> (c, v, row) -> integer(c, v, row, Short.MIN_VALUE, Short.MAX_VALUE);
            case INTEGER -> (c, v, row) -> integer(c, v, row, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case BIGINT -> (c, v, row) -> integer(c, v, row, Long.MIN_VALUE, Long.MAX_VALUE);
            case NUMERIC -> (c, v, row) -> numeric(type, c, v, row);
            case DOUBLE -> SourceForm::doublePrecision;
            case REAL -> SourceForm::singlePrecision;
            case BOOLEAN -> bool(column.encoding());
            case TEXT, CITEXT, ENUM -> (c, v, row) -> text(TargetType.NONE, c, v, row);
            case VARCHAR -> (c, v, row) -> text(type.precision(), c, v, row);
            case CHAR -> (c, v, row) -> padded(type.precision(), c, v, row);
            case BYTEA -> SourceForm::bytes;
            case UUID -> (c, v, row) -> Uuids.put(column.encoding(), c, v, row);
            case JSON -> SourceForm::json;
            case JSONB -> SourceForm::jsonb;
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> new SourceTime(column);
        };
    }

    /** Reads a REAL as the canonical key has it: an integral one is the integer, a negative zero is 0. */
    private static Decoder canonical(Decoder decoder) {
        PackedWriter key = new PackedWriter();
        PackedReader canonical = new PackedReader();
        return (c, v, row) -> {
            if (c != StorageClass.REAL) {
                return decoder.put(c, v, row);
            }
            canonical.reset(RowKey.putCanonicalReal(key.reset(), v.real()).toBytes());
            return decoder.put(canonical.next(), canonical, row);
        };
    }

    private static boolean exact(StorageClass c, PackedReader v, CanonicalRow row) {
        switch (c) {
            case INTEGER -> row.putExact(c.tag(), v.integer());
            case REAL -> row.putExact(c.tag(), Double.doubleToRawLongBits(v.real()));
            default -> row.putExact(c.tag(), v.array(), v.offset(), v.length());
        }
        return true;
    }

    private static boolean integer(StorageClass c, PackedReader v, CanonicalRow row, long least, long most) {
        if (c != StorageClass.INTEGER || v.integer() < least || v.integer() > most) {
            return false;
        }
        row.putLong(CanonicalRow.INTEGER, v.integer());
        return true;
    }

    private static boolean numeric(TargetType type, StorageClass c, PackedReader v, CanonicalRow row) {
        Optional<BigDecimal> value = switch (c) {
            case INTEGER -> Optional.of(BigDecimal.valueOf(v.integer()));
            case REAL -> Double.isFinite(v.real()) ? Optional.of(Decimals.shortest(v.real())) : Optional.empty();
            case TEXT -> Decimals.parse(v.array(), v.offset(), v.length());
            default -> Optional.empty();
        };
        // numeric has no negative zero, so it cannot be given back.
        boolean negativeZero = c == StorageClass.REAL && v.real() == 0 && 1 / v.real() < 0;
        if (value.isEmpty() || negativeZero) {
            return false;
        }
        if (type.precision() != TargetType.NONE && !Decimals.fits(value.get(), type.precision(), type.scale())) {
            return false;
        }
        Decimals.put(row, value.get());
        return true;
    }

    private static boolean doublePrecision(StorageClass c, PackedReader v, CanonicalRow row) {
        if (c == StorageClass.REAL) {
            row.putReal(v.real());
            return true;
        }
        return c == StorageClass.INTEGER && exactly(v.integer(), (double) v.integer(), EXACT_DOUBLE_BITS, row);
    }

    private static boolean singlePrecision(StorageClass c, PackedReader v, CanonicalRow row) {
        if (c == StorageClass.REAL) {
            boolean held = Double.compare((float) v.real(), v.real()) == 0;
            if (held) {
                row.putReal(v.real());
            }
            return held;
        }
        return c == StorageClass.INTEGER && exactly(v.integer(), (double) (float) v.integer(), EXACT_FLOAT_BITS, row);
    }

    /** An integer that a binary fraction of so many bits holds without rounding. */
    private static boolean exactly(long value, double converted, int bits, CanonicalRow row) {
        int needed = 64 - Long.numberOfLeadingZeros(Math.abs(value)) - Long.numberOfTrailingZeros(value);
        if (value != 0 && needed > bits) {
            return false;
        }
        row.putReal(converted);
        return true;
    }

    private static Decoder bool(Encoding encoding) {
        return switch (encoding) {
            case TRUE_FALSE -> (c, v, row) -> word("true", "false", c, v, row);
            case T_F -> (c, v, row) -> word("t", "f", c, v, row);
            case YES_NO -> (c, v, row) -> word("yes", "no", c, v, row);
            case Y_N -> (c, v, row) -> word("y", "n", c, v, row);
            default ->
                (c, v, row) -> {
                    boolean known = c == StorageClass.INTEGER && (v.integer() == 0 || v.integer() == 1);
                    if (known) {
                        row.putBoolean(v.integer() == 1);
                    }
                    return known;
                };
        };
    }

    private static boolean word(String yes, String no, StorageClass c, PackedReader v, CanonicalRow row) {
        if (c != StorageClass.TEXT || v.length() > no.length() && v.length() > yes.length()) {
            return false;
        }
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < v.length(); i++) {
            ascii.append((char) v.array()[v.offset() + i]);
        }
        String word = ascii.toString().toLowerCase(Locale.ROOT);
        boolean known = word.equals(yes) || word.equals(no);
        if (known) {
            row.putBoolean(word.equals(yes));
        }
        return known;
    }

    private static boolean text(int longest, StorageClass c, PackedReader v, CanonicalRow row) {
        if (c != StorageClass.TEXT) {
            return false;
        }
        int characters = Utf8.characters(v.array(), v.offset(), v.length());
        if (characters < 0 || longest != TargetType.NONE && characters > longest) {
            return false;
        }
        row.putBytes(CanonicalRow.TEXT, v.array(), v.offset(), v.length());
        return true;
    }

    /** char(n): PostgreSQL pads it with spaces and tells them from nothing, so spaces at the end mean nothing here. */
    private static boolean padded(int declared, StorageClass c, PackedReader v, CanonicalRow row) {
        int longest = declared == TargetType.NONE ? 1 : declared;
        int kept = withoutPadding(v.array(), v.offset(), v.length());
        int characters = c == StorageClass.TEXT ? Utf8.characters(v.array(), v.offset(), kept) : -1;
        if (characters < 0 || characters > longest) {
            return false;
        }
        row.putBytes(CanonicalRow.TEXT, v.array(), v.offset(), kept);
        return true;
    }

    static int withoutPadding(byte[] text, int offset, int length) {
        int kept = length;
        while (kept > 0 && text[offset + kept - 1] == ' ') {
            kept--;
        }
        return kept;
    }

    private static boolean bytes(StorageClass c, PackedReader v, CanonicalRow row) {
        if (c != StorageClass.BLOB) {
            return false;
        }
        row.putBytes(CanonicalRow.BYTES, v.array(), v.offset(), v.length());
        return true;
    }

    private static boolean json(StorageClass c, PackedReader v, CanonicalRow row) {
        if (c != StorageClass.TEXT || Utf8.characters(v.array(), v.offset(), v.length()) < 0) {
            return false;
        }
        row.putBytes(CanonicalRow.JSON, v.array(), v.offset(), v.length());
        return true;
    }

    private static boolean jsonb(StorageClass c, PackedReader v, CanonicalRow row) {
        if (c != StorageClass.TEXT) {
            return false;
        }
        Optional<byte[]> form = JsonForm.of(v.array(), v.offset(), v.length());
        form.ifPresent(f -> row.putBytes(CanonicalRow.JSON, f, 0, f.length));
        return form.isPresent();
    }
}
