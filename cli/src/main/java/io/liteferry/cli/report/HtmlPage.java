package io.liteferry.cli.report;

import java.io.PrintWriter;
import java.util.List;

/** A page that needs nothing beside it: its frame, its tables, and text that is never taken for markup. */
final class HtmlPage {
    private static final String STYLE = "body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
            + "td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}"
            + "code{white-space:pre-wrap;word-break:break-all}.differs{background:#fee}.holds{background:#efe}";

    private HtmlPage() {}

    /** @param title plain text; the page's heading too */
    static void begin(PrintWriter out, String title) {
        out.println("<!DOCTYPE html>");
        out.println("<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title) + "</title><style>"
                + STYLE + "</style></head><body>");
        out.println("<h1>" + escaped(title) + "</h1>");
    }

    /** @param rows plain text, as many cells as headings */
    static void table(PrintWriter out, List<String> headings, List<List<String>> rows) {
        out.print("<table><tr>");
        headings.forEach(h -> out.print("<th>" + escaped(h) + "</th>"));
        out.println("</tr>");
        for (List<String> row : rows) {
            out.print("<tr>");
            row.forEach(cell -> out.print("<td>" + escaped(cell) + "</td>"));
            out.println("</tr>");
        }
        out.println("</table>");
    }

    static void end(PrintWriter out) {
        out.println("</body></html>");
    }

    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case 0 -> escaped.append("\\0");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
