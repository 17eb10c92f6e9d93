package io.liteferry.validator.compare;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.ReadTime;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.SourceForm;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The SQLite side: one connection, short read transactions taken in turn with capture. Every read first holds the log
 * against the applied position, then collects the keys in flight, then does the caller's work, all in one snapshot.
 */
final class SourceSide implements AutoCloseable {
    /** More keys in flight than this are not held: the target is too far behind to compare anything. */
    private static final long MOST_IN_FLIGHT = 100_000;

    private final SqliteFile file;
    private final long maxMillis;
    private final Connection connection;
    private final LongAdder turnsMissed;
    private final ReadTime time;
    private final ReadTurn turn;
    private final boolean utf16;
    private final SqliteFile.Identity identity;
    private final Map<String, SourceShape> shapes = new HashMap<>();

    SourceSide(SqliteFile file, long maxMillis, LongAdder turnsMissed) {
        this.file = file;
        this.turnsMissed = turnsMissed;
        this.maxMillis = maxMillis;
        this.identity = file.identity();
        this.connection = file.openReader();
        try {
            this.turn = new ReadTurn(file);
            this.utf16 = RowReader.isUtf16(connection);
            this.time = new ReadTime(connection, maxMillis);
        } catch (IOException e) {
            close(connection, e);
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Making the turn file beside " + file.path() + ": " + e
                            + ". The folder must be writable for the application's user.",
                    e);
        } catch (SQLException e) {
            close(connection, e);
            throw file.failure("Reading the encoding of " + file.path(), e);
        }
    }

    private static void close(Connection connection, Exception failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** What a caller does inside a read transaction. */
    interface Work<T> {
        T read(SourceSnapshot snapshot) throws SQLException, NotComparableException;
    }

    /**
     * @param applied read in PostgreSQL's snapshot, which was taken before this
     * @throws NotComparableException where the log does not continue from {@code applied}
     */
    <T> T read(TableLayout layout, AppliedPosition applied, Work<T> work) throws NotComparableException {
        try (ReadTurn.Held held = turn.take(2 * maxMillis)) {
            if (!held.taken()) {
                turnsMissed.increment();
            }
            if (!file.identity().equals(identity)) {
                throw new LiteferryException(
                        ErrorCode.SOURCE_REPLACED,
                        "Reading " + file.path()
                                + ": another file stands at the path than at the start. Find out who replaced it; restart the services on the right file.");
            }
            try (Statement s = connection.createStatement()) {
                s.execute("BEGIN");
                try {
                    SourceShape shape = verify(layout, applied);
                    long deadline = System.nanoTime() + time.nanos();
                    if (!time.wal()) {
                        held.lengthenGap(ReadTime.SHARED_GAP_FACTOR);
                    }
                    return work.read(
                            new SourceSnapshot(connection, layout, shape, inFlight(layout, applied), deadline, utf16));
                } finally {
                    s.execute("COMMIT");
                }
            }
        } catch (SQLException e) {
            throw file.failure("Reading table " + layout.name() + " to compare it", e);
        } catch (IOException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_NOT_READABLE,
                    "Taking turns on " + file.path() + ": " + e + ". Check the disk.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LiteferryException(
                    ErrorCode.VALIDATION_READ_FAILED, "Reading table " + layout.name() + " was interrupted.", e);
        }
    }

    private SourceShape verify(TableLayout layout, AppliedPosition applied)
            throws SQLException, NotComparableException {
        long version = verifyLog(connection, applied);
        SourceShape known = shapes.get(layout.name());
        if (known == null || known.schemaVersion() != version) {
            known = SourceShape.read(connection, layout, version, utf16);
            shapes.put(layout.name(), known);
        }
        if (version != applied.schemaVersion()) {
            throw new NotComparableException(
                    NotComparableException.Kind.FOR_NOW,
                    "the source's schema is at version " + version + ", the target was filled at "
                            + applied.schemaVersion());
        }
        return known;
    }

    /** The first read of the transaction, which fixes its snapshot; gives schema_version. */
    static long verifyLog(Connection connection, AppliedPosition applied) throws SQLException, NotComparableException {
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT (SELECT identity FROM _liteferry_meta),"
                        + " (SELECT r FROM _liteferry_log WHERE seq = ?), (SELECT schema_version FROM pragma_schema_version)")) {
            ps.setLong(1, applied.position().seq());
            try (ResultSet rs = ps.executeQuery()) {
                rs.next();
                String identity = rs.getString(1);
                long fingerprint = rs.getLong(2);
                boolean gone = rs.wasNull();
                if (!applied.position().logIdentity().equals(identity)) {
                    throw broken("the change log is another one than the target was filled from");
                }
                if (gone) {
                    throw broken("log row " + applied.position().seq() + ", the applied position, is gone");
                }
                if (fingerprint != applied.position().fingerprint()) {
                    throw broken("log row " + applied.position().seq()
                            + " is not the one that was applied: the file was restored or wiped");
                }
                return rs.getLong(3);
            }
        }
    }

    private static NotComparableException broken(String reason) {
        return new NotComparableException(NotComparableException.Kind.LOG_BROKEN, reason);
    }

    private InFlight inFlight(TableLayout layout, AppliedPosition applied) throws SQLException, NotComparableException {
        long seq = applied.position().seq();
        long id = tableId(layout);
        try (PreparedStatement ps = connection.prepareStatement("SELECT max(seq) - ? FROM _liteferry_log")) {
            ps.setLong(1, seq);
            try (ResultSet rs = ps.executeQuery()) {
                if (rs.next() && rs.getLong(1) > MOST_IN_FLIGHT) {
                    throw new NotComparableException(
                            NotComparableException.Kind.FOR_NOW,
                            "the target is " + rs.getLong(1) + " changes behind the source");
                }
            }
        }
        int width = layout.key().length;
        String columns = IntStream.range(0, width).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        InFlight inFlight = new InFlight();
        SourceForm form = layout.keyForm();
        CanonicalRow row = new CanonicalRow(width);
        PackedWriter packed = new PackedWriter();
        PackedReader reader = new PackedReader();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT DISTINCT " + columns + " FROM _liteferry_log WHERE seq > ? AND tbl = ?")) {
            ps.setLong(1, seq);
            ps.setLong(2, id);
            RowReader rows = new RowReader(ps, utf16);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    rows.key(packed.reset(), 0, width);
                    byte[] key = packed.toBytes();
                    form.write(reader.reset(key), row.reset());
                    inFlight.add(new RowKey(key), new CanonicalKey(row.toBytes()));
                }
            }
        }
        return inFlight;
    }

    private long tableId(TableLayout layout) throws SQLException, NotComparableException {
        try (PreparedStatement ps = connection.prepareStatement("SELECT id FROM _liteferry_tables WHERE name = ?")) {
            ps.setString(1, layout.name());
            try (ResultSet rs = ps.executeQuery()) {
                if (!rs.next()) {
                    throw broken("table " + layout.name() + " is not in the change log");
                }
                return rs.getLong(1);
            }
        }
    }

    @Override
    public void close() {
        try (ReadTurn t = turn;
                Connection c = connection) {
            // both are closed, whichever fails
        } catch (IOException | SQLException e) {
            throw new LiteferryException(
                    ErrorCode.SOURCE_ERROR, "Closing " + file.path() + ": " + e.getMessage() + ".", e);
        }
    }
}
