package io.liteferry.cutover.reverse;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoEra;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Makes Debezium give every value as the text that PostgreSQL prints for it: its own forms lose infinities, dates before
 * Christ and the digits of a numeric, each for some of its modes. Debezium makes it by name.
 */
public final class TextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    /** Stands for a value that PostgreSQL did not send because the change has not touched it. No text of PostgreSQL holds NUL. */
    static final String UNAVAILABLE = "\0";

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 10, SignStyle.NEVER)
            .appendPattern("-MM-dd")
            .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT);

    @Override
    public void configure(Properties none) {}

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        registration.register(SchemaBuilder.string().optional(), TextConverter::text);
    }

    static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return UNAVAILABLE;
        }
        if (value instanceof Boolean b) {
            return b ? "t" : "f";
        }
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof SpecialValueDecimal d) {
            return d.getDecimalValue().map(n -> n.toPlainString()).orElseGet(() -> special(d.toDouble()));
        }
        if (value instanceof LocalDate d) {
            return date(d);
        }
        if (value instanceof Instant t) {
            return timestamp(t);
        }
        if (value instanceof OffsetDateTime t) {
            return timestampWithZone(t);
        }
        if (value instanceof LocalTime t) {
            return TIME.format(t);
        }
        if (value instanceof OffsetTime t) {
            return TIME.format(t.withOffsetSameInstant(ZoneOffset.UTC)) + "+00";
        }
        return value.toString();
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }

    private static String date(LocalDate d) {
        if (d.equals(PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE)) {
            return "infinity";
        }
        return d.equals(PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE) ? "-infinity" : DATE.format(d) + era(d);
    }

    private static String timestamp(Instant t) {
        if (t.equals(PostgresValueConverter.POSITIVE_INFINITY_INSTANT)) {
            return "infinity";
        }
        return t.equals(PostgresValueConverter.NEGATIVE_INFINITY_INSTANT) ? "-infinity" : local(t, "");
    }

    private static String timestampWithZone(OffsetDateTime t) {
        if (t.equals(PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME)) {
            return "infinity";
        }
        return t.equals(PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME)
                ? "-infinity"
                : local(t.toInstant(), "+00");
    }

    private static String local(Instant t, String zone) {
        LocalDateTime local = LocalDateTime.ofInstant(t, ZoneOffset.UTC);
        return DATE.format(local) + " " + TIME.format(local) + zone + era(local.toLocalDate());
    }

    private static String era(LocalDate d) {
        return d.getEra() == IsoEra.BCE ? " BC" : "";
    }
}
