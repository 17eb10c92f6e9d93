package io.liteferry.core.plan;

import io.liteferry.core.options.Options;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a plan as YAML, one line a column, each with the reason behind it. The same plan gives the same text. */
final class PlanWriter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*( [A-Za-z0-9_]+)*(\\(\\d+\\))?");
    /** Words that YAML would read as something else than text. */
    private static final Set<String> RESERVED = Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

    private static final int COMMENT_COLUMN = 72;

    private final PlanNotes notes;
    private final StringBuilder out = new StringBuilder();

    PlanWriter(PlanNotes notes) {
        this.notes = notes;
    }

    String write(Plan plan) {
        notes.top().forEach(line -> comment("", line));
        line("apiVersion: " + PlanFile.API_VERSION);
        line("kind: " + PlanFile.KIND);
        line("name: " + scalar(plan.name()));
        options(plan.options());
        sources(plan.listed());
        line(plan.tables().isEmpty() ? "tables: {}" : "tables:");
        plan.tables().forEach(this::table);
        return out.toString();
    }

    /** Passwords are never written: the environment or a reference gives them. */
    private void options(Options options) {
        Map<String, String> shown = options.shareable();
        line(shown.isEmpty() ? "options: {}" : "options:");
        shown.forEach((key, value) -> line("  " + key + ": " + scalar(value)));
        if (!shown.equals(options.given())) {
            comment(
                    "  ",
                    "A password is given by LITEFERRY_CONNECTION_PASSWORD, or here by ${env:NAME} or ${file:/path}.");
        }
    }

    private void sources(List<Source> sources) {
        if (sources.isEmpty()) {
            return;
        }
        line("sources:");
        comment("  ", "The place in this list is the partition in Kafka: add at the end, never move or remove.");
        sources.forEach(s -> line("  - { name: " + scalar(s.name()) + ", file: " + scalar(s.file())
                + (s.schema().equals(s.name()) ? "" : ", schema: " + scalar(s.schema())) + " }"));
    }

    private void table(TablePlan t) {
        line("");
        notes.table(t.source()).forEach(note -> comment("  ", note));
        line("  " + scalar(t.source()) + ":");
        line("    target: " + scalar(t.target()));
        if (!t.made()) {
            line("    existing: " + (t.replace() ? PlanReader.REPLACE : "true"));
        }
        line("    key: " + key(t.key()));
        line("    expected_rows: " + t.expectedRows());
        t.partition().ifPresent(p -> line("    partition: " + PartitionText.write(p, PlanWriter::scalar)));
        line("    columns:");
        t.columns().forEach(c -> column(t, c));
        if (!t.indexes().isEmpty()) {
            line("    indexes:");
            t.indexes().forEach(this::index);
        }
        if (!t.foreignKeys().isEmpty()) {
            line("    foreign_keys:");
            t.foreignKeys().forEach(this::foreignKey);
        }
        if (!t.checks().isEmpty()) {
            line("    checks:");
            t.checks()
                    .forEach(c ->
                            line("      - { name: " + scalar(c.name()) + ", check: " + scalar(c.expression()) + " }"));
        }
    }

    private static String key(KeyPlan key) {
        return switch (key.kind()) {
            case ROWID -> "rowid";
            case PRIMARY_KEY -> list(key.columns());
            case UNIQUE_INDEX -> "{ unique_index: " + list(key.columns()) + " }";
        };
    }

    private void column(TablePlan table, ColumnPlan c) {
        List<String> entries = new ArrayList<>();
        if (!c.target().equals(c.source())) {
            entries.add("target: " + scalar(c.target()));
        }
        entries.add("type: " + scalar(c.type().toString()));
        if (c.encoding() != Encoding.PLAIN) {
            entries.add("encoding: " + c.encoding().yaml());
        }
        if (!c.nullable()) {
            entries.add("nullable: false");
        }
        c.defaultSql().ifPresent(d -> entries.add("default: " + scalar(d)));
        c.zone().ifPresent(z -> entries.add("zone: " + scalar(z.getId())));
        if (c.identity()) {
            entries.add("identity: true");
        }
        if (c.collateC()) {
            entries.add("collation: C");
        }
        c.mask().ifPresent(m -> entries.add("mask: " + scalar(m.yaml())));
        StringBuilder line =
                new StringBuilder("      " + scalar(c.source()) + ": { " + String.join(", ", entries) + " }");
        String why = notes.column(table.source(), c.source());
        if (!why.isEmpty()) {
            while (line.length() < COMMENT_COLUMN) {
                line.append(' ');
            }
            line.append("  # ").append(oneLine(why));
        }
        line(line.toString());
    }

    private void index(IndexPlan i) {
        List<String> entries = new ArrayList<>(List.of("name: " + scalar(i.name())));
        if (i.unique()) {
            entries.add("unique: true");
        }
        if (i.constraint()) {
            entries.add("constraint: true");
        }
        entries.add("terms: " + list(i.terms()));
        i.where().ifPresent(w -> entries.add("where: " + scalar(w)));
        line("      - { " + String.join(", ", entries) + " }");
    }

    private void foreignKey(ForeignKeyPlan f) {
        List<String> entries = new ArrayList<>(List.of(
                "name: " + scalar(f.name()),
                "columns: " + list(f.columns()),
                "references: " + scalar(f.referencedTable()),
                "referenced_columns: " + list(f.referencedColumns())));
        if (!f.onDelete().equals(PlanReader.NO_ACTION)) {
            entries.add("on_delete: " + scalar(f.onDelete()));
        }
        if (!f.onUpdate().equals(PlanReader.NO_ACTION)) {
            entries.add("on_update: " + scalar(f.onUpdate()));
        }
        line("      - { " + String.join(", ", entries) + " }");
    }

    private static String list(Collection<String> values) {
        return values.stream().map(PlanWriter::scalar).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Plain where nothing can be misread, else in double quotes with everything unusual escaped. */
    static String scalar(String value) {
        if (PLAIN.matcher(value).matches() && !RESERVED.contains(value.toLowerCase(Locale.ROOT))) {
            return value;
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F || c >= 0xA1 && c < 0x2000 && Character.isLetterOrDigit(c)) {
                quoted.append(c);
            } else {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return quoted.append('"').toString();
    }

    private void comment(String indent, String text) {
        line(indent + ("# " + oneLine(text)).stripTrailing());
    }

    /** A comment ends with its line, whatever a name in it holds. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x85\\u2028\\u2029\\uFEFF\\p{Cs}\\uFFFE\\uFFFF]", "?");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
