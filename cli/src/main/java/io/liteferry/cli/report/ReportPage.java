package io.liteferry.cli.report;

import static io.liteferry.cli.report.HtmlPage.escaped;

import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.cutover.MigrationReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The report for the sign-off as one page that needs nothing beside it. */
public final class ReportPage {
    private final PrintWriter out;

    private ReportPage(PrintWriter out) {
        this.out = out;
    }

    public static void print(PrintWriter out, MigrationReport report) {
        new ReportPage(out).print(report);
        out.flush();
    }

    private void print(MigrationReport r) {
        HtmlPage.begin(out, "Migration of " + r.source());
        table(
                List.of("", ""),
                List.of(
                        List.of("SQLite file", r.file()),
                        List.of("PostgreSQL", r.target()),
                        List.of("The application writes to", r.writable()),
                        List.of("Report made", r.madeAt())));
        VerdictDocument v = r.verdict();
        out.println("<h2>Verdict</h2>");
        if (v == null) {
            out.println("<p>There is none.</p>");
        } else {
            out.println("<p><b>" + escaped(v.verdict()) + "</b>, as of " + escaped(v.at()) + "</p>");
            checks(v.checks());
            out.println("<h2>Tables</h2>");
            table(
                    List.of(
                            "table",
                            "in PostgreSQL",
                            "state",
                            "rows of the source",
                            "rows of the target",
                            "equal",
                            "different",
                            "quarantined"),
                    v.tables().stream()
                            .map(t -> List.of(
                                    t.name(),
                                    t.target(),
                                    t.state(),
                                    Output.count(t.sourceRows()),
                                    Output.count(t.targetRows()),
                                    Output.count(t.verifiedRows()),
                                    Output.count(t.mismatchedRows()),
                                    Output.count(t.quarantinedRows())))
                            .toList());
        }
        out.println("<h2>Rows and checksums of both sides</h2>");
        KeptManifest.of(r).ifPresentOrElse(this::checksums, () -> out.println("<p>None were taken.</p>"));
        out.println("<h2>Cutovers, rollbacks, backups</h2>");
        table(
                List.of("began", "what", "ended", "writers held", "by", "detail"),
                r.runs().stream()
                        .map(run -> List.of(
                                run.began(),
                                run.kind() + " " + run.state(),
                                run.ended(),
                                run.pause()
                                        .map(p -> String.format(Locale.ROOT, "%.0f ms", p))
                                        .orElse(""),
                                run.by(),
                                new TreeMap<>(run.detail()).toString()))
                        .toList());
        out.println("<h2>Overrides</h2>");
        list(r.overrides());
        out.println("<h2>Rows that ever differed</h2>");
        list(r.found().entrySet().stream()
                .map(e -> e.getKey() + ": " + Output.count(e.getValue()))
                .toList());
        out.println("<h2>Constraints that are off</h2>");
        list(r.suspended());
        HtmlPage.end(out);
    }

    private void checksums(Manifest m) {
        out.println("<p>As of " + escaped(m.at()) + ", form " + m.form()
                + ". No order of the rows changes a checksum.</p>");
        table(
                List.of("table", "SQLite", "PostgreSQL", "same", "log row"),
                m.tables().stream().map(ReportPage::checksums).toList());
        list(m.differences());
    }

    private static List<String> checksums(Manifest.Table t) {
        Manifest.At at = t.at();
        return List.of(
                t.name(),
                String.valueOf(t.sqlite()),
                String.valueOf(t.postgresql()),
                t.equal() ? "yes" : "NO",
                at == null ? "" : Long.toString(at.seq()));
    }

    private void checks(List<VerdictDocument.Check> checks) {
        out.println("<table><tr><th>check</th><th>ok</th><th>found</th><th>must be</th><th>since</th></tr>");
        for (VerdictDocument.Check c : checks) {
            out.println("<tr class=\"" + (c.ok() ? "holds" : "differs") + "\"><td>" + escaped(c.check()) + "</td><td>"
                    + (c.ok() ? "yes" : "NO") + "</td><td>" + escaped(c.value()) + "</td><td>" + escaped(c.limit())
                    + "</td><td>"
                    + escaped(c.since()) + "</td></tr>");
        }
        out.println("</table>");
    }

    private void table(List<String> headings, List<List<String>> rows) {
        HtmlPage.table(out, headings, rows);
    }

    private void list(List<String> lines) {
        if (lines.isEmpty()) {
            out.println("<p>None.</p>");
            return;
        }
        out.println("<ul>");
        lines.forEach(l -> out.println("<li>" + escaped(l) + "</li>"));
        out.println("</ul>");
    }
}
