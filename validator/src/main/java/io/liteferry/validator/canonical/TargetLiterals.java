package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TargetType;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Canonical keys as PostgreSQL literals, for the bounds of ranges and for look-ups. */
public final class TargetLiterals {
    private final List<TargetType> types;

    /** @param key the key columns in key order */
    public TargetLiterals(List<ColumnPlan> key) {
        this.types = key.stream().map(ColumnPlan::type).toList();
    }

    /** One literal a key column; needs standard_conforming_strings, PostgreSQL's default. */
    public List<String> of(byte[] canonicalKey) {
        CanonicalReader r = new CanonicalReader(canonicalKey);
        List<String> literals = new ArrayList<>();
        for (TargetType type : types) {
            r.next();
            if (r.tag() == CanonicalRow.NULL) {
                literals.add("NULL::" + name(type));
                continue;
            }
            literals.add(quoted(text(r)) + "::" + name(type));
        }
        return literals;
    }

    /** Many keys as one array a key column. */
    public List<String> arrays(List<byte[]> canonicalKeys) {
        List<StringBuilder> columns =
                types.stream().map(t -> new StringBuilder()).toList();
        for (byte[] key : canonicalKeys) {
            CanonicalReader r = new CanonicalReader(key);
            for (StringBuilder column : columns) {
                r.next();
                element(column, r.tag() == CanonicalRow.NULL ? null : text(r));
            }
        }
        return IntStream.range(0, types.size())
                .mapToObj(i -> quoted("{" + columns.get(i) + "}") + "::" + name(types.get(i)) + "[]")
                .toList();
    }

    /** Texts as PostgreSQL prints values, as one array literal. */
    public static String textArray(List<@Nullable String> texts) {
        StringBuilder array = new StringBuilder();
        texts.forEach(t -> element(array, t));
        return quoted("{" + array + "}") + "::text[]";
    }

    private static void element(StringBuilder array, @Nullable String text) {
        array.append(array.isEmpty() ? "" : ",");
        if (text == null) {
            array.append("NULL");
        } else {
            array.append('"')
                    .append(text.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Of a key column, as a literal is cast to. */
    public static String name(TargetType type) {
        return switch (type.kind()) {
            // Without a length: a cast to varchar(n) would cut, and char alone is char(1).
            case CHAR -> "bpchar";
            case ENUM -> type.sql();
            default -> type.kind().sql();
        };
    }

    private static String text(CanonicalReader r) {
        return switch (r.tag()) {
            case CanonicalRow.INTEGER -> Long.toString(r.number());
            case CanonicalRow.DECIMAL -> r.finiteDecimal() ? r.decimal().toString() : "NaN";
            case CanonicalRow.REAL -> Double.toString(Double.longBitsToDouble(r.number()));
            case CanonicalRow.BOOLEAN -> Boolean.toString(r.truth());
            case CanonicalRow.TEXT -> r.text();
            case CanonicalRow.BYTES -> "\\x" + HexFormat.of().formatHex(r.body());
            case CanonicalRow.UUID -> new java.util.UUID(r.number(), r.lowerNumber()).toString();
            case CanonicalRow.DATE -> date(r.number());
            case CanonicalRow.TIME -> time(r.number());
            case CanonicalRow.TIMESTAMP -> moment(r.number(), "");
            case CanonicalRow.INSTANT -> moment(r.number(), "+00");
            default -> throw new IllegalArgumentException("no key has the tag " + r.tag());
        };
    }

    private static String date(long day) {
        if (day < Integer.MIN_VALUE || day > Integer.MAX_VALUE) {
            return day < 0 ? "-infinity" : "infinity";
        }
        LocalDate d = LocalDate.ofEpochDay(day);
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year(d.getYear()), d.getMonthValue(), d.getDayOfMonth())
                + era(d.getYear());
    }

    private static String time(long micros) {
        long seconds = micros / 1_000_000;
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%06d",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60,
                micros % 1_000_000);
    }

    private static String moment(long micros, String zone) {
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
            return micros < 0 ? "-infinity" : "infinity";
        }
        LocalDateTime t = LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), 0, ZoneOffset.UTC);
        return String.format(
                        Locale.ROOT,
                        "%04d-%02d-%02d %02d:%02d:%02d.%06d",
                        year(t.getYear()),
                        t.getMonthValue(),
                        t.getDayOfMonth(),
                        t.getHour(),
                        t.getMinute(),
                        t.getSecond(),
                        Math.floorMod(micros, 1_000_000L))
                + zone
                + era(t.getYear());
    }

    private static int year(int proleptic) {
        return proleptic > 0 ? proleptic : 1 - proleptic;
    }

    private static String era(int proleptic) {
        return proleptic > 0 ? "" : " BC";
    }
}
