package io.liteferry.cutover.reverse;

import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.change.ReverseRecord.Kind;
import io.liteferry.core.change.ReverseRecord.Operation;
import io.liteferry.core.row.SqliteValue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Writes the changes of a PostgreSQL transaction to SQLite, inside a transaction that the caller has opened. A row that does
 * not fit goes to quarantine.
 */
final class TransactionWriter {
    private final Connection connection;
    private final Map<String, TableRows> tables;
    private final ReverseQuarantine quarantine;

    /** Two rows claim the same unique value: at the end of the transaction perhaps no more. */
    static final class Conflict extends Exception {
        private static final long serialVersionUID = 1;

        Conflict(SQLException cause) {
            super(cause);
        }
    }

    /** @param tables by source name */
    TransactionWriter(Connection connection, Map<String, TableRows> tables, ReverseQuarantine quarantine) {
        this.connection = connection;
        this.tables = tables;
        this.quarantine = quarantine;
    }

    private TableRows rows(ReverseRecord change) {
        TableRows rows = tables.get(change.table());
        if (rows == null) {
            throw new IllegalStateException("no table " + change.table() + " in the plan");
        }
        return rows;
    }

    /**
     * Change by change, as PostgreSQL made them.
     *
     * @throws Conflict where a change meets a unique value that a later one gives up; the caller undoes all and folds
     */
    void inOrder(List<ReverseRecord> records) throws SQLException, Conflict {
        for (int i = 0; i < records.size(); i++) {
            ReverseRecord r = records.get(i);
            if (r.kind() == Kind.TRUNCATE) {
                rows(r).deleteAll();
                quarantine.clear(r.table());
            } else if (r.kind() == Kind.CHANGE && !(i + 1 < records.size() && moved(r, records.get(i + 1)))) {
                change(quarantine.completed(r));
            }
        }
    }

    /** A row that moves to another partition is deleted and inserted: columns that only SQLite has would be lost. */
    static boolean moved(ReverseRecord first, ReverseRecord second) {
        return first.op() == Operation.DELETE
                && second.op() == Operation.CREATE
                && first.table().equals(second.table())
                && first.key().equals(second.key());
    }

    private void change(ReverseRecord r) throws SQLException, Conflict {
        try (Statement s = connection.createStatement()) {
            s.execute("SAVEPOINT one_row");
            try {
                write(rows(r), r);
                quarantine.clear(r);
            } catch (Unfit u) {
                s.execute("ROLLBACK TO one_row");
                quarantine.put(r, u.why());
            }
            s.execute("RELEASE one_row");
        }
    }

    private static void write(TableRows rows, ReverseRecord r) throws SQLException, Unfit, Conflict {
        Optional<SourceRow> present = present(rows, r);
        try {
            if (r.op() == Operation.DELETE) {
                if (present.isPresent()) {
                    rows.delete(present.get());
                }
                return;
            }
            Map<String, SqliteValue> values = rows.written(r.after(), present);
            if (present.isPresent()) {
                rows.update(present.get(), values);
            } else {
                demandWhole(r);
                rows.insert(values);
            }
        } catch (SQLException e) {
            throw refused(e);
        }
        rows.demandStored(r.key(), r.after());
    }

    /** A key that SQLite cannot hold has no row there. */
    private static Optional<SourceRow> present(TableRows rows, ReverseRecord r) throws SQLException, Unfit {
        try {
            return rows.find(r.before().isEmpty() ? r.key() : r.before());
        } catch (Unfit u) {
            if (r.op() == Operation.DELETE || !r.before().isEmpty()) {
                return Optional.empty();
            }
            throw u;
        }
    }

    private static void demandWhole(ReverseRecord r) throws Unfit {
        if (!r.unavailable().isEmpty()) {
            throw new Unfit("the row is not in SQLite, and PostgreSQL did not send " + r.unavailable());
        }
    }

    /** Tells what SQLite says of the row from what it says of itself. */
    private static SQLException refused(SQLException e) throws Unfit, Conflict {
        SQLiteErrorCode code = e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.SQLITE_ERROR;
        switch (code) {
            case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
                throw new Conflict(e);
            case SQLITE_MISMATCH, SQLITE_TOOBIG -> throw new Unfit(code.name());
            default -> {
                if ((code.code & 0xFF) == SQLiteErrorCode.SQLITE_CONSTRAINT.code) {
                    throw new Unfit(code.name());
                }
                return e;
            }
        }
    }

