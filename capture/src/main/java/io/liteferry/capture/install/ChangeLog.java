package io.liteferry.capture.install;

import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The three tables of ours in the source. {@value #LOG} has one row a logged key: a monotone {@code seq}, the table's
 * number, a hint of the operation, a random fingerprint, the key in {@code k0, k1, …}. It has no types and no
 * constraints, so that no conflict clause of the application can reach it. {@value #META} is one row, {@value #TABLES}
 * gives a number to each table and keeps the columns it had when it was first installed.
 */
public final class ChangeLog {
    public static final String LOG = SqliteCatalog.OWN_PREFIX + "log";
    public static final String META = SqliteCatalog.OWN_PREFIX + "meta";
    public static final String TABLES = SqliteCatalog.OWN_PREFIX + "tables";

    /** One row, from the first fence on: the schema's version before, under and after it. */
    public static final String FENCE = SqliteCatalog.OWN_PREFIX + "fence";

    /** While the source is fenced: its whole schema as it was before. */
    public static final String SCHEMA = SqliteCatalog.OWN_PREFIX + "schema";

    /** What the log, its triggers and its sentinel look like; another number needs another reader. */
    public static final int FORMAT = 1;

    /** Key columns of a new log; a wider key of the plan makes more. */
    public static final int KEY_COLUMNS = 4;

    /** {@code op} of a log row. Hints for metrics: what is true of a key says the row that is read again. */
    public static final int INSERTED = 1;

    static final int UPDATED = 2;
    static final int DELETED = 3;
    static final int CANDIDATE = 4;

    /**
     * {@code op} of a row with {@code tbl} 0 and a table's number in {@code k0}: its triggers were made again here, and
     * what happened to it before may not stand in the log. In the log itself, so that no restart can pass it over.
     */
    public static final int TRIGGERS_REMADE = 5;

    /** Column of {@value #TABLES}: since when a schema window is open on the table. */
    static final String WINDOW = "window_since";

    private ChangeLog() {}

    /**
     * Makes the tables, the identity, and the first log row, which is the sentinel of a capture that never ran.
     *
     * @param inode of the database file: a copy or a restored file has another one, and is not taken for this one
     */
    static List<String> create(int keyColumns, long epoch, long inode) {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + LOG + "(seq INTEGER PRIMARY KEY, tbl, op, r, " + keyNames(keyColumns) + ")");
        statements.add("CREATE TABLE " + META + "(identity, epoch, fenced, format, inode)");
        statements.add("CREATE TABLE " + TABLES + "(id INTEGER PRIMARY KEY, name, columns, " + WINDOW + ")");
        statements.add("INSERT INTO " + META
                + "(identity, epoch, fenced, format, inode) SELECT lower(hex(randomblob(16))), " + epoch + ", 0, "
                + FORMAT + ", " + inode);
        statements.add("INSERT INTO " + LOG + "(tbl, op, r) SELECT 0, 0, random()");
        return statements;
    }

    static String triggersRemade(int table) {
        return "INSERT INTO " + LOG + "(tbl, op, r, k0) SELECT 0, " + TRIGGERS_REMADE + ", random(), " + table;
    }

    /** A log of before schema windows were there has no column for them. */
    static String addWindow() {
        return "ALTER TABLE " + TABLES + " ADD COLUMN " + WINDOW;
    }

    static String openWindow(int table, String since) {
        return "UPDATE " + TABLES + " SET " + WINDOW + " = " + Sql.text(since) + " WHERE id = " + table;
    }

    static String closeWindow(int table) {
        return "UPDATE " + TABLES + " SET " + WINDOW + " = NULL WHERE id = " + table;
    }

    /** {@code k0, k1, …} */
    static String keyNames(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
    }
}
