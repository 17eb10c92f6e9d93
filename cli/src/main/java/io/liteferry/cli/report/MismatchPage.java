package io.liteferry.cli.report;

import static io.liteferry.cli.report.HtmlPage.escaped;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that differ as one HTML page that needs nothing beside it. */
public final class MismatchPage {
    private MismatchPage() {}

    public static void write(PrintWriter out, MismatchReports.Diff diff) {
        String title = "Table " + diff.table() + ": " + Output.count(diff.open()) + " rows differ";
        HtmlPage.begin(out, title);
        out.println("<table><tr><th>Key</th><th>Kind</th><th>Columns</th><th>Since</th><th>Repair asked</th>"
                + "<th>Seen equal again</th></tr>");
        for (MismatchReports.Line line : diff.rows()) {
            out.println("<tr><td><code>" + escaped(line.key()) + "</code></td><td>" + escaped(line.kind()) + "</td><td>"
                    + escaped(String.join(", ", line.columns())) + "</td><td>" + escaped(line.since()) + "</td><td>"
                    + escaped(orNothing(line.repair())) + "</td><td>" + escaped(orNothing(line.verified()))
                    + "</td></tr>");
            List<MismatchReports.Value> values = line.values();
            if (values != null) {
                out.println("<tr><td></td><td colspan=\"5\">");
                values(out, values, line.columns());
                out.println("</td></tr>");
            }
        }
        out.println("</table>");
        HtmlPage.end(out);
    }

    private static void values(PrintWriter out, List<MismatchReports.Value> values, List<String> differing) {
        out.println("<table><tr><th>Column</th><th>SQLite</th><th>PostgreSQL</th></tr>");
        for (MismatchReports.Value v : values) {
            String row = differing.contains(v.column()) ? "<tr class=\"differs\">" : "<tr>";
            out.println(row + "<td>" + escaped(v.column()) + "</td><td><code>" + escaped(source(v))
                    + "</code></td><td><code>" + escaped(target(v)) + "</code></td></tr>");
        }
        out.println("</table>");
    }

    /** The source's value, or that there is no row. */
    public static String source(MismatchReports.Value v) {
        String source = v.source();
        return source == null ? "(no row)" : source;
    }

    /** The target's value, of each copy of the row, or that there is none. */
    public static String target(MismatchReports.Value v) {
        return v.target().isEmpty() ? "(no row)" : String.join(" and ", v.target());
    }

    private static String orNothing(@Nullable String text) {
        return text == null ? "" : text;
    }
}
