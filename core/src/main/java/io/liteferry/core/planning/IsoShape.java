package io.liteferry.core.planning;

import io.liteferry.core.row.StorageClass;

/**
 * Which parts an ISO 8601 text has; {@link #NONE} where it is not one, or one that PostgreSQL could not give back: no
 * leap seconds, no 30 February, no words such as {@code now}, nothing finer than a microsecond.
 */
record IsoShape(boolean date, boolean time, boolean offset, int fractionDigits) {
    static final IsoShape NONE = new IsoShape(false, false, false, 0);

    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int DATE_LENGTH = 10;

    static IsoShape of(ObservedValue v) {
        if (!v.is(StorageClass.TEXT)) {
            return NONE;
        }
        int length = v.bytes();
        boolean date = length >= DATE_LENGTH && v.at(4) == '-';
        if (date && !date(v)) {
            return NONE;
        }
        if (date && length == DATE_LENGTH) {
            return new IsoShape(true, false, false, 0);
        }
        if (date && v.at(DATE_LENGTH) != ' ' && v.at(DATE_LENGTH) != 'T') {
            return NONE;
        }
        return time(v, date ? DATE_LENGTH + 1 : 0, date);
    }

    private static boolean date(ObservedValue v) {
        int year = two(v, 0) * 100 + two(v, 2);
        int month = two(v, 5);
        int day = two(v, 8);
        if (two(v, 0) < 0 || two(v, 2) < 0 || year < 1 || v.at(7) != '-' || month < 1 || month > 12 || day < 1) {
            return false;
        }
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return day <= DAYS[month - 1] + (month == 2 && leap ? 1 : 0);
    }

    private static IsoShape time(ObservedValue v, int from, boolean date) {
        int length = v.bytes();
        if (!inRange(two(v, from), 23)
                || from + 5 > length
                || v.at(from + 2) != ':'
                || !inRange(two(v, from + 3), 59)) {
            return NONE;
        }
        int at = from + 5;
        int fraction = 0;
        if (at < length && v.at(at) == ':') {
            if (!inRange(two(v, at + 1), 59)) {
                return NONE;
            }
            at += 3;
            if (at < length && v.at(at) == '.') {
                int start = ++at;
                while (at < length && v.at(at) >= '0' && v.at(at) <= '9') {
                    at++;
                }
                fraction = at - start;
                if (fraction == 0 || fraction > 6) {
                    return NONE;
                }
            }
        }
        boolean offset = at < length;
        return !offset || offset(v, at) ? new IsoShape(date, true, offset, fraction) : NONE;
    }

    private static boolean offset(ObservedValue v, int at) {
        int length = v.bytes();
        if (v.at(at) == 'Z') {
            return at + 1 == length;
        }
        if (v.at(at) != '+' && v.at(at) != '-' || !inRange(two(v, at + 1), 15)) {
            return false;
        }
        if (at + 3 == length) {
            return true;
        }
        int minutes = v.at(at + 3) == ':' ? at + 4 : at + 3;
        return minutes + 2 == length && inRange(two(v, minutes), 59);
    }

    private static boolean inRange(int value, int most) {
        return value >= 0 && value <= most;
    }

    /** Two digits as a number, or a negative number where there are none. */
    private static int two(ObservedValue v, int at) {
        if (at + 2 > v.bytes()) {
            return -1;
        }
        int tens = v.at(at) - '0';
        int ones = v.at(at + 1) - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -10_000 : tens * 10 + ones;
    }
}
