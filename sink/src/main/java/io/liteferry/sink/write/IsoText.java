package io.liteferry.sink.write;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * ISO 8601 text, read strictly: {@code YYYY-MM-DD}, {@code HH:MM[:SS[.fraction]]}, or both with {@code T} or a space,
 * then {@code Z} or an offset. No leap seconds, no words, and at most microseconds where digits are not zero.
 */
record IsoText(
        boolean hasDate, boolean hasTime, boolean hasOffset, long epochDay, long microsOfDay, int offsetSeconds) {

    static IsoText parse(byte[] bytes, int from, int length) throws Misfit {
        return new Cursor(bytes, from, from + length).read();
    }

    private static final class Cursor {
        private final byte[] bytes;
        private final int end;
        private int at;

        Cursor(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        IsoText read() throws Misfit {
            boolean date = end - at >= 10 && bytes[at + 4] == '-';
            long day = date ? date() : 0;
            boolean time = !date;
            if (date && at < end && (bytes[at] == 'T' || bytes[at] == ' ')) {
                at++;
                time = true;
            }
            long micros = time ? time() : 0;
            boolean offset = time && at < end;
            int seconds = offset ? offset() : 0;
            if (at != end) {
                throw bad();
            }
            return new IsoText(date, time, offset, day, micros, seconds);
        }

        private long date() throws Misfit {
            int year = digits(4);
            expect('-');
            int month = digits(2);
            expect('-');
            int day = digits(2);
            try {
                return LocalDate.of(year, month, day).toEpochDay();
            } catch (DateTimeException e) {
                throw bad();
            }
        }

        private long time() throws Misfit {
            int hour = digits(2);
            expect(':');
            int minute = digits(2);
            int second = 0;
            long fraction = 0;
            if (at < end && bytes[at] == ':') {
                at++;
                second = digits(2);
                if (at < end && bytes[at] == '.') {
                    at++;
                    fraction = fraction();
                }
            }
            if (hour > 23 || minute > 59 || second > 59) {
                throw bad();
            }
            return ((hour * 60L + minute) * 60 + second) * 1_000_000 + fraction;
        }

        private long fraction() throws Misfit {
            long micros = 0;
            int count = 0;
            while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
                int digit = bytes[at++] - '0';
                if (count < 6) {
                    micros = micros * 10 + digit;
                } else if (digit != 0) {
                    throw new Misfit(Misfit.Reason.TOO_PRECISE);
                }
                count++;
            }
            if (count == 0) {
                throw bad();
            }
            for (int i = count; i < 6; i++) {
                micros *= 10;
            }
            return micros;
        }

        private int offset() throws Misfit {
            int sign = bytes[at++];
            if (sign == 'Z' || sign == 'z') {
                return 0;
            }
            if (sign != '+' && sign != '-') {
                throw bad();
            }
            int hours = digits(2);
            int minutes = 0;
            if (at < end) {
                if (bytes[at] == ':') {
                    at++;
                }
                minutes = digits(2);
            }
            if (hours > 18 || minutes > 59) {
                throw bad();
            }
            int seconds = (hours * 60 + minutes) * 60;
            return sign == '-' ? -seconds : seconds;
        }

        private int digits(int count) throws Misfit {
            int value = 0;
            for (int i = 0; i < count; i++) {
                if (at >= end || bytes[at] < '0' || bytes[at] > '9') {
                    throw bad();
                }
                value = value * 10 + bytes[at++] - '0';
            }
            return value;
        }

        private void expect(int ch) throws Misfit {
            if (at >= end || bytes[at++] != ch) {
                throw bad();
            }
        }

        private static Misfit bad() {
            return new Misfit(Misfit.Reason.BAD_DATE);
        }
    }
}
