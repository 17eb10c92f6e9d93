package io.liteferry.validator.canonical;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * ISO 8601 text, read from its bytes: {@code 2024-02-29}, {@code 10:15[:30[.123456]]}, or both with {@code T} or a space
 * between and an optional offset. Strict: a date that does not exist, a second 60 or a fraction finer than a microsecond
 * is not understood, because the target could not give it back.
 */
final class Iso8601 {
    static final long MICROS_PER_DAY = 86_400_000_000L;

    private byte[] text = new byte[0];
    private int at;
    private int end;
    private boolean date;
    private boolean time;
    private boolean offset;
    private long epochDay;
    private long microsOfDay;
    private int offsetSeconds;

    /** Whether the text was understood; the accessors then tell its parts. */
    boolean parse(byte[] bytes, int from, int length) {
        text = bytes;
        at = from;
        end = from + length;
        date = false;
        time = false;
        offset = false;
        epochDay = 0;
        microsOfDay = 0;
        offsetSeconds = 0;
        if (length >= 10 && bytes[from + 4] == '-') {
            if (!readDate()) {
                return false;
            }
            if (at == end) {
                return true;
            }
            int separator = text[at++];
            if (separator != ' ' && separator != 'T' && separator != 't') {
                return false;
            }
        }
        return readTime() && (at == end || readOffset()) && at == end;
    }

    boolean hasDate() {
        return date;
    }

    boolean hasTime() {
        return time;
    }

    boolean hasOffset() {
        return offset;
    }

    long epochDay() {
        return epochDay;
    }

    /** Up to 24:00:00 inclusive. */
    long microsOfDay() {
        return microsOfDay;
    }

    int offsetSeconds() {
        return offsetSeconds;
    }

    /** Microseconds since 1970-01-01T00:00 of the date and time as written. */
    long localMicros() {
        return epochDay * MICROS_PER_DAY + microsOfDay;
    }

    private boolean readDate() {
        int year = digits(4);
        if (year < 0 || !skip('-')) {
            return false;
        }
        int month = digits(2);
        if (month < 0 || !skip('-')) {
            return false;
        }
        int day = digits(2);
        if (day < 0) {
            return false;
        }
        try {
            epochDay = LocalDate.of(year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            return false;
        }
        date = true;
        return true;
    }

    private boolean readTime() {
        int hour = digits(2);
        if (hour < 0 || !skip(':')) {
            return false;
        }
        int minute = digits(2);
        int second = 0;
        int micros = 0;
        if (at < end && text[at] == ':') {
            at++;
            second = digits(2);
            if (second >= 0 && at < end && (text[at] == '.' || text[at] == ',')) {
                at++;
                micros = fraction();
            }
        }
        boolean midnight = hour == 24 && minute == 0 && second == 0 && micros == 0;
        if (hour > 23 && !midnight || minute < 0 || minute > 59 || second < 0 || second > 59 || micros < 0) {
            return false;
        }
        microsOfDay = ((hour * 60L + minute) * 60 + second) * 1_000_000 + micros;
        time = true;
        return true;
    }

    private int fraction() {
        int micros = 0;
        int count = 0;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            int digit = text[at++] - '0';
            if (count < 6) {
                micros = micros * 10 + digit;
            } else if (digit != 0) {
                return -1;
            }
            count++;
        }
        for (int i = count; i < 6; i++) {
            micros *= 10;
        }
        return count == 0 ? -1 : micros;
    }

    private boolean readOffset() {
        if (text[at] == ' ' && end - at > 1) {
            at++;
        }
        int sign = text[at++];
        offset = true;
        if (sign == 'Z' || sign == 'z') {
            return true;
        }
        if (sign != '+' && sign != '-') {
            return false;
        }
        int hours = digits(2);
        int minutes = 0;
        int seconds = 0;
        if (at < end) {
            boolean colon = skip(':');
            minutes = digits(2);
            if (colon && at < end) {
                seconds = skip(':') ? digits(2) : -1;
            }
        }
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
            return false;
        }
        int total = hours * 3600 + minutes * 60 + seconds;
        offsetSeconds = sign == '-' ? -total : total;
        return true;
    }

    private boolean skip(char expected) {
        if (at < end && text[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private int digits(int count) {
        if (end - at < count) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < count; i++) {
            int digit = text[at++] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
