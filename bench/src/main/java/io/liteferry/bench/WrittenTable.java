package io.liteferry.bench;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The table whose writing is measured: ten columns, an integer key, some secondary unique indexes. Inserts and updates of
 * other rows take turns.
 */
final class WrittenTable implements AutoCloseable {
    static final String NAME = "items";
    static final int ROWS_BEFORE = 20_000;

    private static final List<String> COLUMNS =
            List.of("id", "sku", "email", "code", "ref", "amount", "price", "label", "note", "seen_at");

    private final PreparedStatement insert;
    private final PreparedStatement update;
    private int next = ROWS_BEFORE;
    private int changes;

    static void create(Connection c, int uniqueIndexes) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("CREATE TABLE items(id INTEGER PRIMARY KEY, sku TEXT NOT NULL, email TEXT NOT NULL, code TEXT NOT"
                    + " NULL, ref TEXT NOT NULL, amount INTEGER, price REAL, label TEXT, note TEXT, seen_at TEXT)");
            for (int i = 1; i <= uniqueIndexes; i++) {
                s.execute("CREATE UNIQUE INDEX items_" + COLUMNS.get(i) + " ON items(" + COLUMNS.get(i) + ")");
            }
            c.setAutoCommit(false);
            try (WrittenTable table = new WrittenTable(c)) {
                for (int i = 0; i < ROWS_BEFORE; i++) {
                    table.insert(i);
                }
            }
            c.commit();
            c.setAutoCommit(true);
        }
    }

    WrittenTable(Connection c) throws SQLException {
        insert = c.prepareStatement("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        update = c.prepareStatement("UPDATE items SET amount = ?, note = ? WHERE id = ?");
    }

    void change() throws SQLException {
        if (changes++ % 2 == 0) {
            insert(next++);
        } else {
            update.setInt(1, changes);
            update.setString(2, "changed for the time " + changes);
            update.setInt(3, (int) (changes * 7_919L % ROWS_BEFORE));
            update.executeUpdate();
        }
    }

    private void insert(int i) throws SQLException {
        insert.setInt(1, i);
        insert.setString(2, "sku-" + i);
        insert.setString(3, "person" + i + "@example.org");
        insert.setString(4, Integer.toString(i, 36));
        insert.setString(5, "ref/" + i % 97 + "/" + i);
        insert.setInt(6, i * 31);
        insert.setDouble(7, i / 7.0);
        insert.setString(8, "item number " + i);
        insert.setString(9, "a note of some length, as applications write them, number " + i);
        insert.setString(10, "2026-01-02 03:04:05");
        insert.executeUpdate();
    }

    /** Triggers that write each row as JSON, as others do it: here, so that both are measured in one run. */
    static List<String> imageTriggers() {
        List<String> statements = new ArrayList<>();
        statements.add(
                "CREATE TABLE image_log(id INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, op TEXT NOT NULL,"
                        + " pk, before TEXT, after TEXT, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)");
        statements.add(imageTrigger("INSERT", "'c', NEW.id, NULL, " + json("NEW")));
        statements.add(imageTrigger("UPDATE", "'u', NEW.id, " + json("OLD") + ", " + json("NEW")));
        statements.add(imageTrigger("DELETE", "'d', OLD.id, " + json("OLD") + ", NULL"));
        return statements;
    }

    private static String imageTrigger(String event, String values) {
        return "CREATE TRIGGER image_" + event + " AFTER " + event + " ON items BEGIN"
                + " INSERT INTO image_log(tbl, op, pk, before, after) VALUES ('items', " + values + "); END";
    }

    private static String json(String row) {
        return COLUMNS.stream()
                .map(c -> "'" + c + "', " + row + "." + c)
                .collect(Collectors.joining(", ", "json_object(", ")"));
    }

    static TablePlan plan() {
        List<ColumnPlan> columns = COLUMNS.stream()
                .map(c -> ColumnPlan.plain(
                        c,
                        TargetType.of(
                                switch (c) {
                                    case "id", "amount" -> Kind.BIGINT;
                                    case "price" -> Kind.DOUBLE;
                                    default -> Kind.TEXT;
                                })))
                .map(c -> c.source().equals("id") ? c.notNull() : c)
                .toList();
        return TablePlan.simple(NAME, KeyPlan.primaryKey("id"), columns);
    }

    @Override
    public void close() throws SQLException {
        try {
            insert.close();
        } finally {
            update.close();
        }
    }
}
