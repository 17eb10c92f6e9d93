package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.SqliteValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Values of every type under every encoding, drawn by what they mean and then spelled in one of the ways that SQLite may
 * hold them, and as PostgreSQL's binary format has them. Converts with code of its own.
 */
final class Specimens {
    private static final long DAY = 86_400_000_000L;
    private static final long POSTGRES_EPOCH_DAYS = 10_957;

    private Specimens() {}

    /** One value: what it means, a spelling in SQLite, its bytes in PostgreSQL. */
    record Specimen(Object meaning, SqliteValue source, byte[] target) {}

    /** Draws a specimen: the meaning from the first, the spelling from the second. */
    interface Draw {
        Specimen draw(Random meaning, Random spelling);
    }

    /** A column and how its values are drawn. */
    record Family(ColumnPlan column, Draw draw) {
        @Override
        public String toString() {
            return column.type() + " as " + column.encoding().yaml();
        }
    }

    static List<Family> all() {
        List<Family> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Encoding encoding : Encoding.values()) {
                if (encoding.fits(kind)) {
                    TargetType type = switch (kind) {
                        case ENUM -> TargetType.enumeration("mood");
                        case CHAR -> TargetType.of(kind, 8);
                        default -> TargetType.of(kind);
                    };
                    all.add(new Family(ColumnPlan.plain("c", type).withEncoding(encoding), draw(kind, encoding)));
                }
            }
        }
        return all;
    }

    private static Draw draw(Kind kind, Encoding encoding) {
        return switch (kind) {
            case SMALLINT -> (m, s) -> integer(m.nextInt(-300, 300), 2);
            case INTEGER -> (m, s) -> integer(m.nextInt() >> m.nextInt(32), 4);
            case BIGINT -> (m, s) -> integer(m.nextLong() >> m.nextInt(64), 8);
            case NUMERIC -> Specimens::numeric;
            case REAL -> (m, s) -> real(m.nextInt(-50, 50) / 4f, s);
            case DOUBLE -> (m, s) -> real(m.nextBoolean() ? m.nextInt(-50, 50) : m.nextGaussian(), s);
            case BOOLEAN -> (m, s) -> bool(encoding, m.nextBoolean(), s);
            case TEXT, VARCHAR, CITEXT, ENUM -> (m, s) -> text(word(m));
            case CHAR -> Specimens::padded;
            case BYTEA -> encoding == Encoding.EXACT ? (m, s) -> exact(m) : (m, s) -> blob(m);
            case UUID -> (m, s) -> uuid(encoding, new UUID(m.nextLong(), m.nextLong()), s);
            case JSON -> (m, s) -> text("{\"a\":" + m.nextInt(50) + (m.nextBoolean() ? " }" : "}"));
            case JSONB -> Specimens::jsonb;
            case DATE -> Specimens::date;
            case TIME -> (m, s) -> time(m.nextInt(25) * 3_600_000_000L, s);
            case TIMESTAMP, TIMESTAMPTZ -> (m, s) -> moment(kind, encoding, m, s);
        };
    }

    private static byte[] number(long value, int width) {
        byte[] eight = ByteBuffer.allocate(8).putLong(value).array();
        return Arrays.copyOfRange(eight, 8 - width, 8);
    }

    private static Specimen integer(long n, int width) {
        return new Specimen(n, new SqliteValue.Int(n), number(n, width));
    }

    private static Specimen numeric(Random m, Random s) {
        BigDecimal value = new BigDecimal(BigInteger.valueOf(m.nextInt() >> m.nextInt(31)), m.nextInt(7));
        BigDecimal meaning = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        List<SqliteValue> spellings = new ArrayList<>(List.of(
                SqliteValue.Text.of(value.toPlainString()),
                SqliteValue.Text.of(value.setScale(9).toPlainString()),
                SqliteValue.Text.of(meaning.toString())));
        if (meaning.scale() <= 0) {
            spellings.add(new SqliteValue.Int(meaning.longValueExact()));
        }
        spellings.add(new SqliteValue.Real(value.doubleValue()));
        return new Specimen(meaning, spellings.get(s.nextInt(spellings.size())), numericBytes(value));
    }

    /** Digits of base 10,000 around the point. */
    private static byte[] numericBytes(BigDecimal value) {
        BigInteger scaled = value.abs().setScale(8).unscaledValue();
        List<Short> groups = new ArrayList<>();
        for (BigInteger rest = scaled; rest.signum() != 0; rest = rest.divide(BigInteger.valueOf(10_000))) {
            groups.add(0, rest.mod(BigInteger.valueOf(10_000)).shortValueExact());
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 + 2 * groups.size());
        bytes.putShort((short) groups.size());
        bytes.putShort((short) (groups.size() - 3));
        bytes.putShort((short) (value.signum() < 0 ? 0x4000 : 0));
        bytes.putShort((short) 8);
        groups.forEach(bytes::putShort);
        return bytes.array();
    }

    private static boolean spelledAsInteger(double value, Random s) {
        return value == Math.rint(value) && Double.compare(value, -0.0) != 0 && s.nextBoolean();
    }

    private static Specimen real(float value, Random s) {
        SqliteValue source =
                spelledAsInteger(value, s) ? new SqliteValue.Int((long) value) : new SqliteValue.Real(value);
        return new Specimen((double) value, source, number(Float.floatToIntBits(value), 4));
    }

    private static Specimen real(double value, Random s) {
        SqliteValue source =
                spelledAsInteger(value, s) ? new SqliteValue.Int((long) value) : new SqliteValue.Real(value);
        return new Specimen(value, source, number(Double.doubleToLongBits(value), 8));
    }

    private static Specimen bool(Encoding encoding, boolean truth, Random s) {
        byte[] target = {(byte) (truth ? 1 : 0)};
        String word = switch (encoding) {
            case TRUE_FALSE -> truth ? "true" : "false";
            case T_F -> truth ? "t" : "f";
            case YES_NO -> truth ? "yes" : "no";
            case Y_N -> truth ? "y" : "n";
            default -> "";
        };
        SqliteValue source = word.isEmpty()
                ? new SqliteValue.Int(truth ? 1 : 0)
                : SqliteValue.Text.of(s.nextBoolean() ? word : word.toUpperCase(Locale.ROOT));
        return new Specimen(truth, source, target);
    }

    private static String word(Random m) {
        return m.ints(m.nextInt(4), 0, 5)
                .mapToObj(i -> "aÄ \uD83D\uDE00b"
                        .codePoints()
                        .skip(i)
                        .limit(1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining());
    }

    private static Specimen text(String text) {
        return new Specimen(text, SqliteValue.Text.of(text), text.getBytes(StandardCharsets.UTF_8));
    }

    private static Specimen padded(Random m, Random s) {
        String text = word(m).stripTrailing();
        return new Specimen(
                text,
                SqliteValue.Text.of(text + " ".repeat(s.nextInt(3))),
                (text + " ".repeat(8 - text.codePointCount(0, text.length()))).getBytes(StandardCharsets.UTF_8));
    }

    private static Specimen blob(Random m) {
        byte[] bytes = new byte[m.nextInt(3)];
        m.nextBytes(bytes);
        return new Specimen(HexFormat.of().formatHex(bytes), new SqliteValue.Blob(bytes), bytes);
    }

    /** A class byte, then the value. */
    private static Specimen exact(Random m) {
        byte[] bytes = new byte[8];
        m.nextBytes(bytes);
        long bits = ByteBuffer.wrap(bytes).getLong();
        SqliteValue value = switch (m.nextInt(4)) {
            case 0 -> new SqliteValue.Int(bits);
            case 1 ->
                new SqliteValue.Real(
                        Double.isNaN(Double.longBitsToDouble(bits)) ? -0.0 : Double.longBitsToDouble(bits));
            case 2 -> new SqliteValue.Text(bytes);
            default -> new SqliteValue.Blob(bytes);
        };
        byte[] body = value instanceof SqliteValue.Real r ? number(Double.doubleToLongBits(r.value()), 8) : bytes;
        byte[] target = ByteBuffer.allocate(9)
                .put((byte) value.storageClass().tag())
                .put(body)
                .array();
        return new Specimen(value, value, target);
    }

    private static Specimen uuid(Encoding encoding, UUID uuid, Random s) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        String text = uuid.toString();
        String bare = text.replace("-", "");
        SqliteValue source = switch (encoding) {
            case UUID_BLOB -> new SqliteValue.Blob(bytes);
            case UUID_HEX -> SqliteValue.Text.of(bare);
            default ->
                SqliteValue.Text.of(List.of(text, bare, text.toUpperCase(Locale.ROOT), "{" + text + "}")
                        .get(s.nextInt(4)));
        };
        return new Specimen(uuid, source, bytes);
    }

    private static Specimen jsonb(Random m, Random s) {
        Map<String, Integer> members = new TreeMap<>();
        for (int i = m.nextInt(4); i > 0; i--) {
            members.put("k" + m.nextInt(5), m.nextInt(10));
        }
        byte[] text = members(members, s).getBytes(StandardCharsets.UTF_8);
        byte[] target =
                ByteBuffer.allocate(1 + text.length).put((byte) 1).put(text).array();
        return new Specimen(members, SqliteValue.Text.of(members(members, s)), target);
    }

    private static String members(Map<String, Integer> members, Random s) {
        List<String> written = members.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\":" + (s.nextBoolean() ? " " : "") + e.getValue()
                        + (s.nextBoolean() ? ".0" : ""))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(written, s);
        return "{" + String.join(s.nextBoolean() ? ", " : ",", written) + "}";
    }

    private static Specimen date(Random m, Random s) {
        long day = m.nextInt(-1_000, 30_000);
        String text = LocalDate.ofEpochDay(day) + (s.nextBoolean() ? "" : " 00:00:00");
        return new Specimen(day, SqliteValue.Text.of(text), number(day - POSTGRES_EPOCH_DAYS, 4));
    }

    private static Specimen time(long micros, Random s) {
        String clock = String.format(Locale.ROOT, "%02d:00", micros / 3_600_000_000L);
        return new Specimen(
                micros,
                SqliteValue.Text.of(
                        clock + List.of("", ":00", ":00.000", ":00.000000").get(s.nextInt(4))),
                number(micros, 8));
    }

    private static Specimen moment(Kind kind, Encoding encoding, Random m, Random s) {
        long step = switch (encoding) {
            case UNIX_MILLIS, JULIAN_DAY -> 1_000;
            default -> 1;
        };
        long micros = m.nextLong(-100_000_000_000L, 2_000_000_000_000_000L / (1L << m.nextInt(20))) / step * step;
        SqliteValue source = switch (encoding) {
            case UNIX_SECONDS ->
                micros % 1_000_000 == 0 && s.nextBoolean()
                        ? new SqliteValue.Int(micros / 1_000_000)
                        : new SqliteValue.Real(micros / 1e6);
            case UNIX_MILLIS -> new SqliteValue.Int(micros / 1_000);
            case UNIX_MICROS -> new SqliteValue.Int(micros);
            case JULIAN_DAY -> new SqliteValue.Real((micros / 1_000 + 210_866_760_000_000L) / 86_400_000.0);
            default -> SqliteValue.Text.of(iso(kind, micros, s));
        };
        return new Specimen(micros, source, number(micros - POSTGRES_EPOCH_DAYS * DAY, 8));
    }

    private static String iso(Kind kind, long micros, Random s) {
        boolean zoned = kind == Kind.TIMESTAMPTZ && s.nextBoolean();
        LocalDateTime local = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L) + (zoned ? 7_200 : 0),
                (int) Math.floorMod(micros, 1_000_000L) * 1_000,
                ZoneOffset.UTC);
        String clock = String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%06d",
                local.getHour(),
                local.getMinute(),
                local.getSecond(),
                local.getNano() / 1_000);
        return local.toLocalDate() + (s.nextBoolean() ? " " : "T") + clock + (zoned ? "+02:00" : "");
    }
}
