package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * From a canonical key back to the keys that SQLite may hold for it, the usual spelling first. Under most encodings there
 * is exactly one; a uuid or a moment as text has several spellings that mean the same.
 */
public final class SourceKeys {
    private static final int MOST_COMBINATIONS = 256;

    private final List<ColumnPlan> columns;

    /** @param key the key columns in key order */
    public SourceKeys(List<ColumnPlan> key) {
        this.columns = List.copyOf(key);
    }

    /** Whether a canonical key has exactly one key in SQLite, so that a look-up that fails proves its absence. */
    public boolean unambiguous() {
        return columns.stream().allMatch(SourceKeys::unambiguous);
    }

    private static boolean unambiguous(ColumnPlan c) {
        return switch (c.type().kind()) {
            case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, TEXT, VARCHAR, BYTEA -> true;
            case UUID -> c.encoding() == Encoding.UUID_BLOB || c.encoding() == Encoding.UUID_HEX;
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
                c.encoding() == Encoding.UNIX_MILLIS || c.encoding() == Encoding.UNIX_MICROS;
            case BOOLEAN -> c.encoding() == Encoding.ZERO_ONE || c.encoding() == Encoding.PLAIN;
            case NUMERIC, CHAR, JSON, JSONB, CITEXT, ENUM -> false;
        };
    }

    /** Never empty for a key that a source row can have. */
    public List<RowKey> of(byte[] canonicalKey) {
        CanonicalReader r = new CanonicalReader(canonicalKey);
        List<List<SqliteValue>> keys = List.of(List.of());
        for (ColumnPlan c : columns) {
            r.next();
            Set<SqliteValue> spellings = new LinkedHashSet<>(spellings(c, r));
            List<List<SqliteValue>> longer = new ArrayList<>();
            for (List<SqliteValue> start : keys) {
                for (SqliteValue v : spellings) {
                    if (longer.size() < MOST_COMBINATIONS) {
                        List<SqliteValue> key = new ArrayList<>(start);
                        key.add(v);
                        longer.add(key);
                    }
                }
            }
            keys = longer;
        }
        return keys.stream().map(RowKey::of).toList();
    }

    private static List<SqliteValue> spellings(ColumnPlan c, CanonicalReader r) {
        return switch (r.tag()) {
            case CanonicalRow.INTEGER -> List.of(new SqliteValue.Int(r.number()));
            case CanonicalRow.DECIMAL ->
                r.finiteDecimal() ? decimals(c, r.decimal()) : List.of(SqliteValue.Text.of("NaN"));
            case CanonicalRow.REAL -> List.of(new SqliteValue.Real(Double.longBitsToDouble(r.number())));
            case CanonicalRow.BOOLEAN -> words(c.encoding(), r.truth());
            case CanonicalRow.BYTES ->
                List.of(c.encoding() == Encoding.EXACT ? exact(r.body()) : new SqliteValue.Blob(r.body()));
            case CanonicalRow.UUID -> uuids(c.encoding(), r);
            case CanonicalRow.DATE -> dates(c.encoding(), r.number());
            case CanonicalRow.TIME, CanonicalRow.TIMESTAMP, CanonicalRow.INSTANT -> moments(c, r.tag(), r.number());
            default -> List.of(new SqliteValue.Text(r.body()));
        };
    }

    private static SqliteValue exact(byte[] body) {
        if (body.length == 0) {
            return new SqliteValue.Blob(body);
        }
        return switch (body[0]) {
            case 1 -> body.length == 9 ? new SqliteValue.Int(BigEndian.number(body, 1)) : new SqliteValue.Blob(body);
            case 2 ->
                body.length == 9
                        ? new SqliteValue.Real(Double.longBitsToDouble(BigEndian.number(body, 1)))
                        : new SqliteValue.Blob(body);
            case 3 -> new SqliteValue.Text(Arrays.copyOfRange(body, 1, body.length));
            default -> new SqliteValue.Blob(Arrays.copyOfRange(body, 1, body.length));
        };
    }

    private static List<SqliteValue> decimals(ColumnPlan c, BigDecimal value) {
        List<SqliteValue> spellings = new ArrayList<>();
        spellings.add(SqliteValue.Text.of(value.toPlainString()));
        int scale = c.type().scale();
        if (scale > value.scale()) {
            spellings.add(SqliteValue.Text.of(value.setScale(scale).toPlainString()));
        }
        if (value.scale() <= 0 && value.precision() - value.scale() <= 18) {
            spellings.add(new SqliteValue.Int(value.longValueExact()));
        }
        spellings.add(new SqliteValue.Real(value.doubleValue()));
        return spellings;
    }

    private static List<SqliteValue> words(Encoding encoding, boolean truth) {
        String word = switch (encoding) {
            case TRUE_FALSE -> truth ? "true" : "false";
            case T_F -> truth ? "t" : "f";
            case YES_NO -> truth ? "yes" : "no";
            case Y_N -> truth ? "y" : "n";
            default -> "";
        };
        if (word.isEmpty()) {
            return List.of(new SqliteValue.Int(truth ? 1 : 0));
        }
        String upper = word.toUpperCase(Locale.ROOT);
        return List.of(
                SqliteValue.Text.of(word),
                SqliteValue.Text.of(upper),
                SqliteValue.Text.of(upper.charAt(0) + word.substring(1)));
    }

