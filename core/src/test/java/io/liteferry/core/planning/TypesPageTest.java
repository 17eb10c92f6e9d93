package io.liteferry.core.planning;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.ReferencePage;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.planning.DeclaredType.Affinity;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/understand/types.md} are what the code does. */
class TypesPageTest {
    private static final List<String> DECLARATIONS = List.of(
            "INTEGER",
            "BIGINT",
            "TEXT",
            "VARCHAR(40)",
            "CHAR(2)",
            "REAL",
            "DOUBLE PRECISION",
            "NUMERIC",
            "DECIMAL(10,2)",
            "BOOLEAN",
            "DATE",
            "TIME",
            "DATETIME",
            "TIMESTAMP WITH TIME ZONE",
            "UUID",
            "JSON",
            "BLOB",
            "");
    private static final Map<String, SqliteValue> VALUES = values();

    private static Map<String, SqliteValue> values() {
        Map<String, SqliteValue> values = new LinkedHashMap<>();
        for (long i : new long[] {0, 1, 70_000, 5_000_000_000L, 1_700_000_000L, 1_700_000_000_000L}) {
            values.put(Long.toString(i), new SqliteValue.Int(i));
        }
        for (double d : new double[] {0.5, 0.1, 2_460_310.5, 1_700_000_000.25, Double.POSITIVE_INFINITY}) {
            values.put(shown(d), new SqliteValue.Real(d));
        }
        for (String text : List.of(
                "abc",
                "12.50",
                "true",
                "t",
                "yes",
                "y",
                "2024-02-29",
                "2024-02-30",
                "10:30",
                "2024-02-29 10:30:00",
                "2024-02-29T10:30:00Z",
                "now",
                "123e4567-e89b-12d3-a456-426614174000",
                "123e4567e89b12d3a456426614174000",
                "{\"a\": 1}",
                "{\"b\": 1, \"a\": 1e2}")) {
            values.put("'" + text + "'", SqliteValue.Text.of(text));
        }
        values.put("x'00'", new SqliteValue.Blob(new byte[1]));
        values.put("x'123e…4000'", new SqliteValue.Blob(HexFormat.of().parseHex("123e4567e89b12d3a456426614174000")));
        return values;
    }

    @Test
    void saysWhichValuesFitWhichType() {
        StringBuilder table =
                new StringBuilder("| type | encoding | SQLite holds | of the samples these fit |\n|---|---|---|---|\n");
        for (Kind kind : Kind.values()) {
            for (Encoding encoding : Encoding.values()) {
                if (encoding.fits(kind)) {
                    row(table, kind, encoding);
                }
            }
        }
        List<String> samples = VALUES.keySet().stream().map(TypesPageTest::code).toList();

        ReferencePage.holdsPart("types.md", "samples", String.join(", ", samples) + "\n");
        ReferencePage.holdsPart("types.md", "types", table.toString());
    }

    private static void row(StringBuilder table, Kind kind, Encoding encoding) {
        TargetType type = kind == Kind.ENUM ? TargetType.enumeration("NAME") : TargetType.of(kind);
        String holds = ColumnPlan.plain("c", type)
                .withEncoding(encoding)
                .storageClass()
                .name();
        ValueTest test = ValueTest.of(new Meaning(type, encoding), Affinity.NONE);
        List<String> fitting = new ArrayList<>();
        VALUES.forEach((written, value) -> {
            if (test.fits(observed(value))) {
                fitting.add(code(written));
            }
        });
        assertThat(fitting).as(type + " " + encoding).isNotEmpty();
        List<String> texts = VALUES.keySet().stream()
                .filter(v -> v.startsWith("'"))
                .map(TypesPageTest::code)
                .toList();
        String all = fitting.size() == VALUES.size()
                ? "all"
                : fitting.equals(texts) ? "every text" : String.join(", ", fitting);
        String label = kind == Kind.ENUM ? "a label of the type" : all;
        table.append("| ")
                .append(code(type.toString()))
                .append(" | ")
                .append(code(encoding.yaml()))
                .append(" | ");
        table.append(encoding == Encoding.EXACT ? "anything" : holds)
                .append(" | ")
                .append(label)
                .append(" |\n");
    }

    @Test
    void saysWhatADeclarationIsTriedAs() {
        StringBuilder table = new StringBuilder("| declared | tried in this order |\n|---|---|\n");
        for (String declared : DECLARATIONS) {
            String tried = DeclaredType.of(declared, false).candidates().stream()
                    .map(TypesPageTest::shown)
                    .collect(Collectors.joining(", "));
            table.append("| ")
                    .append(declared.isEmpty() ? "nothing" : code(declared))
                    .append(" | ");
            table.append(tried).append(" |\n");
        }

        ReferencePage.holdsPart("types.md", "declarations", table.toString());
    }

    private static String shown(double d) {
        return Double.isInfinite(d) ? "9e999" : new BigDecimal(Double.toString(d)).toPlainString();
    }

    private static String shown(Meaning m) {
        boolean usual = m.encoding() == Encoding.usual(m.type().kind());
        return m.type() + (usual ? "" : " as " + m.encoding().yaml());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static ObservedValue observed(SqliteValue value) {
        PackedReader reader =
                new PackedReader().reset(new PackedWriter().putValue(value).toBytes());
        ObservedValue observed = new ObservedValue(reader);
        observed.next();
        return observed;
    }
}
