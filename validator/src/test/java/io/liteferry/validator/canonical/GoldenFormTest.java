package io.liteferry.validator.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The canonical form of each storage class under each type and encoding, byte for byte, as a manifest may have kept it. */
class GoldenFormTest {
    private static final String GOLDEN = "canonical-form.golden";
    private static final String MISFIT = "0d00";

    private static final List<SqliteValue> VALUES = values();

    private static List<SqliteValue> values() {
        List<SqliteValue> values = new ArrayList<>(List.of(SqliteValue.NULL));
        for (long n : new long[] {0, 1, -1, 2, 255, 32_767, -32_769, 1L << 31, 1_700_000_000_123L, (1L << 53) + 1}) {
            values.add(new SqliteValue.Int(n));
        }
        values.add(new SqliteValue.Int(Long.MIN_VALUE));
        for (double d : new double[] {0.0, -0.0, 1.5, -2, 0.1, 1e300, 2440587.5, 1700000000.25}) {
            values.add(new SqliteValue.Real(d));
        }
        values.add(new SqliteValue.Real(Double.POSITIVE_INFINITY));
        for (String text : new String[] {
            "",
            " ",
            "a",
            "a  ",
            "ä",
            "\uD83D\uDE00",
            "0",
            "1.50",
            "-12.3456789012345678901234567890",
            "1e3",
            "true",
            "F",
            "Yes",
            "n",
            "2024-02-29",
            "2024-07-01 12:00:00",
            "2024-07-01T12:00:00.123456+02:00",
            "24:00:00",
            "10:15",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}",
            "{\"b\": [1.50, -0.0, null], \"a\": \"\\u00e4\", \"a\": true}",
            "[]",
            "null"
        }) {
            values.add(SqliteValue.Text.of(text));
        }
        values.add(new SqliteValue.Text(new byte[] {'a', (byte) 0xff}));
        for (String hex : new String[] {"", "00", "ff00", "a0eebc999c0b4ef8bb6d6bb9bd380a11"}) {
            values.add(new SqliteValue.Blob(HexFormat.of().parseHex(hex)));
        }
        return values;
    }

    private static List<TargetType> types() {
        List<TargetType> types = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            types.add(kind == Kind.ENUM ? TargetType.enumeration("mood") : TargetType.of(kind));
        }
        for (String written : List.of("varchar(1)", "char(3)", "numeric(5,2)", "time(0)", "timestamptz(3)")) {
            types.add(TargetType.parse(written).orElseThrow());
        }
        return types;
    }

    private static List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (TargetType type : types()) {
            for (Encoding encoding : Encoding.values()) {
                if (encoding.fits(type.kind())) {
                    column(type, encoding, lines);
                }
            }
        }
        return lines;
    }

    /** Values that mean nothing under the column have no line; the hash is of all, them included. */
    private static void column(TargetType type, Encoding encoding, List<String> lines) {
        ColumnPlan column = ColumnPlan.plain("c", type).withEncoding(encoding);
        SourceForm form = new SourceForm(List.of(column), Set.of(), "");
        CanonicalRow all = new CanonicalRow(VALUES.size());
        for (SqliteValue value : VALUES) {
            byte[] packed = new PackedWriter().putValue(value).toBytes();
            CanonicalRow row = new CanonicalRow(1);
            form.write(new PackedReader().reset(packed), row);
            form.write(new PackedReader().reset(packed), all);
            String hex = HexFormat.of().formatHex(row.toBytes());
            if (!hex.equals(MISFIT)) {
                lines.add(type + " | " + encoding.yaml() + " | " + value + " | " + hex);
            }
        }
        lines.add(type + " | " + encoding.yaml() + " | hash of all | " + Long.toHexString(all.hash()));
    }

    @Test
    void theFormIsTheOneThatWasWrittenDown() throws IOException {
        List<String> now = lines();
        Path renewed = Path.of("target", GOLDEN);
        Files.createDirectories(renewed.toAbsolutePath().getParent());
        Files.write(renewed, now, StandardCharsets.UTF_8);
        try (InputStream in = GoldenFormTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(in).as(GOLDEN).isNotNull();
            List<String> written = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(now)
                    .as(
                            "The canonical form has changed: manifests that were kept can no longer be verified. Where that is"
                                    + " meant, raise CanonicalRow.VERSION and copy " + renewed.toAbsolutePath()
                                    + " over the golden file in src/test/resources")
                    .isEqualTo(written);
        }
    }
}
