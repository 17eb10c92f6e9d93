package io.liteferry.validator.canonical;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.OptionalLong;

/**
 * Dates and times of SQLite: text in ISO 8601, or a number in one of four units. The result is days or microseconds; a
 * value the target's precision would round is a misfit.
 *
 * <p>Naive text that becomes timestamptz is read in the column's zone: where the local time stands twice, at its first
 * passing; a local time that does not exist means nothing.
 */
final class SourceTime implements SourceForm.Decoder {
    private static final long MICROS_PER_SECOND = 1_000_000;
    /** Of microseconds, 64 bits hold no more: the year 294,247. */
    private static final double MOST_SECONDS = 9_223_372_036_854.0;

    private static final double MILLIS_PER_DAY = 86_400_000;
    private static final long JULIAN_MILLIS_AT_EPOCH = 210_866_760_000_000L;

    private final TargetType.Kind kind;
    private final Encoding encoding;
    private final ZoneRules zone;
    private final long granularity;
    private final Iso8601 iso = new Iso8601();

    SourceTime(ColumnPlan column) {
        this.kind = column.type().kind();
        this.encoding = column.encoding();
        this.zone = column.zone().map(z -> z.getRules()).orElse(ZoneOffset.UTC.getRules());
        long step = 1;
        for (int p = column.type().precision(); p != TargetType.NONE && p < 6; p++) {
            step *= 10;
        }
        this.granularity = step;
    }

    @Override
    public boolean put(StorageClass c, PackedReader v, CanonicalRow row) {
        boolean text = encoding == Encoding.ISO8601 || encoding == Encoding.PLAIN;
        if (text) {
            return c == StorageClass.TEXT && iso.parse(v.array(), v.offset(), v.length()) && putText(row);
        }
        OptionalLong micros = micros(c, v);
        return micros.isPresent() && putMicros(micros.getAsLong(), row);
    }

    private boolean putText(CanonicalRow row) {
        switch (kind) {
            case DATE -> {
                if (!iso.hasDate() || iso.microsOfDay() != 0) {
                    return false;
                }
                row.putLong(CanonicalRow.DATE, iso.epochDay());
                return true;
            }
            case TIME -> {
                return !iso.hasDate() && !iso.hasOffset() && putRounded(CanonicalRow.TIME, iso.microsOfDay(), row);
            }
            case TIMESTAMP -> {
                return iso.hasDate()
                        && iso.offsetSeconds() == 0
                        && putRounded(CanonicalRow.TIMESTAMP, iso.localMicros(), row);
            }
            default -> {
                if (!iso.hasDate()) {
                    return false;
                }
                long local = iso.localMicros();
                if (iso.hasOffset()) {
                    return putRounded(CanonicalRow.INSTANT, local - iso.offsetSeconds() * MICROS_PER_SECOND, row);
                }
                OptionalLong offset = zoneOffset(local);
                return offset.isPresent()
                        && putRounded(CanonicalRow.INSTANT, local - offset.getAsLong() * MICROS_PER_SECOND, row);
            }
        }
    }

    private OptionalLong zoneOffset(long localMicros) {
        if (zone.isFixedOffset()) {
            return OptionalLong.of(zone.getOffset(LocalDateTime.MIN).getTotalSeconds());
        }
        long seconds = Math.floorDiv(localMicros, MICROS_PER_SECOND);
        List<ZoneOffset> valid = zone.getValidOffsets(LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC));
        return valid.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(valid.get(0).getTotalSeconds());
    }

    private boolean putMicros(long micros, CanonicalRow row) {
        switch (kind) {
            case DATE -> {
                if (Math.floorMod(micros, Iso8601.MICROS_PER_DAY) != 0) {
                    return false;
                }
                row.putLong(CanonicalRow.DATE, Math.floorDiv(micros, Iso8601.MICROS_PER_DAY));
                return true;
            }
            case TIME -> {
                return micros >= 0 && micros <= Iso8601.MICROS_PER_DAY && putRounded(CanonicalRow.TIME, micros, row);
            }
            case TIMESTAMP -> {
                return putRounded(CanonicalRow.TIMESTAMP, micros, row);
            }
            default -> {
                return putRounded(CanonicalRow.INSTANT, micros, row);
            }
        }
    }

    private boolean putRounded(int tag, long micros, CanonicalRow row) {
        if (micros % granularity != 0) {
            return false;
        }
        row.putLong(tag, micros);
        return true;
    }

    private OptionalLong micros(StorageClass c, PackedReader v) {
        if (c == StorageClass.INTEGER) {
            return switch (encoding) {
                case UNIX_SECONDS -> times(v.integer(), MICROS_PER_SECOND);
                case UNIX_MILLIS -> times(v.integer(), 1_000);
                case UNIX_MICROS -> OptionalLong.of(v.integer());
                case JULIAN_DAY -> julian((double) v.integer());
                default -> OptionalLong.empty();
            };
        }
        if (c != StorageClass.REAL || !Double.isFinite(v.real())) {
            return OptionalLong.empty();
        }
        return switch (encoding) {
            case UNIX_SECONDS -> seconds(v.real());
            case JULIAN_DAY -> julian(v.real());
            default -> OptionalLong.empty();
        };
    }

    private static OptionalLong times(long value, long factor) {
        long product = value * factor;
        return Math.multiplyHigh(value, factor) == product >> 63 ? OptionalLong.of(product) : OptionalLong.empty();
    }

    /** The shortest decimal form says how many fraction digits were meant. */
    private static OptionalLong seconds(double value) {
        if (Math.abs(value) > MOST_SECONDS) {
            return OptionalLong.empty();
        }
        BigDecimal micros = Decimals.shortest(value).movePointRight(6).stripTrailingZeros();
        return micros.scale() > 0 ? OptionalLong.empty() : OptionalLong.of(micros.longValueExact());
    }

    /** SQLite's own reading: a Julian day is a whole number of milliseconds. */
    private static OptionalLong julian(double day) {
        if (day < 0 || day > 5373484.5) {
            return OptionalLong.empty();
        }
        long millis = (long) (day * MILLIS_PER_DAY + 0.5);
        return millis / MILLIS_PER_DAY == day
                ? OptionalLong.of((millis - JULIAN_MILLIS_AT_EPOCH) * 1_000)
                : OptionalLong.empty();
    }
}
