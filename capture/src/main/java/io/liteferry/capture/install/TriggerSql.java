package io.liteferry.capture.install;

import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the triggers of one table. They log the key of each row that a statement touches, and, before it, the keys of
 * the rows it may displace through a unique index: REPLACE removes those without firing a delete trigger.
 */
final class TriggerSql {
    private static final Pattern TEXT_AFFINITY = Pattern.compile("CHAR|CLOB|TEXT");

    private final SourceTable table;
    private final int id;
    private final List<SourceTable.Column> key;
    private final String rowid;

    /** A trigger as SQLite will keep it. */
    record Trigger(String name, String sql) {}

    private TriggerSql(SourceTable table, KeyPlan key, int id) {
        this.table = table;
        this.id = id;
        this.key = key.columns().stream()
                .map(c -> table.column(c)
                        .orElseThrow(() -> new IllegalArgumentException("no key column " + c + " in " + table.name())))
                .toList();
        this.rowid = table.rowidName().orElse("");
        if (key.isRowid() && rowid.isEmpty()) {
            throw new IllegalArgumentException("the rowid of " + table.name() + " has no name that is free");
        }
    }

    /** The triggers of a table, in the order in which they are made. */
    static List<Trigger> of(SourceTable table, KeyPlan key, int id) {
        return new TriggerSql(table, key, id).triggers();
    }

    static String name(String kind, String table) {
        return SqliteCatalog.OWN_PREFIX + kind + "_" + table;
    }

    private List<Trigger> triggers() {
        List<DisplacedRows.Conflict> conflicts = new DisplacedRows(table).conflicts(keyIsRowid());
        List<Trigger> triggers = new ArrayList<>();
        if (!conflicts.isEmpty()) {
            String notItself = keyTerms("").stream()
                    .map(k -> k + " IS OLD." + k)
                    .collect(Collectors.joining(" AND ", "\n     AND NOT (", ")"));
            triggers.add(trigger(
                    "bi",
                    "BEFORE INSERT",
                    conflicts.stream().map(c -> candidates(c.condition())).toList()));
            triggers.add(trigger(
                    "bu",
                    "BEFORE UPDATE",
                    conflicts.stream()
                            .map(c -> candidates(c.condition())
                                    + notItself
                                    + c.changed().map(m -> "\n     AND " + m).orElse(""))
                            .toList()));
        }
        String moved = whereMoved();
        triggers.add(trigger("ai", "AFTER INSERT", List.of(log(ChangeLog.INSERTED, "NEW."))));
        triggers.add(trigger(
                "au",
                "AFTER UPDATE",
                List.of(
                        log(ChangeLog.UPDATED, "NEW."),
                        moved.isEmpty()
                                ? log(ChangeLog.UPDATED, "OLD.")
                                : logWhere(ChangeLog.UPDATED, "OLD.", " WHERE " + moved))));
        triggers.add(trigger("ad", "AFTER DELETE", List.of(log(ChangeLog.DELETED, "OLD."))));
        return triggers;
    }

    private Trigger trigger(String kind, String event, List<String> statements) {
        String name = name(kind, table.name());
        String body = statements.stream().map(s -> "  " + s + ";\n").collect(Collectors.joining());
        return new Trigger(
                name,
                "CREATE TRIGGER " + Sql.name(name) + " " + event + " ON " + Sql.name(table.name()) + " BEGIN\n" + body
                        + "END");
    }

    private String candidates(String condition) {
        return logWhere(ChangeLog.CANDIDATE, "", " FROM " + Sql.name(table.name()) + "\n   WHERE " + condition);
    }

    /** VALUES, because SQLite runs it in fewer steps than a SELECT of one row. */
    private String log(int op, String row) {
        return into() + "VALUES (" + entry(op, row) + ")";
    }

    private String logWhere(int op, String row, String where) {
        return into() + "SELECT " + entry(op, row) + where;
    }

    private String into() {
        return "INSERT INTO " + ChangeLog.LOG + "(tbl, op, r, "
                + ChangeLog.keyNames(keyTerms("").size()) + ") ";
    }

    private String entry(int op, String row) {
        return id + ", " + op + ", random(), " + String.join(", ", keyTerms(row));
    }

    private List<String> keyTerms(String row) {
        return key.isEmpty()
                ? List.of(row + rowid)
                : key.stream().map(c -> row + Sql.name(c.name())).toList();
    }

    /** Whether two keys are one exactly where the rowids are. */
    private boolean keyIsRowid() {
        return key.isEmpty() || key.size() == 1 && table.rowidAlias().equals(Optional.of(key.get(0)));
    }

    /**
     * When an UPDATE must log the OLD key too; empty: always. Text is moved where its bytes or its class differ, whatever the collation.
     * For any other key no comparison in SQL shows every difference (-0.0 and 0.0 are equal), so it is always logged.
     */
    private String whereMoved() {
        if (keyIsRowid()) {
            String k = keyTerms("").get(0);
            return "OLD." + k + " <> NEW." + k;
        }
        if (!key.stream().allMatch(TriggerSql::hasTextAffinity)) {
            return "";
        }
        return key.stream()
                .map(c -> Sql.name(c.name()))
                .map(k -> "OLD." + k + " IS NOT NEW." + k + " COLLATE BINARY OR typeof(OLD." + k + ") <> typeof(NEW."
                        + k + ")")
                .collect(Collectors.joining(" OR "));
    }

    private static boolean hasTextAffinity(SourceTable.Column column) {
        String type = column.declaredType().toUpperCase(Locale.ROOT);
        return TEXT_AFFINITY.matcher(type).find() && !type.contains("INT");
    }
}
