package io.liteferry.validator.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.Mask;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalFormTest {
    private static final String MISFIT = "0d00";
    private static final long GOLDEN_HASH = 4609876624954027507L;

    private static String form(ColumnPlan column, SqliteValue value) {
        CanonicalRow row = new CanonicalRow(1);
        byte[] packed = new PackedWriter().putValue(value).toBytes();
        new SourceForm(List.of(column), Set.of(), "a secret").write(new PackedReader().reset(packed), row);
        return HexFormat.of().formatHex(row.toBytes());
    }

    private static String form(Kind kind, Encoding encoding, SqliteValue value) {
        return form(ColumnPlan.plain("c", TargetType.of(kind)).withEncoding(encoding), value);
    }

    private static String text(Kind kind, Encoding encoding, String text) {
        return form(kind, encoding, SqliteValue.Text.of(text));
    }

    @Test
    void writesTheGoldenBytesOfARow() {
        CanonicalRow row = new CanonicalRow(5);
        row.putNull();
        row.putLong(CanonicalRow.INTEGER, -2);
        row.putBytes(CanonicalRow.TEXT, "ab".getBytes(StandardCharsets.UTF_8), 0, 2);
        Decimals.put(row, new BigDecimal("-1.50"));
        row.putBoolean(true);
        assertThat(HexFormat.of().formatHex(row.toBytes()))
                .isEqualTo("0000" + "0108fffffffffffffffe" + "05026162" + "0206ff000000010f" + "040101");
        assertThat(row.hash()).isEqualTo(GOLDEN_HASH);
        assertThat(row.column(2)).isEqualTo(new byte[] {5, 2, 'a', 'b'});
        assertThat(row.columns(new int[] {4, 0})).isEqualTo(new byte[] {4, 1, 1, 0, 0});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // worked out by another program
                "varchar(32) | hash | ada@example.org | d266fa008e239a68575e47a2cdbf34dd",
                "text | hash | zoë | a771079499f152c2b0ec8faf4b99f459",
                "text | partial | 4111 2222 | *****2222",
                "text | partial:2 | zoë | *oë",
                "text | partial:2 | ë | *",
                "text | partial | abcd | ****",
                "varchar(8) | fixed:Jane Doe | Ada | Jane Doe",
            })
    void aMaskedColumnMeansItsMask(String type, String mask, String value, String masked) {
        ColumnPlan column = ColumnPlan.plain("c", TargetType.parse(type).orElseThrow());
        SqliteValue text = SqliteValue.Text.of(value);

        assertThat(form(column.masked(Mask.parse(mask)), text))
                .isEqualTo(form(column, SqliteValue.Text.of(masked)))
                .isNotEqualTo(form(column, text));
        assertThat(form(column.masked(Mask.parse(mask)), SqliteValue.NULL)).isEqualTo("0000");
    }

    @Test
    void aColumnThatIsMaskedWithNullMeansNull() {
        ColumnPlan column = ColumnPlan.plain("c", TargetType.of(Kind.TEXT)).masked(Mask.parse("null"));

        assertThat(form(column, SqliteValue.Text.of("x"))).isEqualTo("0000");
    }

    @Test
    void writesEmptyTextAndNullDifferently() {
        assertThat(text(Kind.TEXT, Encoding.PLAIN, "")).isEqualTo("0500");
        assertThat(form(Kind.TEXT, Encoding.PLAIN, SqliteValue.NULL)).isEqualTo("0000");
    }

    @Test
    void tellsNegativeZeroFromZeroAndLeavesIntegersThatADoubleCannotHold() {
        assertThat(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Real(-0.0)))
                .isNotEqualTo(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Real(0.0)));
        assertThat(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Int(1L << 53)))
                .isEqualTo(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Real(0x1p53)));
        assertThat(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Int((1L << 53) + 1)))
                .isEqualTo(MISFIT);
        assertThat(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Int(Long.MAX_VALUE)))
                .isEqualTo(MISFIT);
        assertThat(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Int(Long.MIN_VALUE)))
                .isEqualTo(form(Kind.DOUBLE, Encoding.PLAIN, new SqliteValue.Real(-0x1p63)));
        assertThat(form(Kind.REAL, Encoding.PLAIN, new SqliteValue.Real(0.1))).isEqualTo(MISFIT);
    }

    @ParameterizedTest
    @CsvSource({
        "1.5,1.50",
        "100,1E2",
        "0,0.000",
        "-7.25,-7.250",
        "123456789012345678901234567890.5,123456789012345678901234567890.50"
    })
    void writesDecimalsByTheirValue(String left, String right) {
        assertThat(text(Kind.NUMERIC, Encoding.PLAIN, left)).isEqualTo(text(Kind.NUMERIC, Encoding.PLAIN, right));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.3333333333333333", "1e22", "2e23", "17.1", "123456.789", "-0.3"})
    void writesARealAsItsShortestDecimal(String written) {
        double value = Double.parseDouble(written);
        assertThat(Decimals.shortest(value).doubleValue()).isEqualTo(value);
        assertThat(Decimals.shortest(value)).isEqualByComparingTo(written);
    }

    @Test
    void leavesDecimalsThatWouldBeRounded() {
        ColumnPlan price = ColumnPlan.plain("p", TargetType.numeric(5, 2));
        assertThat(form(price, SqliteValue.Text.of("999.99"))).isNotEqualTo(MISFIT);
        assertThat(form(price, SqliteValue.Text.of("999.990"))).isNotEqualTo(MISFIT);
        assertThat(form(price, SqliteValue.Text.of("999.995"))).isEqualTo(MISFIT);
        assertThat(form(price, SqliteValue.Text.of("1000"))).isEqualTo(MISFIT);
        assertThat(form(price, new SqliteValue.Real(-0.0))).isEqualTo(MISFIT);
        assertThat(form(price, new SqliteValue.Real(Double.POSITIVE_INFINITY))).isEqualTo(MISFIT);
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02-29 10:15:30.5, 2024-02-29T10:15:30.500000Z",
        "2024-02-29, 2024-02-29 00:00",
        "2024-07-01T12:00:00+02:00, 2024-07-01 10:00:00",
        "2024-07-01 12:00:00 -0330, 2024-07-01T15:30:00Z"
    })
    void readsOneMomentFromItsSpellings(String left, String right) {
        assertThat(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, left))
                .isEqualTo(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, right))
                .isNotEqualTo(MISFIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now",
                "epoch",
                "infinity",
                "today",
                "",
                "0000-00-00",
                "2024-02-30",
                "2023-02-29",
                "2024-13-01",
                "2024-01-01 23:59:60",
                "2024-01-01 24:00:01",
                "2024-01-01 10:00:00.1234567",
                "2024-1-1",
                "2024-01-01 10:00:00 CET",
                "2024-01-01x10:00",
                "2024-01-01 10",
                "10:00:00",
                "20240101"
            })
    void leavesTextThatIsNoMoment(String text) {
        assertThat(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, text)).isEqualTo(MISFIT);
    }

    @Test
    void readsNaiveTextInItsZone() {
        ColumnPlan berlin = new ColumnPlan(
                "t",
                "t",
                TargetType.of(Kind.TIMESTAMPTZ),
                Encoding.ISO8601,
                true,
                Optional.empty(),
                Optional.of(ZoneId.of("Europe/Berlin")),
                false,
                false);
        assertThat(form(berlin, SqliteValue.Text.of("2024-07-01 12:00:00")))
                .isEqualTo(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, "2024-07-01 10:00:00Z"));
        assertThat(form(berlin, SqliteValue.Text.of("2024-01-01 12:00:00")))
                .isEqualTo(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, "2024-01-01 11:00:00Z"));
        assertThat(form(berlin, SqliteValue.Text.of("2024-03-31 02:30:00"))).isEqualTo(MISFIT);
        assertThat(form(berlin, SqliteValue.Text.of("2024-10-27 02:30:00")))
                .isEqualTo(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, "2024-10-27 00:30:00Z"));
    }

    @Test
    void readsNumbersAsMoments() {
        String moment = text(Kind.TIMESTAMPTZ, Encoding.ISO8601, "2023-11-14 22:13:20.25");
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_SECONDS, new SqliteValue.Real(1700000000.25)))
                .isEqualTo(moment);
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_MILLIS, new SqliteValue.Int(1700000000250L)))
                .isEqualTo(moment);
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_MICROS, new SqliteValue.Int(1700000000250000L)))
                .isEqualTo(moment);
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.JULIAN_DAY, new SqliteValue.Real(2440587.5)))
                .isEqualTo(text(Kind.TIMESTAMPTZ, Encoding.ISO8601, "1970-01-01"));
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_SECONDS, new SqliteValue.Int(Long.MAX_VALUE)))
                .isEqualTo(MISFIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a0eebc999c0b4ef8bb6d6bb9bd380a11",
                "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"
            })
    void readsOneUuidFromItsSpellings(String text) {
        assertThat(text(Kind.UUID, Encoding.PLAIN, text)).isEqualTo("0710a0eebc999c0b4ef8bb6d6bb9bd380a11");
    }

    @Test
    void comparesJsonbByMeaningAndJsonByText() {
        String left = "{\"b\": [1.50, -0.0], \"a\": \"\\u00e4\", \"a\": 1}";
        String right = "{\"a\":1,\"b\":[1.5,0]}";
        assertThat(text(Kind.JSONB, Encoding.PLAIN, left)).isEqualTo(text(Kind.JSONB, Encoding.PLAIN, right));
        assertThat(text(Kind.JSON, Encoding.PLAIN, left)).isNotEqualTo(text(Kind.JSON, Encoding.PLAIN, right));
        assertThat(text(Kind.JSONB, Encoding.PLAIN, "[2,1]")).isNotEqualTo(text(Kind.JSONB, Encoding.PLAIN, "[1,2]"));
        assertThat(text(Kind.JSONB, Encoding.PLAIN, "[\"\\u0000\"]")).isEqualTo(MISFIT);
        assertThat(text(Kind.JSONB, Encoding.PLAIN, "[\"\\ud800\"]")).isEqualTo(MISFIT);
        assertThat(text(Kind.JSONB, Encoding.PLAIN, "{} {}")).isEqualTo(MISFIT);
        assertThat(text(Kind.JSONB, Encoding.PLAIN, "")).isEqualTo(MISFIT);
    }

    @Test
    void leavesTextThatPostgresqlCannotHold() {
        for (String hex : List.of("ff41", "00", "c080", "eda080", "f4908080", "e282")) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            assertThat(form(Kind.TEXT, Encoding.PLAIN, new SqliteValue.Text(bytes)))
                    .as(hex)
                    .isEqualTo(MISFIT);
        }
        assertThat(form(ColumnPlan.plain("c", TargetType.of(Kind.VARCHAR, 2)), SqliteValue.Text.of("äöü")))
                .isEqualTo(MISFIT);
        assertThat(form(ColumnPlan.plain("c", TargetType.of(Kind.VARCHAR, 3)), SqliteValue.Text.of("äöü")))
                .isNotEqualTo(MISFIT);
    }

    /** Equal values have equal bytes, different values have different bytes; the seed names the run. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void keepsDifferentValuesApart(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] left = new byte[random.nextInt(4)];
            byte[] right = new byte[random.nextInt(4)];
            random.nextBytes(left);
            random.nextBytes(right);
            boolean same = java.util.Arrays.equals(left, right);
            assertThat(form(Kind.BYTEA, Encoding.PLAIN, new SqliteValue.Blob(left))
                            .equals(form(Kind.BYTEA, Encoding.PLAIN, new SqliteValue.Blob(right))))
                    .isEqualTo(same);
            long n = random.nextLong() >> random.nextInt(64);
            assertThat(form(Kind.NUMERIC, Encoding.PLAIN, new SqliteValue.Int(n)))
                    .isEqualTo(text(Kind.NUMERIC, Encoding.PLAIN, n + ".00"))
                    .isNotEqualTo(text(Kind.NUMERIC, Encoding.PLAIN, n + ".01"));
        }
    }

    @Test
    void fitsZeroIntoADecimalThatHasOnlyAFraction() {
        ColumnPlan rate = ColumnPlan.plain("c", TargetType.numeric(4, 4));
        assertThat(form(rate, new SqliteValue.Int(0))).isEqualTo("020100");
        assertThat(form(rate, SqliteValue.Text.of("0.0000"))).isEqualTo("020100");
        assertThat(form(rate, new SqliteValue.Int(1))).isEqualTo(MISFIT);
    }

    @Test
    void readsSecondsAsFarAsMicrosecondsGo() {
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_SECONDS, new SqliteValue.Real(1_700_000_000_123.0)))
                .isEqualTo(form(Kind.TIMESTAMPTZ, Encoding.UNIX_SECONDS, new SqliteValue.Int(1_700_000_000_123L)));
        assertThat(form(Kind.TIMESTAMPTZ, Encoding.UNIX_SECONDS, new SqliteValue.Real(1e13)))
                .isEqualTo(MISFIT);
    }

    @Test
    void survivesJsonNestedAsDeepAsAnyoneCares() throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        Thread thread = new Thread(
                () -> JsonForm.of(("[".repeat(4_999) + "]".repeat(4_999)).getBytes(StandardCharsets.UTF_8), 0, 9_998));
        thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertThat(failure[0]).isNull();
    }
}
