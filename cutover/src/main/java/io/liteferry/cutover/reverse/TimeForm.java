package io.liteferry.cutover.reverse;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times. A date means days, a time of day microseconds, anything else microseconds, all since 1970 and as a {@link
 * Long}: of timestamptz the moment, of timestamp what the clock showed.
 */
final class TimeForm implements ColumnForm {
    static final long MICROS = 1_000_000L;
    static final long MICROS_A_DAY = 86_400L * MICROS;

    private static final double MILLIS_A_DAY = 86_400_000.0;
    private static final long JULIAN_MILLIS_IN_1970 = 210_866_760_000_000L;
    private static final double LAST_JULIAN_DAY = 5_373_484.5;
    private static final int LAST_ISO_YEAR = 9_999;

    /** PostgreSQL's {@code ISO} style. */
    private static final Pattern PRINTED = Pattern.compile("(?:(\\d{4,})-(\\d\\d)-(\\d\\d))?"
            + "(?:(?:^| )(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,6}))?)?(?:\\+00)?( BC)?");

    private final TargetType.Kind kind;
    private final Encoding encoding;
    private final ZoneId zone;
    private final boolean real;
    private final IsoSpelling spelling;

    TimeForm(ColumnPlan column, List<SqliteValue> newest) {
        kind = column.type().kind();
        encoding = column.encoding() == Encoding.PLAIN ? Encoding.ISO8601 : column.encoding();
        zone = column.zone().orElse(ZoneOffset.UTC);
        real = !newest.isEmpty() && newest.get(0).storageClass() == StorageClass.REAL;
        spelling = IsoSpelling.of(newest);
    }

    @Override
    public Object ofTarget(String text) throws Unfit {
        Matcher m = PRINTED.matcher(text);
        if (!m.matches()) {
            throw new Unfit(
                    text.endsWith("infinity") ? "infinity is no time of SQLite" : "not a time that SQLite knows");
        }
        try {
            long day = m.group(1) == null ? 0 : day(m);
            long micros = m.group(4) == null ? 0 : ofDay(m.group(4), m.group(5), m.group(6), m.group(7));
            return kind == TargetType.Kind.DATE ? day : Math.addExact(Math.multiplyExact(day, MICROS_A_DAY), micros);
        } catch (DateTimeException | ArithmeticException e) {
            throw new Unfit("a date that SQLite does not know");
        }
    }

