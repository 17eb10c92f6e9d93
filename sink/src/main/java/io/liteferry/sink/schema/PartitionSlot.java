package io.liteferry.sink.schema;

import io.liteferry.core.plan.PartitionPlan.Period;
import io.liteferry.core.plan.TargetType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The place of one partition among those of its table.
 *
 * @param suffix of its name
 * @param bound as in {@code FOR VALUES …}
 * @param holds which values of the column, named v, as an expression; names the slot in {@code liteferry.partition}
 * @param samples values in it, as literals with their type
 */
public record PartitionSlot(String suffix, String bound, String holds, List<String> samples) {
    /** Where PostgreSQL's calendar begins. */
    private static final LocalDate FIRST = LocalDate.of(-4713, 11, 24);

    private static final String NULLS = "_pnull";
    private static final int HASH = 8;
    private static final int READABLE = 24;

    public PartitionSlot {
        samples = List.copyOf(samples);
    }

    /** The first day of the period that a day is in. */
    public static LocalDate start(Period every, LocalDate day) {
        return switch (every) {
            case YEAR -> day.withDayOfYear(1);
            case MONTH -> day.withDayOfMonth(1);
            case DAY -> day;
        };
    }

    /** The first day of the period after the one that begins so. */
    public static LocalDate next(Period every, LocalDate start) {
        return switch (every) {
            case YEAR -> start.plusYears(1);
            case MONTH -> start.plusMonths(1);
            case DAY -> start.plusDays(1);
        };
    }

    /** @param start the first day of the period */
    static PartitionSlot range(TargetType.Kind kind, Period every, LocalDate start) {
        LocalDate end = next(every, start);
        String from = literal(kind, start.isBefore(FIRST) ? FIRST : start);
        String to = literal(kind, end);
        int digits = switch (every) {
            case YEAR -> 4;
            case MONTH -> 7;
            case DAY -> 10;
        };
        String name =
                String.format(Locale.ROOT, "%04d_%02d_%02d", year(start), start.getMonthValue(), start.getDayOfMonth());
        String suffix = "_p" + (start.getYear() > 0 ? "" : "bc") + name.substring(0, name.length() - (10 - digits));
        return new PartitionSlot(
                suffix,
                "FROM (" + from + ") TO (" + to + ")",
                "v >= " + typed(kind, from) + " AND v < " + typed(kind, to),
                List.of(typed(kind, from), typed(kind, literal(kind, end.minusDays(1)))));
    }

    /** Rows without a time, which are carried as {@code -infinity}. */
    static PartitionSlot beforeAllTime(TargetType.Kind kind) {
        String to = literal(kind, FIRST);
        return new PartitionSlot(
                NULLS,
                "FROM (MINVALUE) TO (" + to + ")",
                "v < " + typed(kind, to),
                List.of(typed(kind, "'-infinity'")));
    }

    /** @param value as text */
    static PartitionSlot value(TargetType.Kind kind, String value) {
        String literal = "'" + value.replace("'", "''") + "'";
        boolean plain = value.matches("[0-9]{1,19}|true|false");
        String readable = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        String suffix = plain
                ? value
                : readable.substring(0, Math.min(READABLE, readable.length())) + "_"
                        + UUID.nameUUIDFromBytes(value.getBytes(StandardCharsets.UTF_8))
                                .toString()
                                .substring(0, HASH);
        return new PartitionSlot(
                "_p" + suffix, "IN (" + literal + ")", "v = " + typed(kind, literal), List.of(typed(kind, literal)));
    }

    static PartitionSlot nullValue(TargetType.Kind kind) {
        return new PartitionSlot(NULLS, "IN (NULL)", "v IS NULL", List.of(typed(kind, "NULL")));
    }

    private static String typed(TargetType.Kind kind, String literal) {
        return literal + "::" + kind.sql();
    }

    private static String literal(TargetType.Kind kind, LocalDate day) {
        String time = switch (kind) {
            case DATE -> "";
            case TIMESTAMPTZ -> " 00:00:00+00";
            default -> " 00:00:00";
        };
        return String.format(
                Locale.ROOT,
                "'%04d-%02d-%02d%s%s'",
                year(day),
                day.getMonthValue(),
                day.getDayOfMonth(),
                time,
                day.getYear() > 0 ? "" : " BC");
    }

    /** There is no year 0 to PostgreSQL. */
    private static int year(LocalDate day) {
        return day.getYear() > 0 ? day.getYear() : 1 - day.getYear();
    }
}
