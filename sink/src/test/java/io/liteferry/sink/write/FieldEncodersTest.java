package io.liteferry.sink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.TargetInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every planned type with values at its limits: written by arrays and by COPY, read back from PostgreSQL as text. */
class FieldEncodersTest {
    private record Sample(
            String type,
            Encoding encoding,
            Optional<ZoneId> zone,
            SqliteValue value,
            @Nullable String text) {}

    private static Sample fits(String type, Encoding encoding, SqliteValue value, String text) {
        return new Sample(type, encoding, Optional.empty(), value, text);
    }

    private static Sample misfit(String type, Encoding encoding, SqliteValue value) {
        return new Sample(type, encoding, Optional.empty(), value, null);
    }

    private static SqliteValue i(long v) {
        return new SqliteValue.Int(v);
    }

    private static SqliteValue r(double v) {
        return new SqliteValue.Real(v);
    }

    private static SqliteValue t(String v) {
        return SqliteValue.Text.of(v);
    }

    private static SqliteValue bytes(int... v) {
        byte[] b = new byte[v.length];
        for (int k = 0; k < v.length; k++) {
            b[k] = (byte) v[k];
        }
        return new SqliteValue.Text(b);
    }

    private static SqliteValue blob(int... v) {
        return new SqliteValue.Blob(((SqliteValue.Text) bytes(v)).utf8());
    }

