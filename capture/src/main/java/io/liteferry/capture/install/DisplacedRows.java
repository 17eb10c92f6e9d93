package io.liteferry.capture.install;

import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes, for each way in which a new row can displace others, the condition that finds those others while they are
 * still there. One for each unique index, in its own collations, with its expressions and predicate as they were
 * written; the new row stands in for the table as a derived table with the same column names.
 */
final class DisplacedRows {
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final SourceTable table;

    DisplacedRows(SourceTable table) {
        this.table = table;
    }

    /**
     * A way to displace rows.
     *
     * @param condition which rows the new one displaces
     * @param changed whether an UPDATE can displace any: what it leaves as it was displaces nobody; empty where only a
     *     look tells
     */
    record Conflict(String condition, Optional<String> changed) {}

    /** @param keyIsRowid a conflict of rowids is then a conflict of keys, and the key itself is logged with the new row */
    List<Conflict> conflicts(boolean keyIsRowid) {
        List<Conflict> conflicts = new ArrayList<>();
        for (SourceTable.Index index : table.indexes()) {
            if (index.unique()) {
                conflicts.add(new Conflict(conflict(index), changed(index)));
            }
        }
        if (!keyIsRowid || table.deletedHalfWay()) {
            Optional<String> handle =
                    table.rowidAlias().map(c -> Sql.name(c.name())).or(table::rowidName);
            // In a BEFORE INSERT a generated rowid reads -1: at the worst one candidate too many.
            handle.ifPresent(
                    h -> conflicts.add(new Conflict(h + " = NEW." + h, Optional.of("OLD." + h + " IS NOT NEW." + h))));
        }
        return conflicts;
    }

    /** Of a partial index and of expressions not: the row may only now come under them. */
    private static Optional<String> changed(SourceTable.Index index) {
        if (index.where().isPresent() || !index.plainColumns()) {
            return Optional.empty();
        }
        return Optional.of(index.terms().stream()
                .map(t -> {
                    String column = Sql.name(t.column().orElseThrow());
                    return "OLD." + column + " COLLATE " + collation(t.collation()) + " IS NOT NEW." + column;
                })
                .collect(Collectors.joining(" OR ", "(", ")")));
    }

    private String conflict(SourceTable.Index index) {
        List<String> terms = new ArrayList<>();
        for (SourceTable.Term term : index.terms()) {
            String value = term.column()
                    .map(Sql::name)
                    .orElseGet(() -> "(" + term.expression().orElseThrow() + ")");
            terms.add(value + " COLLATE " + collation(term.collation()) + " = (SELECT " + value + " FROM "
                    + newRow(value) + ")");
        }
        // A comment at its end must not swallow the bracket.
        index.where().map(w -> w.contains("--") ? w + "\n" : w).ifPresent(predicate -> {
            terms.add("(" + predicate + ")");
            terms.add("(SELECT (" + predicate + ") FROM " + newRow(predicate) + ")");
        });
        return String.join("\n     AND ", terms);
    }

    private static String collation(String name) {
        return PLAIN_WORD.matcher(name).matches() ? name : Sql.name(name);
    }

    /** Only the columns that the text mentions, so that the application can drop any other one. */
    private String newRow(String text) {
        List<SourceTable.Column> mentioned =
                table.columns().stream().filter(c -> mentions(text, c.name())).toList();
        String columns = (mentioned.isEmpty() ? table.columns() : mentioned)
                .stream().map(c -> stored(c) + " AS " + Sql.name(c.name())).collect(Collectors.joining(", "));
        // A predicate may call its columns by the table's name.
        String alias = mentions(text, table.name()) ? " AS " + Sql.name(table.name()) : "";
        return "(SELECT " + columns + ")" + alias;
    }

    private static boolean mentions(String text, String name) {
        if (name.isEmpty()) {
            return text.contains("\"\"") || text.contains("[]") || text.contains("``");
        }
        String pattern = List.of(name, name.replace("\"", "\"\""), name.replace("`", "``")).stream()
                .distinct()
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?<![\\w])(", ")(?![\\w])"));
        return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE).matcher(text).find();
    }

    /** What REPLACE stores: for a NULL in a NOT NULL column, its default. */
    private static String stored(SourceTable.Column column) {
        String value = "NEW." + Sql.name(column.name());
        return column.notNull() && column.defaultSql().isPresent()
                ? "coalesce(" + value + ", " + asExpression(column.defaultSql().orElseThrow()) + ")"
                : value;
    }

    /** A default as an expression: a bare or double-quoted word in a DEFAULT clause is a string. */
    static String asExpression(String defaultSql) {
        String written = defaultSql.strip();
        String word = written.toUpperCase(Locale.ROOT);
        if (written.length() > 1 && written.startsWith("\"") && written.endsWith("\"")) {
            return Sql.text(written.substring(1, written.length() - 1).replace("\"\"", "\""));
        }
        return switch (word) {
            case "NULL", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME" -> written;
            case "TRUE" -> "1";
            case "FALSE" -> "0";
            default -> PLAIN_WORD.matcher(written).matches() ? Sql.text(written) : written;
        };
    }

    /** Columns whose default may be another value when it is stored: a displaced row can then stay unseen. */
    static List<String> unforeseeableDefaults(SourceTable table) {
        return table.columns().stream()
                .filter(c -> c.notNull()
                        && c.defaultSql()
                                .map(d -> d.toLowerCase(Locale.ROOT).contains("random"))
                                .orElse(false))
                .map(SourceTable.Column::name)
                .filter(c -> table.indexes().stream()
                        .anyMatch(i -> i.unique()
                                && i.terms().stream()
                                        .anyMatch(t -> t.column().map(c::equals).orElse(true))))
                .toList();
    }
}