    private static long day(Matcher m) {
        int year = Integer.parseInt(m.group(1));
        boolean before = m.group(8) != null;
        return LocalDate.of(before ? 1 - year : year, Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)))
                .toEpochDay();
    }

    /** Microseconds of a time of day. */
    static long ofDay(String hour, String minute, String second, @Nullable String fraction) {
        long seconds = (Integer.parseInt(hour) * 60L + Integer.parseInt(minute)) * 60 + Integer.parseInt(second);
        String micros = fraction == null ? "0" : (fraction + "000000").substring(0, 6);
        return seconds * MICROS + Integer.parseInt(micros);
    }

    @Override
    public Optional<Object> ofSource(SqliteValue value) {
        if (encoding == Encoding.ISO8601) {
            return value instanceof SqliteValue.Text t
                    ? IsoSpelling.read(new String(t.utf8(), StandardCharsets.UTF_8))
                            .flatMap(this::meaning)
                    : Optional.empty();
        }
        try {
            return switch (encoding) {
                case UNIX_SECONDS -> decimal(value).map(d -> d.movePointRight(6).longValueExact());
                case UNIX_MILLIS ->
                    value instanceof SqliteValue.Int i
                            ? Optional.of(Math.multiplyExact(i.value(), 1_000L))
                            : Optional.empty();
                case UNIX_MICROS -> value instanceof SqliteValue.Int i ? Optional.of(i.value()) : Optional.empty();
                default -> julian(value);
            };
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private Optional<Object> meaning(IsoSpelling.Parts parts) {
        return switch (kind) {
            case DATE -> parts.date() && !parts.time() ? Optional.of(parts.epochDay()) : Optional.empty();
            case TIME ->
                parts.time() && !parts.date() && parts.offset().isEmpty()
                        ? Optional.of(parts.microsOfDay())
                        : Optional.empty();
            case TIMESTAMP -> parts.date() && parts.offset().isEmpty() ? Optional.of(parts.local()) : Optional.empty();
            default -> parts.date() ? moment(parts) : Optional.empty();
        };
    }

    private Optional<Object> moment(IsoSpelling.Parts parts) {
        Optional<ZoneOffset> offset = parts.offset().isPresent()
                ? parts.offset()
                : zone.getRules().getValidOffsets(dateTime(parts.local())).stream()
                        .findFirst();
        return offset.map(o -> parts.local() - o.getTotalSeconds() * MICROS);
    }

    static LocalDateTime dateTime(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, MICROS), (int) Math.floorMod(micros, MICROS) * 1_000, ZoneOffset.UTC);
    }

    private static Optional<BigDecimal> decimal(SqliteValue value) {
        if (value instanceof SqliteValue.Int i) {
            return Optional.of(BigDecimal.valueOf(i.value()));
        }
        return value instanceof SqliteValue.Real r ? NumberForms.shortest(r.value()) : Optional.empty();
    }

    /** As SQLite itself has it: a whole number of milliseconds. */
    private static Optional<Object> julian(SqliteValue value) {
        double day = value instanceof SqliteValue.Real r
                ? r.value()
                : value instanceof SqliteValue.Int i ? (double) i.value() : Double.NaN;
        if (!(day >= 0 && day < LAST_JULIAN_DAY)) {
            return Optional.empty();
        }
        long millis = (long) (day * MILLIS_A_DAY + 0.5);
        return millis / MILLIS_A_DAY == day ? Optional.of((millis - JULIAN_MILLIS_IN_1970) * 1_000) : Optional.empty();
    }

    @Override
    public SqliteValue written(Object meaning) throws Unfit {
        long value = (Long) meaning;
        SqliteValue written = switch (encoding) {
            case ISO8601 -> SqliteValue.Text.of(iso(value));
            case UNIX_SECONDS -> seconds(value);
            case UNIX_MILLIS -> new SqliteValue.Int(Math.floorDiv(value, 1_000L));
            case UNIX_MICROS -> new SqliteValue.Int(value);
            default -> new SqliteValue.Real((Math.floorDiv(value, 1_000L) + JULIAN_MILLIS_IN_1970) / MILLIS_A_DAY);
        };
        if (ofSource(written).filter(meaning::equals).isPresent()) {
            return written;
        }
        // The second passing of an hour that the clock shows twice: only an offset tells it.
        SqliteValue explicit = kind == TargetType.Kind.TIMESTAMPTZ && encoding == Encoding.ISO8601
                ? SqliteValue.Text.of(spelling.inUtc(value))
                : written;
        if (ofSource(explicit).filter(meaning::equals).isPresent()) {
            return explicit;
        }
        throw new Unfit("a time that " + encoding.yaml() + " cannot say exactly");
    }

    private SqliteValue seconds(long micros) {
        boolean whole = Math.floorMod(micros, MICROS) == 0;
        return whole && !real
                ? new SqliteValue.Int(Math.floorDiv(micros, MICROS))
                : new SqliteValue.Real(BigDecimal.valueOf(micros, 6).doubleValue());
    }

    private String iso(long value) throws Unfit {
        if (kind == TargetType.Kind.TIME) {
            if (value >= MICROS_A_DAY) {
                throw new Unfit("24:00 is no time of SQLite");
            }
            return spelling.time(value);
        }
        long day = kind == TargetType.Kind.DATE ? value : Math.floorDiv(value, MICROS_A_DAY);
        int year = LocalDate.ofEpochDay(day).getYear();
        if (year < 0 || year > LAST_ISO_YEAR) {
            throw new Unfit("a year that has not four digits");
        }
        return switch (kind) {
            case DATE -> LocalDate.ofEpochDay(value).toString();
            case TIMESTAMP -> spelling.local(value);
            default -> spelling.moment(value, zone);
        };
    }

    @Override
    public List<SqliteValue> spellings(Object meaning) throws Unfit {
        Set<SqliteValue> all = new LinkedHashSet<>(List.of(written(meaning)));
        if (encoding == Encoding.ISO8601 && kind != TargetType.Kind.DATE) {
            spelling.others().forEach(s -> {
                String text = kind == TargetType.Kind.TIME
                        ? s.time((Long) meaning)
                        : kind == TargetType.Kind.TIMESTAMP ? s.local((Long) meaning) : s.moment((Long) meaning, zone);
                all.add(SqliteValue.Text.of(text));
            });
        }
        return List.copyOf(all);
    }
}
