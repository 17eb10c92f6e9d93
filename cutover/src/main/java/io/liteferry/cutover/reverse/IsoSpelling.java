package io.liteferry.cutover.reverse;

import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a column writes its ISO 8601 text, taken from the values it has.
 *
 * @param separator between date and time: a space or {@code T}
 * @param digits of the fraction at least, where there is one
 * @param bare whether a fraction of zero is left out, as Python does
 * @param suffix the offset as it is written, or empty where the times are naive
 */
record IsoSpelling(String separator, int digits, boolean bare, String suffix) {
    private static final int FINEST = 6;
    private static final int MILLIS = 3;
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final List<String> SUFFIXES = List.of("", "Z", "+00:00", "+0000", "+00", " +00:00");

    private static final Pattern TEXT = Pattern.compile("(?:(\\d{4})-(\\d\\d)-(\\d\\d))?"
            + "(?:(^|[ Tt])(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d+))?)?"
            + "( ?(?:[Zz]|[+-]\\d\\d(?::?\\d\\d)?))?)?");

    /**
     * A text, read.
     *
     * @param offset empty where it has none
     */
    record Parts(boolean date, boolean time, long epochDay, long microsOfDay, Optional<ZoneOffset> offset) {
        long local() {
            return epochDay * TimeForm.MICROS_A_DAY + microsOfDay;
        }
    }

    /** @param newest values of the column, the newest first */
    static IsoSpelling of(List<SqliteValue> newest) {
        Optional<String> separator = Optional.empty();
        Optional<String> suffix = Optional.empty();
        int digits = 0;
        boolean bare = false;
        for (SqliteValue v : newest) {
            Matcher m =
                    TEXT.matcher(v instanceof SqliteValue.Text t ? new String(t.utf8(), StandardCharsets.UTF_8) : "");
            if (m.matches() && m.group(5) != null) {
                separator = separator.or(() -> Optional.of(m.group(4)).filter(s -> !s.isEmpty()));
                suffix = suffix.or(
                        () -> Optional.of(Optional.ofNullable(m.group(9)).orElse("")));
                digits = Math.max(
                        digits,
                        m.group(8) == null ? 0 : Math.min(FINEST, m.group(8).length()));
                bare |= m.group(8) == null;
            }
        }
        return new IsoSpelling(separator.orElse(" "), digits, bare, suffix.orElse(""));
    }

    /** What a text says; empty where it is none, or says a time that there is not. */
    static Optional<Parts> read(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches() || m.group(1) == null && m.group(5) == null) {
            return Optional.empty();
        }
        try {
            boolean time = m.group(5) != null;
            long micros = time ? microsOfDay(m) : 0;
            long day = m.group(1) == null
                    ? 0
                    : LocalDate.of(
                                    Integer.parseInt(m.group(1)),
                                    Integer.parseInt(m.group(2)),
                                    Integer.parseInt(m.group(3)))
                            .toEpochDay();
            Optional<ZoneOffset> offset = Optional.ofNullable(m.group(9)).map(IsoSpelling::offset);
            return micros < 0
                    ? Optional.empty()
                    : Optional.of(new Parts(m.group(1) != null, time, day, micros, offset));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long microsOfDay(Matcher m) {
        String fraction = Optional.ofNullable(m.group(8)).orElse("");
        boolean exact =
                fraction.length() <= FINEST || fraction.substring(FINEST).matches("0*");
        boolean valid = Integer.parseInt(m.group(5)) <= 23
                && Integer.parseInt(m.group(6)) <= 59
                && (m.group(7) == null || Integer.parseInt(m.group(7)) <= 59);
        return exact && valid
                ? TimeForm.ofDay(m.group(5), m.group(6), m.group(7) == null ? "0" : m.group(7), fraction)
                : -1;
    }

    private static ZoneOffset offset(String written) {
        String text = written.trim().toUpperCase(Locale.ROOT);
        return ZoneOffset.of(text);
    }

    String time(long microsOfDay) {
        long fraction = Math.floorMod(microsOfDay, TimeForm.MICROS);
        StringBuilder text = new StringBuilder(SECONDS.format(TimeForm.dateTime(microsOfDay)));
        int least = fraction == 0 && bare ? 0 : digits;
        int needed = fraction == 0 ? 0 : fraction % 1_000 == 0 ? MILLIS : FINEST;
        int shown = Math.max(least, needed);
        if (shown > 0) {
            text.append('.').append(String.format(Locale.ROOT, "%06d", fraction), 0, shown);
        }
        return text.toString();
    }

    String local(long micros) {
        return DAY.format(TimeForm.dateTime(micros)) + separator + time(Math.floorMod(micros, TimeForm.MICROS_A_DAY));
    }

    /** A moment at the offset of the column's other values, or naive in the zone that the plan names. */
    String moment(long micros, ZoneId zone) {
        ZoneOffset offset = suffix.isEmpty()
                ? zone.getRules().getOffset(TimeForm.dateTime(micros).toInstant(ZoneOffset.UTC))
                : offset(suffix);
        return local(micros + offset.getTotalSeconds() * TimeForm.MICROS) + suffix;
    }

    String inUtc(long micros) {
        return local(micros) + "+00:00";
    }

    /** The other spellings that a column may have beside this one. */
    List<IsoSpelling> others() {
        List<IsoSpelling> all = new ArrayList<>();
        for (String between : List.of(" ", "T")) {
            for (int n : new int[] {0, MILLIS, FINEST}) {
                for (String end : SUFFIXES) {
                    all.add(new IsoSpelling(between, n, n == 0, end));
                }
            }
        }
        return all;
    }
}
