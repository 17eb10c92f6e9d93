package io.liteferry.sink.write;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** One COPY in binary form: rows go into {@link #row(int)}'s buffer and to PostgreSQL in slices. */
final class CopyStream implements AutoCloseable {
    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int SLICE = 256 * 1024;

    private final CopyIn copy;
    private final BinaryBuffer buffer;

    CopyStream(Connection connection, String table, String columns, BinaryBuffer buffer) throws SQLException {
        copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " (" + columns + ") FROM STDIN (FORMAT binary)");
        this.buffer = buffer;
        buffer.truncate(0);
        buffer.putBytes(SIGNATURE, 0, SIGNATURE.length);
        buffer.putInt(0); // flags
        buffer.putInt(0); // no header extension
    }

    /** Sends what is full and begins a row; the caller appends exactly {@code fields} fields, or truncates to the mark. */
    BinaryBuffer row(int fields) throws SQLException {
        sendFull();
        buffer.putShort(fields);
        return buffer;
    }

    private void sendFull() throws SQLException {
        if (buffer.length() >= SLICE) {
            copy.writeToCopy(buffer.array(), 0, buffer.length());
            buffer.truncate(0);
        }
    }

    long finish() throws SQLException {
        sendFull(); // two more bytes behind a large row would be a copy of it
        buffer.putShort(-1);
        copy.writeToCopy(buffer.array(), 0, buffer.length());
        return copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