    private static final List<Sample> SAMPLES = List.of(
            fits("smallint", Encoding.PLAIN, i(-32768), "-32768"),
            misfit("smallint", Encoding.PLAIN, i(32768)),
            fits("integer", Encoding.PLAIN, i(Integer.MAX_VALUE), "2147483647"),
            misfit("integer", Encoding.PLAIN, i(-2147483649L)),
            fits("bigint", Encoding.PLAIN, i(Long.MIN_VALUE), "-9223372036854775808"),
            fits("bigint", Encoding.PLAIN, i(Long.MAX_VALUE), "9223372036854775807"),
            misfit("bigint", Encoding.PLAIN, t("7")),
            misfit("bigint", Encoding.PLAIN, r(4.0)),
            misfit("bigint", Encoding.PLAIN, blob(1)),
            fits("numeric", Encoding.PLAIN, t("-0012.5000"), "-12.5000"),
            fits("numeric", Encoding.PLAIN, t("0.00001234"), "0.00001234"),
            fits("numeric", Encoding.PLAIN, t("10000.0001"), "10000.0001"),
            fits("numeric", Encoding.PLAIN, t("0"), "0"),
            fits("numeric", Encoding.PLAIN, t("0.000"), "0.000"),
            fits("numeric", Encoding.PLAIN, t("99999999999999999999999999999.9"), "99999999999999999999999999999.9"),
            fits("numeric", Encoding.PLAIN, i(Long.MIN_VALUE), "-9223372036854775808"),
            fits("numeric(12,2)", Encoding.PLAIN, t("1234567890.12"), "1234567890.12"),
            fits("numeric(12,2)", Encoding.PLAIN, t("0.5"), "0.50"),
            fits("numeric(4,4)", Encoding.PLAIN, t("0.1234"), "0.1234"),
            fits("numeric(12,2)", Encoding.PLAIN, r(0.1), "0.10"),
            fits("numeric(12,2)", Encoding.PLAIN, r(100000), "100000.00"),
            misfit("numeric(12,2)", Encoding.PLAIN, r(0.1 + 0.2)),
            misfit("numeric(12,2)", Encoding.PLAIN, r(-0.0)),
            misfit("numeric(12,2)", Encoding.PLAIN, r(Double.POSITIVE_INFINITY)),
            misfit("numeric(12,2)", Encoding.PLAIN, t("0.123")),
            misfit("numeric(4,2)", Encoding.PLAIN, t("100")),
            misfit("numeric", Encoding.PLAIN, t("NaN")),
            misfit("numeric", Encoding.PLAIN, t("1e5")),
            misfit("numeric", Encoding.PLAIN, t(" 1")),
            misfit("numeric", Encoding.PLAIN, t("1.")),
            misfit("numeric", Encoding.PLAIN, t("")),
            fits("double precision", Encoding.PLAIN, r(Double.MIN_VALUE), "5e-324"),
            fits("double precision", Encoding.PLAIN, r(-0.0), "-0"),
            fits("double precision", Encoding.PLAIN, r(Double.NEGATIVE_INFINITY), "-Infinity"),
            fits("double precision", Encoding.PLAIN, i(1L << 53), "9.007199254740992e+15"),
            misfit("double precision", Encoding.PLAIN, i((1L << 53) + 1)),
            misfit("double precision", Encoding.PLAIN, i(Long.MAX_VALUE)),
            misfit("double precision", Encoding.PLAIN, t("1.5")),
            fits("real", Encoding.PLAIN, r(1.5), "1.5"),
            misfit("real", Encoding.PLAIN, r(0.1)),
            fits("boolean", Encoding.ZERO_ONE, i(1), "true"),
            misfit("boolean", Encoding.ZERO_ONE, i(2)),
            fits("boolean", Encoding.TRUE_FALSE, t("FALSE"), "false"),
            fits("boolean", Encoding.Y_N, t("y"), "true"),
            misfit("boolean", Encoding.YES_NO, t("maybe")),
            fits("text", Encoding.PLAIN, t("grüße \uD83D\uDE00"), "grüße \uD83D\uDE00"),
            fits("text", Encoding.PLAIN, t(""), ""),
            misfit("text", Encoding.PLAIN, t("a\0b")),
            misfit("text", Encoding.PLAIN, bytes(0xff, 'A')),
            misfit("text", Encoding.PLAIN, bytes(0xed, 0xa0, 0x80)),
            misfit("text", Encoding.PLAIN, bytes(0xc0, 0x80)),
            misfit("text", Encoding.PLAIN, bytes(0xf4, 0x90, 0x80, 0x80)),
            misfit("text", Encoding.PLAIN, bytes(0xe2, 0x82)),
            misfit("text", Encoding.PLAIN, i(5)),
            fits("varchar(3)", Encoding.PLAIN, t("\uD83D\uDE00äb"), "\uD83D\uDE00äb"),
            misfit("varchar(3)", Encoding.PLAIN, t("abc ")),
            fits("char(3)", Encoding.PLAIN, t("ab"), "ab"),
            misfit("char(3)", Encoding.PLAIN, t("abcd")),
            fits("bytea", Encoding.PLAIN, blob(0, 255), "\\x00ff"),
            misfit("bytea", Encoding.PLAIN, t("text")),
            fits("bytea", Encoding.EXACT, t("a"), "\\x0361"),
            fits("bytea", Encoding.EXACT, i(-1), "\\x01ffffffffffffffff"),
            fits("bytea", Encoding.EXACT, r(1.5), "\\x023ff8000000000000"),
            fits(
                    "uuid",
                    Encoding.PLAIN,
                    t("123e4567-e89b-12d3-a456-426614174000"),
                    "123e4567-e89b-12d3-a456-426614174000"),
            misfit("uuid", Encoding.PLAIN, t("123e4567e89b12d3a456426614174000-----")),
            fits(
                    "uuid",
                    Encoding.UUID_BLOB,
                    blob(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                    "00010203-0405-0607-0809-0a0b0c0d0e0f"),
            misfit("uuid", Encoding.UUID_BLOB, blob(1)),
            fits("json", Encoding.PLAIN, t("{\"a\" : 1}"), "{\"a\" : 1}"),
            fits("jsonb", Encoding.PLAIN, t("{\"a\" : 1}"), "{\"a\": 1}"),
            fits("date", Encoding.ISO8601, t("2024-02-29"), "2024-02-29"),
            fits("date", Encoding.ISO8601, t("0001-01-01"), "0001-01-01"),
            fits("date", Encoding.UNIX_SECONDS, i(-86400), "1969-12-31"),
            misfit("date", Encoding.UNIX_SECONDS, i(1)),
            misfit("date", Encoding.ISO8601, t("2024-02-30")),
            misfit("date", Encoding.ISO8601, t("0000-00-00")),
            misfit("date", Encoding.ISO8601, t("today")),
            fits("time", Encoding.ISO8601, t("23:59:59.123456"), "23:59:59.123456"),
            misfit("time", Encoding.ISO8601, t("23:59:60")),
            misfit("time", Encoding.ISO8601, t("24:00:00")),
            fits("timestamp", Encoding.ISO8601, t("1999-12-31T23:59"), "1999-12-31 23:59:00"),
            fits("timestamp", Encoding.ISO8601, t("9999-12-31 23:59:59.999999"), "9999-12-31 23:59:59.999999"),
            fits("timestamp", Encoding.UNIX_MILLIS, i(-1), "1969-12-31 23:59:59.999"),
            fits("timestamp", Encoding.UNIX_MICROS, i(1), "1970-01-01 00:00:00.000001"),
            fits("timestamp", Encoding.UNIX_SECONDS, r(1700000000.25), "2023-11-14 22:13:20.25"),
            fits("timestamp", Encoding.JULIAN_DAY, r(2440587.5), "1970-01-01 00:00:00"),
            misfit("timestamp", Encoding.UNIX_SECONDS, i(Long.MAX_VALUE)),
            misfit("timestamp", Encoding.UNIX_SECONDS, r(1e-9)),
            misfit("timestamp", Encoding.ISO8601, t("2024-01-01 10:00:00+02:00")),
            misfit("timestamp", Encoding.ISO8601, t("2024-01-01 10:00:00.1234567")),
            misfit("timestamp", Encoding.ISO8601, t("now")),
            fits("timestamp(3)", Encoding.ISO8601, t("2024-01-01 10:00:00.123"), "2024-01-01 10:00:00.123"),
            misfit("timestamp(3)", Encoding.ISO8601, t("2024-01-01 10:00:00.1234")),
            fits("timestamptz", Encoding.ISO8601, t("2024-06-01T10:00:00+02:00"), "2024-06-01 08:00:00+00"),
            fits("timestamptz", Encoding.ISO8601, t("2024-06-01 10:00:00Z"), "2024-06-01 10:00:00+00"),
            new Sample(
                    "timestamptz",
                    Encoding.ISO8601,
                    Optional.of(ZoneId.of("Europe/Berlin")),
                    t("2024-07-01 10:00:00"),
                    "2024-07-01 08:00:00+00"),
            new Sample(
                    "timestamptz",
                    Encoding.ISO8601,
                    Optional.of(ZoneId.of("Europe/Berlin")),
                    t("2024-10-27 02:30:00"),
                    "2024-10-27 00:30:00+00"),
            new Sample(
                    "timestamptz",
                    Encoding.ISO8601,
                    Optional.of(ZoneId.of("Europe/Berlin")),
                    t("2024-03-31 02:30:00"),
                    null));

    @Test
    void everyValueComesBackAsItWentInOrIsAMisfit() throws Exception {
        Plan plan = new Plan(
                "encoders",
                Options.of(Map.of(Options.CONNECTION_URL, SharedServers.newDatabase())),
                Stream.of("arrays", "copied")
                        .map(name -> TablePlan.simple(name, KeyPlan.primaryKey("id"), columns()))
                        .toList());
        new TargetInstaller(plan).install();
        String url = plan.options().string(Options.CONNECTION_URL);
        try (Connection c = DriverManager.getConnection(SharedServers.byHand(url) + "&" + BinaryArrays.DRIVER_OPTION)) {
            c.setAutoCommit(false);
            Quarantine quarantine = new Quarantine("encoders");
            for (TablePlan t : plan.tables()) {
                TargetTable target = new TargetTable(plan, t);
                TableWriter writer = new TableWriter(
                        "m",
                        target,
                        new boolean[t.columns().size()],
                        quarantine,
                        new RefusedRecords(),
                        new BinaryBuffer());
                Outcome outcome = new Outcome();
                List<ChangeRecord> records = records();
                if (t.source().equals("copied")) {
                    writer.stage().copy(c, 0, records, outcome);
                    writer.stage().upsert(c);
                } else {
                    writer.write(c, records, outcome, false, true, null);
                }
                c.commit();
                assertThat(outcome.quarantined().stream()
                                .map(q -> (int) q.record().ordinal())
                                .toList())
                        .as("misfits by %s", t.source())
                        .isEqualTo(misfits());
                readBack(c, t.source());
            }
        }
    }

    private static List<ColumnPlan> columns() {
        List<ColumnPlan> columns =
                new ArrayList<>(List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))));
        for (int n = 0; n < SAMPLES.size(); n++) {
            columns.add(column(n));
        }
        return columns;
    }

    private static ColumnPlan column(int n) {
        Sample s = SAMPLES.get(n);
        TargetType type = TargetType.parse(s.type).orElseThrow();
        return new ColumnPlan("c" + n, "c" + n, type, s.encoding, true, Optional.empty(), s.zone, false, false);
    }

    /** One row a sample: everything NULL but its own column. */
    private static List<ChangeRecord> records() {
        List<ChangeRecord> records = new ArrayList<>();
        for (int n = 0; n < SAMPLES.size(); n++) {
            PackedWriter w = new PackedWriter();
            ChangeFormat.writeHeader(w, Operation.UPDATE, new BatchId(1, 1), n, 0, SAMPLES.size() + 1);
            w.putInteger(n);
            for (int k = 0; k < SAMPLES.size(); k++) {
                w.putValue(k == n ? SAMPLES.get(n).value : SqliteValue.NULL);
            }
            records.add(
                    ChangeRecord.of(new PackedReader(), RowKey.of(List.of(i(n))).packed(), w.toBytes(), n));
        }
        return records;
    }

    private static List<Integer> misfits() {
        List<Integer> misfits = new ArrayList<>();
        for (int n = 0; n < SAMPLES.size(); n++) {
            if (SAMPLES.get(n).text == null) {
                misfits.add(n);
            }
        }
        return misfits;
    }

    private static void readBack(Connection c, String table) throws SQLException {
        SoftAssertions all = new SoftAssertions();
        try (Statement s = c.createStatement()) {
            s.execute("SET TimeZone = 'UTC'");
            for (int n = 0; n < SAMPLES.size(); n++) {
                Sample sample = SAMPLES.get(n);
                try (ResultSet r = s.executeQuery("SELECT c" + n + "::text FROM " + table + " WHERE id = " + n)) {
                    String found = r.next() ? r.getString(1) : null;
                    all.assertThat(found)
                            .as("%s in %s as %s", sample.value, sample.type, table)
                            .isEqualTo(sample.text);
                }
            }
        }
        all.assertAll();
    }

    @Test
    void refusesAnEncodingThatDoesNotStandForTheType() {
        ColumnPlan wrong =
                ColumnPlan.plain("c", TargetType.of(TargetType.Kind.BIGINT)).withEncoding(Encoding.UUID_BLOB);
        assertThatThrownBy(() -> FieldEncoders.of("t", wrong))
                .isInstanceOf(LiteferryException.class)
                .hasMessageContaining("uuid_blob")
                .hasMessageContaining("bigint");
    }

    @Test
    void theShortestDecimalIsShort() throws Misfit {
        assertThat(NumberEncoders.shortest(2.0E-3).toPlainString()).isEqualTo("0.002");
        assertThat(NumberEncoders.shortest(Double.MIN_VALUE).doubleValue()).isEqualTo(Double.MIN_VALUE);
        assertThat(NumberEncoders.shortest(Double.MIN_NORMAL).doubleValue()).isEqualTo(Double.MIN_NORMAL);
    }
}
