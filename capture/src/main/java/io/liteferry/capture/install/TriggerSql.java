package io.liteferry.capture.install;

import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes the triggers of one table. They log the key of each row that a statement touches, and, before it, the keys of
 * the rows it may displace through a unique index: REPLACE removes those without firing a delete trigger.
 */
final class TriggerSql {
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

    /** Before a row is changed or deleted, because a trigger that fires first can keep one that fires after from it. */
    private List<Trigger> triggers() {
        List<DisplacedRows.Conflict> conflicts = new DisplacedRows(table).conflicts(keyIsRowid());
        List<Trigger> triggers = new ArrayList<>();
        if (!conflicts.isEmpty()) {
            triggers.add(trigger(
                    "bi",
                    "BEFORE INSERT",
                    conflicts.stream().map(c -> candidates(c.condition())).toList()));
        }
        String notItself = keyTerms("").stream()
                .map(k -> k + " IS OLD." + k)
                .collect(Collectors.joining(" AND ", "\n     AND NOT (", ")"));
        List<String> beforeUpdate = new ArrayList<>();
        conflicts.forEach(c -> beforeUpdate.add(candidates(c.condition())
                + notItself
                + c.changed().map(m -> "\n     AND " + m).orElse("")));
        beforeUpdate.add(log(ChangeLog.UPDATED, "OLD."));
        beforeUpdate.add(logWhere(ChangeLog.UPDATED, "NEW.", " WHERE " + moved() + notNull()));
        triggers.add(trigger("bu", "BEFORE UPDATE", beforeUpdate));
        triggers.add(trigger("bd", "BEFORE DELETE", List.of(log(ChangeLog.DELETED, "OLD."))));
        triggers.add(trigger("ai", "AFTER INSERT", List.of(log(ChangeLog.INSERTED, "NEW."))));
        if (!keyIsRowid()) {
            // A default in place of NULL, or a trigger of the application, may have made it another key.
            triggers.add(
                    trigger("au", "AFTER UPDATE", List.of(logWhere(ChangeLog.UPDATED, "NEW.", " WHERE " + moved()))));
        }
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
     * When an UPDATE must log the new key too: where its bytes or its class differ, whatever the collation. Numbers that
     * SQL finds equal are one key.
     */
    private String moved() {
        if (keyIsRowid()) {
            String k = keyTerms("").get(0);
            return "OLD." + k + " <> NEW." + k;
        }
        return key.stream()
                .map(c -> Sql.name(c.name()))
                .map(k -> "OLD." + k + " IS NOT NEW." + k + " COLLATE BINARY OR typeof(OLD." + k + ") <> typeof(NEW."
                        + k + ")")
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** Before the update NULL may stand where nothing is stored, or a default. */
    private String notNull() {
        return keyIsRowid()
                ? ""
                : keyTerms("NEW.").stream()
                        .map(k -> " AND " + k + " IS NOT NULL")
                        .collect(Collectors.joining());
    }
}