    /** What becomes of one row: as it was before, as it is at the end. */
    private static final class Image {
        private final Optional<SourceRow> was;
        private @Nullable Map<String, SqliteValue> now;
        private ReverseRecord last;

        Image(Optional<SourceRow> was, @Nullable Map<String, SqliteValue> now, ReverseRecord last) {
            this.was = was;
            this.now = now;
            this.last = last;
        }
    }

    /**
     * All at once: every row that the transaction touches is taken away, then those that are left at its end are put in. So
     * unique values can change hands. Needs memory for all of them.
     */
    void folded(List<ReverseRecord> records) throws SQLException {
        Map<String, Map<Map<String, @Nullable String>, Image>> touched = new LinkedHashMap<>();
        Map<String, TableRows> truncated = new HashMap<>();
        for (ReverseRecord record : records) {
            if (record.kind() == Kind.TRUNCATE) {
                truncated.put(record.table(), rows(record));
                touched.remove(record.table());
                quarantine.clear(record.table());
            } else if (record.kind() == Kind.CHANGE) {
                ReverseRecord r = quarantine.completed(record);
                fold(
                        r,
                        touched.computeIfAbsent(r.table(), t -> new LinkedHashMap<>()),
                        truncated.containsKey(r.table()));
            }
        }
        for (TableRows rows : truncated.values()) {
            rows.deleteAll();
        }
        for (Map.Entry<String, Map<Map<String, @Nullable String>, Image>> table : touched.entrySet()) {
            for (Image image : table.getValue().values()) {
                if (image.was.isPresent()) {
                    rows(image.last).delete(image.was.get());
                }
            }
        }
        for (Map<Map<String, @Nullable String>, Image> images : touched.values()) {
            for (Image image : images.values()) {
                putIn(image);
            }
        }
    }

    private void fold(ReverseRecord r, Map<Map<String, @Nullable String>, Image> images, boolean empty)
            throws SQLException {
        Map<String, @Nullable String> from = r.before().isEmpty() ? r.key() : r.before();
        try {
            Image image = images.get(from);
            if (image == null) {
                Optional<SourceRow> was = empty ? Optional.empty() : present(rows(r), r);
                image = new Image(was, was.map(rows(r)::whole).orElse(null), r);
                images.put(from, image);
            }
            if (r.op() == Operation.DELETE) {
                image.last = r;
                // Kept beside: a row that comes back under its key keeps what only SQLite has.
                image.now = null;
                return;
            }
            Map<String, SqliteValue> now = image.now;
            if (now == null && r.op() == Operation.CREATE) {
                now = image.was.map(rows(r)::whole).orElse(null);
            }
            if (now == null) {
                demandWhole(r);
            }
            Map<String, SqliteValue> next = now == null ? new LinkedHashMap<>() : new LinkedHashMap<>(now);
            next.putAll(rows(r).written(
                            r.after(), now == null ? Optional.empty() : Optional.of(new SourceRow(List.of(), now))));
            if (from.equals(r.key())) {
                image.now = next;
                image.last = r;
            } else {
                Image target = images.get(r.key());
                image.now = null;
                images.put(r.key(), new Image(target == null ? foundAt(r, empty) : target.was, next, r));
            }
            quarantine.clear(r);
        } catch (Unfit u) {
            quarantine.put(r, u.why());
        }
    }

    private Optional<SourceRow> foundAt(ReverseRecord r, boolean empty) throws SQLException, Unfit {
        return empty ? Optional.empty() : rows(r).find(r.key());
    }

    private void putIn(Image image) throws SQLException {
        if (image.now == null) {
            return;
        }
        TableRows rows = rows(image.last);
        String reason;
        try {
            rows.insert(image.now);
            rows.demandStored(image.last.key(), image.last.after());
            return;
        } catch (Unfit u) {
            reason = u.why();
        } catch (SQLException e) {
            reason = whyRefused(e);
        }
        quarantine.put(image.last, reason);
        if (image.was.isPresent()) {
            putBack(rows, image.was.get());
        }
    }

    /** The row as it was, where nothing else stands in its place now. */
    private static void putBack(TableRows rows, SourceRow was) throws SQLException {
        try {
            rows.insert(rows.whole(was));
        } catch (SQLException e) {
            whyRefused(e);
        }
    }

    private static String whyRefused(SQLException e) throws SQLException {
        try {
            throw refused(e);
        } catch (Unfit u) {
            return u.why();
        } catch (Conflict c) {
            return "a unique value that another row of SQLite has";
        }
    }
}