    private static List<SqliteValue> uuids(Encoding encoding, CanonicalReader r) {
        if (encoding == Encoding.UUID_BLOB) {
            return List.of(new SqliteValue.Blob(r.body()));
        }
        String lower = new java.util.UUID(r.number(), r.lowerNumber()).toString();
        String bare = lower.replace("-", "");
        if (encoding == Encoding.UUID_HEX) {
            return List.of(SqliteValue.Text.of(bare));
        }
        return List.of(
                SqliteValue.Text.of(lower),
                SqliteValue.Text.of(lower.toUpperCase(Locale.ROOT)),
                SqliteValue.Text.of(bare),
                SqliteValue.Text.of(bare.toUpperCase(Locale.ROOT)));
    }

    private static List<SqliteValue> dates(Encoding encoding, long day) {
        if (Math.abs(day) > 4_000_000) {
            return List.of(SqliteValue.Text.of(day < 0 ? "-infinity" : "infinity"));
        }
        if (encoding != Encoding.ISO8601 && encoding != Encoding.PLAIN) {
            return numbers(encoding, day * Iso8601.MICROS_PER_DAY);
        }
        String text = LocalDate.ofEpochDay(day).toString();
        return List.of(
                SqliteValue.Text.of(text),
                SqliteValue.Text.of(text + " 00:00:00"),
                SqliteValue.Text.of(text + "T00:00:00"));
    }

    private static List<SqliteValue> moments(ColumnPlan c, int tag, long micros) {
        boolean infinite = micros == Long.MAX_VALUE || micros == Long.MIN_VALUE;
        if (infinite) {
            return List.of(SqliteValue.Text.of(micros < 0 ? "-infinity" : "infinity"));
        }
        if (c.encoding() != Encoding.ISO8601 && c.encoding() != Encoding.PLAIN) {
            return numbers(c.encoding(), micros);
        }
        List<SqliteValue> spellings = new ArrayList<>();
        ZoneId zone = c.type().kind() == TargetType.Kind.TIMESTAMPTZ ? c.zone().orElse(ZoneOffset.UTC) : ZoneOffset.UTC;
        LocalDateTime utc = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1_000, ZoneOffset.UTC);
        LocalDateTime local =
                utc.atOffset(ZoneOffset.UTC).atZoneSameInstant(zone).toLocalDateTime();
        if (tag == CanonicalRow.TIME) {
            clocks(local).forEach(clock -> spellings.add(SqliteValue.Text.of(clock)));
            return spellings;
        }
        for (String separator : List.of(" ", "T")) {
            for (String clock : clocks(local)) {
                spellings.add(SqliteValue.Text.of(local.toLocalDate() + separator + clock));
            }
            for (String clock : clocks(utc)) {
                spellings.add(SqliteValue.Text.of(utc.toLocalDate() + separator + clock + "Z"));
                spellings.add(SqliteValue.Text.of(utc.toLocalDate() + separator + clock + "+00:00"));
            }
        }
        if (local.toLocalTime().toNanoOfDay() == 0) {
            spellings.add(SqliteValue.Text.of(local.toLocalDate().toString()));
        }
        return spellings;
    }

    /** The time of day with as many fraction digits as people write: none, three or six, none of them lost. */
    private static List<String> clocks(LocalDateTime t) {
        String seconds = String.format(Locale.ROOT, "%02d:%02d:%02d", t.getHour(), t.getMinute(), t.getSecond());
        int micros = t.getNano() / 1_000;
        List<String> clocks = new ArrayList<>();
        if (micros == 0) {
            clocks.add(seconds);
        }
        clocks.add(seconds + String.format(Locale.ROOT, ".%06d", micros));
        if (micros % 1_000 == 0) {
            clocks.add(seconds + String.format(Locale.ROOT, ".%03d", micros / 1_000));
        }
        if (micros == 0 && t.getSecond() == 0) {
            clocks.add(String.format(Locale.ROOT, "%02d:%02d", t.getHour(), t.getMinute()));
        }
        return clocks;
    }

    private static List<SqliteValue> numbers(Encoding encoding, long micros) {
        return switch (encoding) {
            case UNIX_MILLIS -> List.of(new SqliteValue.Int(Math.floorDiv(micros, 1_000L)));
            case UNIX_MICROS -> List.of(new SqliteValue.Int(micros));
            case JULIAN_DAY -> List.of(new SqliteValue.Real(micros / 86_400_000_000.0 + 2440587.5));
            default ->
                micros % 1_000_000 == 0
                        ? List.of(new SqliteValue.Int(micros / 1_000_000))
                        : List.of(new SqliteValue.Real(micros / 1_000_000.0));
        };
    }
}
