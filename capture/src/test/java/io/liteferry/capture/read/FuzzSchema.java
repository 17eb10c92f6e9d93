package io.liteferry.capture.read;

import io.liteferry.capture.read.FuzzTables.Column;
import io.liteferry.capture.read.FuzzTables.Table;
import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random changes of the schema while capture runs. What hides writes from capture while it is there (a unique index it has no
 * candidates for, RAISE(IGNORE)) is taken away only after a poll could see it: nothing but the validator finds one that came
 * and went between two polls.
 */
final class FuzzSchema {
    private final Random r;
    private final List<Table> tables;
    private final Statement s;
    private final List<String> undoNow = new ArrayList<>();
    private final List<String> undoOnceSeen = new ArrayList<>();
    private final Set<String> away = new HashSet<>();
    private int number;

    FuzzSchema(Random random, List<Table> tables, Connection connection) throws SQLException {
        this.r = random;
        this.tables = tables;
        this.s = connection.createStatement();
    }

    /** A poll has looked at the schema as it is. */
    void seen() {
        undoNow.addAll(undoOnceSeen);
        undoOnceSeen.clear();
    }

    /** Whether every table of the plan is there. */
    boolean whole() {
        return away.isEmpty();
    }

    void change(boolean inTransaction) throws SQLException {
        Table t = tables.get(r.nextInt(tables.size()));
        Column c = t.written().get(r.nextInt(t.written().size()));
        String column = Sql.name(c.name());
        String name = "fuzz_" + number++;
        switch (r.nextInt(16)) {
            case 0, 1, 2 -> {
                if (!inTransaction) {
                    s.execute("VACUUM");
                }
            }
            case 3 -> {
                s.execute("CREATE UNIQUE INDEX " + name + " ON " + t.sqlName() + "(" + column
                        + (r.nextBoolean() ? " COLLATE NOCASE" : "") + ")"
                        + (r.nextBoolean() ? " WHERE " + column + " IS NOT 3" : ""));
                undoOnceSeen.add("DROP INDEX " + name);
            }
            case 4 -> {
                s.execute("CREATE TRIGGER " + name + " AFTER INSERT ON " + t.sqlName() + " BEGIN UPDATE OR IGNORE "
                        + t.sqlName() + " SET " + column + " = " + column + " WHERE " + column + " = NEW." + column
                        + "; END");
                undoNow.add("DROP TRIGGER " + name);
            }
            case 5 -> {
                s.execute("CREATE TRIGGER " + name + " AFTER " + (r.nextBoolean() ? "INSERT" : "DELETE") + " ON "
                        + t.sqlName() + " BEGIN SELECT RAISE(" + (r.nextBoolean() ? "IGNORE" : "FAIL, 'no'")
                        + "); END");
                undoOnceSeen.add("DROP TRIGGER " + name);
            }
            case 6 -> {
                s.execute("ALTER TABLE " + t.sqlName() + " ADD COLUMN " + name + " DEFAULT 'old'");
                undoNow.add("ALTER TABLE " + t.sqlName() + " DROP COLUMN " + name);
            }
            case 7 -> {
                s.execute("ALTER TABLE " + t.sqlName() + " RENAME TO " + name);
                away.add(t.name());
                undoNow.add("ALTER TABLE " + name + " RENAME TO " + t.sqlName());
            }
            case 8 -> rebuild(t);
            case 9 -> {
                if (r.nextInt(3) == 0) {
                    s.execute("DROP TABLE " + t.sqlName());
                    s.execute(t.ddl());
                }
            }
            case 10, 11 -> {
                s.execute("ALTER TABLE " + t.sqlName() + " RENAME COLUMN " + column + " TO " + name);
                undoNow.add("ALTER TABLE " + t.sqlName() + " RENAME COLUMN " + name + " TO " + column);
            }
            case 12 -> {
                String type = declaredType(t, c);
                s.execute("ALTER TABLE " + t.sqlName() + " DROP COLUMN " + column);
                undoNow.add("ALTER TABLE " + t.sqlName() + " ADD COLUMN " + column + " " + type);
            }
            default -> {
                // What a rollback brings back would have no undo any more.
                if (!inTransaction) {
                    undo();
                }
            }
        }
    }

    /** A STRICT table takes no column without one. */
    private String declaredType(Table t, Column c) throws SQLException {
        try (ResultSet rs = s.executeQuery(
                "SELECT type FROM pragma_table_info(" + Sql.text(t.name()) + ") WHERE name = " + Sql.text(c.name()))) {
            return rs.next() ? rs.getString(1) : "";
        }
    }

    private void undo() throws SQLException {
        if (!undoNow.isEmpty()) {
            String sql = undoNow.remove(r.nextInt(undoNow.size()));
            try {
                s.execute(sql);
                back(sql);
            } catch (SQLException e) {
                String what = String.valueOf(e.getMessage());
                if (what.contains("no such") || what.contains("duplicate column")) {
                    return;
                }
                undoNow.add(sql);
                throw e;
            }
        }
    }

    /** Takes every table back to where it was. */
    void undoAll() throws SQLException {
        seen();
        while (!undoNow.isEmpty()) {
            undo();
        }
    }

    /** A transaction was rolled back: what is away is told by the catalogue. */
    void rolledBack() throws SQLException {
        Set<String> there = new HashSet<>();
        try (ResultSet rs = s.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'")) {
            while (rs.next()) {
                there.add(rs.getString(1));
            }
        }
        away.clear();
        tables.stream().map(Table::name).filter(n -> !there.contains(n)).forEach(away::add);
    }

    private void back(String sql) {
        tables.stream().filter(t -> sql.endsWith(" RENAME TO " + t.sqlName())).forEach(t -> away.remove(t.name()));
    }

    /** How migration tools change what ALTER TABLE cannot: a new table, the rows, the old one dropped, renamed. */
    private void rebuild(Table t) throws SQLException {
        String old;
        try (ResultSet rs =
                s.executeQuery("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = " + Sql.text(t.name()))) {
            if (!rs.next()) {
                return;
            }
            old = rs.getString(1);
        }
        List<String> indexes = new ArrayList<>();
        try (ResultSet rs = s.executeQuery("SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
                + " AND sql IS NOT NULL AND name NOT LIKE '\\_liteferry%' ESCAPE '\\' AND tbl_name = "
                + Sql.text(t.name()))) {
            while (rs.next()) {
                indexes.add(rs.getString(1));
            }
        }
        String columns = t.written().stream()
                .map(Column::name)
                .filter(c -> !c.equals("rowid"))
                .map(Sql::name)
                .collect(Collectors.joining(", "));
        s.execute("SAVEPOINT rebuild");
        try {
            s.execute("CREATE TABLE fuzz_new" + old.substring(old.indexOf('(')));
            s.execute("INSERT INTO fuzz_new(" + columns + ") SELECT " + columns + " FROM " + t.sqlName());
            s.execute("DROP TABLE " + t.sqlName());
            s.execute("ALTER TABLE fuzz_new RENAME TO " + t.sqlName());
            for (String index : indexes) {
                s.execute(index);
            }
            // Refused where a row has lost its parent.
            s.execute("RELEASE rebuild");
        } catch (SQLException e) {
            s.execute("ROLLBACK TO rebuild");
            s.execute("RELEASE rebuild");
            throw e;
        }
    }
}
