package io.liteferry.sink.write;

import static io.liteferry.sink.write.FieldEncoders.demand;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Dates and times. Everything becomes microseconds since 1970 first, then PostgreSQL's days or microseconds since 2000.
 * A naive time becomes timestamptz in the plan's zone (UTC where none is named, as SQLite itself has it); one that the zone never had (a gap) is a misfit.
 */
final class TimeEncoder implements FieldEncoder {
    private static final long MICROS_A_DAY = 86_400_000_000L;
    private static final long MICROS_1970_TO_2000 = 946_684_800_000_000L;
    private static final long DAYS_1970_TO_2000 = 10_957;
    /** 24 November 4714 BC, where timestamp begins; its end lies beyond 64 bits of microseconds since 1970. */
    private static final long FIRST = -210_866_803_200_000_000L;

    private final TargetType.Kind kind;
    private final Encoding encoding;
    private final ZoneId zone;
    private final long unit;

    TimeEncoder(ColumnPlan column) {
        kind = column.type().kind();
        encoding = column.encoding() == Encoding.PLAIN ? Encoding.ISO8601 : column.encoding();
        zone = column.zone().orElse(ZoneOffset.UTC);
        int precision = column.type().precision();
        long micros = 1;
        for (int i = precision == TargetType.NONE ? 6 : precision; i < 6; i++) {
            micros *= 10;
        }
        unit = micros;
    }

    /** Before every date and time there is. */
    static void minusInfinity(TargetType.Kind kind, BinaryBuffer out) {
        if (kind == TargetType.Kind.DATE) {
            out.putInt(4);
            out.putInt(Integer.MIN_VALUE);
        } else {
            out.putInt(8);
            out.putLong(Long.MIN_VALUE);
        }
    }

    @Override
    public void encode(StorageClass c, PackedReader v, BinaryBuffer out) throws Misfit {
        long micros = encoding == Encoding.ISO8601 ? isoMicros(c, v) : numberMicros(c, v);
        if (kind == TargetType.Kind.DATE) {
            if (Math.floorMod(micros, MICROS_A_DAY) != 0) {
                throw new Misfit(Misfit.Reason.NOT_EXACT);
            }
            out.putInt(4);
            out.putInt((int) (Math.floorDiv(micros, MICROS_A_DAY) - DAYS_1970_TO_2000));
            return;
        }
        if (Math.floorMod(micros, unit) != 0) {
            throw new Misfit(Misfit.Reason.TOO_PRECISE);
        }
        out.putInt(8);
        if (kind == TargetType.Kind.TIME) {
            out.putLong(micros);
        } else {
            if (micros < FIRST) {
                throw new Misfit(Misfit.Reason.OUT_OF_RANGE);
            }
            out.putLong(micros - MICROS_1970_TO_2000);
        }
    }

    private long isoMicros(StorageClass c, PackedReader v) throws Misfit {
        demand(c, StorageClass.TEXT);
        IsoText t = IsoText.parse(v.array(), v.offset(), v.length());
        boolean fits = switch (kind) {
            case DATE -> t.hasDate() && !t.hasTime();
            case TIME -> t.hasTime() && !t.hasDate() && !t.hasOffset();
            case TIMESTAMP -> t.hasDate() && !t.hasOffset();
            default -> t.hasDate() && (t.hasOffset() || zone != null);
        };
        if (!fits) {
            throw new Misfit(Misfit.Reason.BAD_DATE);
        }
        long local = t.epochDay() * MICROS_A_DAY + t.microsOfDay();
        if (kind != TargetType.Kind.TIMESTAMPTZ) {
            return local;
        }
        if (t.hasOffset()) {
            return local - t.offsetSeconds() * 1_000_000L;
        }
        return local - offsetAt(local) * 1_000_000L;
    }

    private long offsetAt(long localMicros) throws Misfit {
        LocalDateTime at = LocalDateTime.ofEpochSecond(Math.floorDiv(localMicros, 1_000_000L), 0, ZoneOffset.UTC);
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(at);
        if (offsets.isEmpty()) {
            throw new Misfit(Misfit.Reason.BAD_DATE);
        }
        // Where the clock was set back an hour happens twice; the earlier one gives the same naive time back.
        return offsets.get(0).getTotalSeconds();
    }

    private long numberMicros(StorageClass c, PackedReader v) throws Misfit {
        if (kind == TargetType.Kind.TIME) {
            throw new Misfit(Misfit.Reason.BAD_DATE);
        }
        try {
            return switch (encoding) {
                case UNIX_SECONDS ->
                    c == StorageClass.REAL ? realSeconds(v.real()) : Math.multiplyExact(integer(c, v), 1_000_000L);
                case UNIX_MILLIS -> Math.multiplyExact(integer(c, v), 1_000L);
                case UNIX_MICROS -> integer(c, v);
                default -> julianDay(c, v);
            };
        } catch (ArithmeticException e) {
            throw new Misfit(Misfit.Reason.OUT_OF_RANGE);
        }
    }

    private static long integer(StorageClass c, PackedReader v) throws Misfit {
        demand(c, StorageClass.INTEGER);
        return v.integer();
    }

    /** The shortest decimal form says how many fraction digits were meant. */
    private static long realSeconds(double seconds) throws Misfit {
        BigDecimal micros = NumberEncoders.shortest(seconds).movePointRight(6);
        if (micros.stripTrailingZeros().scale() > 0) {
            throw new Misfit(Misfit.Reason.NOT_EXACT);
        }
        return micros.setScale(0, RoundingMode.UNNECESSARY).longValueExact();
    }

    /** SQLite itself keeps a julian day as whole milliseconds; a day number that does not come back is a misfit. */
    private static long julianDay(StorageClass c, PackedReader v) throws Misfit {
        double day;
        if (c == StorageClass.INTEGER) {
            day = v.integer();
        } else {
            demand(c, StorageClass.REAL);
            day = v.real();
        }
        if (!(day >= 0 && day < 5_373_484.5)) { // the years SQLite knows: 4713 BC to 9999
            throw new Misfit(Misfit.Reason.OUT_OF_RANGE);
        }
        long julianMillis = (long) (day * 86_400_000.0 + 0.5);
        if (julianMillis / 86_400_000.0 != day) {
            throw new Misfit(Misfit.Reason.NOT_EXACT);
        }
        return Math.multiplyExact(julianMillis - 210_866_760_000_000L, 1_000L);
    }
}
