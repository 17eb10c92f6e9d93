package io.liteferry.core.sqlite;

import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;
import org.sqlite.core.SafeStmtPtr;

/**
 * Reads the current row of an executed statement exactly: the storage class SQLite stores, text as bytes. The driver's
 * own {@code getString} and {@code getObject} turn invalid UTF-8 into U+FFFD without a word, so they are not used for
 * values anywhere in this program.
 */
public final class RowReader implements SafeStmtPtr.SafePtrIntFunction<SQLException> {
    private static final int SQLITE_INTEGER = 1;
    private static final int SQLITE_FLOAT = 2;
    private static final int SQLITE_TEXT = 3;
    private static final int SQLITE_BLOB = 4;
    private static final byte[] EMPTY = new byte[0];

    private final SafeStmtPtr statement;
    private final boolean utf16;
    private final boolean bigEndian;
    private PackedWriter writer = new PackedWriter();
    private int first;
    private int count;
    private boolean key;

    /** @param utf16 whether the database's encoding is UTF-16, see {@link #isUtf16(Connection)} */
    public RowReader(PreparedStatement executed, boolean utf16) throws SQLException {
        this.statement = ((CoreStatement) executed).pointer;
        this.utf16 = utf16;
        this.bigEndian = utf16 && encoding(executed.getConnection()).equals("UTF-16be");
    }

    public static boolean isUtf16(Connection connection) throws SQLException {
        return encoding(connection).startsWith("UTF-16");
    }

    private static String encoding(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("PRAGMA encoding")) {
            return rs.next() ? rs.getString(1) : "";
        }
    }

    /** Appends {@code count} columns of the current row, from column {@code first} (0-based), in the packed form. */
    public void values(PackedWriter w, int first, int count) throws SQLException {
        read(w, first, count, false);
    }

    /** The same as a canonical key, see {@link RowKey}. */
    public void key(PackedWriter w, int first, int count) throws SQLException {
        read(w, first, count, true);
    }

    /** The first columns of the current row, which hold integers, in one call of the driver; NULL is 0. */
    public void integers(long[] into) throws SQLException {
        statement.safeRunInt((db, stmt) -> {
            for (int i = 0; i < into.length; i++) {
                into[i] = db.column_long(stmt, i);
            }
            return into.length;
        });
    }

    private void read(PackedWriter w, int from, int columns, boolean canonical) throws SQLException {
        this.writer = w;
        this.first = from;
        this.count = columns;
        this.key = canonical;
        statement.safeRunInt(this);
    }

    /** Called by the driver with the statement locked and open. */
    @Override
    public int run(DB db, long stmt) throws SQLException {
        for (int i = first; i < first + count; i++) {
            switch (db.column_type(stmt, i)) {
                case SQLITE_INTEGER -> writer.putInteger(db.column_long(stmt, i));
                case SQLITE_FLOAT -> {
                    double real = db.column_double(stmt, i);
                    if (key) {
                        RowKey.putCanonicalReal(writer, real);
                    } else {
                        writer.putReal(real);
                    }
                }
                case SQLITE_TEXT -> writer.putText(text(db, stmt, i));
                case SQLITE_BLOB -> writer.putBlob(orEmpty(db.column_blob(stmt, i)));
                default -> writer.putNull();
            }
        }
        return count;
    }

    private byte[] text(DB db, long stmt, int column) throws SQLException {
        // The blob of a text value is its bytes in the database's own encoding.
        byte[] bytes = orEmpty(db.column_blob(stmt, column));
        return utf16 ? Utf16Text.toUtf8(bytes, bigEndian) : bytes;
    }

    private static byte[] orEmpty(byte[] bytes) {
        // SQLite gives a null pointer for zero bytes.
        return bytes == null ? EMPTY : bytes;
    }
}
