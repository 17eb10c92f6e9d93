package io.liteferry.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.liteferry.core.validation.VerdictDocument;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Writes a result: one JSON document, or text with aligned columns. */
public final class Output {
    /** Formats of a result. */
    public enum Format {
        TABLE,
        JSON
    }

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Output() {}

    public static void json(PrintWriter out, Object document) {
        try {
            out.println(MAPPER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /** Rows under headings; numbers are right-aligned. */
    public static void table(PrintWriter out, List<String> headings, List<List<String>> rows) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = headings.get(i).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        line(out, headings, widths, rows);
        rows.forEach(row -> line(out, row, widths, rows));
    }

    private static void line(PrintWriter out, List<String> cells, int[] widths, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            boolean number =
                    !rows.isEmpty() && rows.stream().allMatch(r -> r.get(column).matches("[0-9,.]+"));
            String format = number ? "%" + widths[i] + "s" : "%-" + widths[i] + "s";
            text.append(i == 0 ? "" : "  ").append(String.format(Locale.ROOT, format, cells.get(i)));
        }
        out.println(text.toString().stripTrailing());
    }

    /** {@code 1,234,567}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    public static String seconds(double s) {
        return String.format(Locale.ROOT, "%.1f s", s);
    }

    /** Each check with its value, its limit and since when; below them the command that helps with each that fails. */
    public static void checks(PrintWriter out, List<VerdictDocument.Check> checks) {
        table(
                out,
                List.of("CHECK", "OK", "VALUE", "LIMIT", "SINCE"),
                checks.stream()
                        .map(c -> List.of(c.check(), c.ok() ? "yes" : "no", c.value(), c.limit(), c.since()))
                        .toList());
        checks.stream().filter(c -> !c.ok()).forEach(c -> out.println("help: " + c.check() + ": " + c.help()));
    }

    private static String validation(VerdictDocument.Table t) {
        VerdictDocument.Validation validation = t.validation();
        return validation == null ? "" : validation.text();
    }

    /** The verdict, its reasons and its tables. */
    public static void state(PrintWriter out, Reports.State state) {
        if (!state.tables().isEmpty()) {
            table(
                    out,
                    List.of("TABLE", "STATE", "SOURCE", "TARGET", "EQUAL", "DIFFERENT", "QUARANTINED", "VALIDATION"),
                    state.tables().stream()
                            .map(t -> List.of(
                                    t.name(),
                                    t.state(),
                                    count(t.sourceRows()),
                                    count(t.targetRows()),
                                    count(t.verifiedRows()),
                                    count(t.mismatchedRows()),
                                    count(t.quarantinedRows()),
                                    validation(t)))
                            .toList());
            out.println(state.consistency());
            out.println();
        }
        Double p99 = state.lagSeconds().p99();
        Double p50 = state.lagSeconds().p50();
        if (p50 != null && p99 != null) {
            out.printf(Locale.ROOT, "Lag, commit to visible: p50 %.3f s, p99 %.3f s%n", p50, p99);
        }
        out.println(
                state.verdict().equals(VerdictDocument.READY)
                        ? "READY"
                        : "NOT READY because " + String.join("; ", state.reasons()));
        state.overrides().forEach(o -> out.println("override: " + o));
    }

    public static void nextSteps(PrintWriter out, List<String> steps) {
        steps.forEach(s -> out.println("next: " + s));
    }
}
