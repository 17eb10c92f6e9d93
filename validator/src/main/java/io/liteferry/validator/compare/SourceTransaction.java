package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.ReadTime;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.SourceForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One read transaction of SQLite, held against the applied position: the log continues from there. Gives tables with
 * their keys in flight, and stretches of the log.
 */
final class SourceTransaction {
    /** More keys in flight than this are not held: the target is too far behind to compare anything. */
    private static final long MOST_IN_FLIGHT = 100_000;

    private final Connection connection;
    private final AppliedPosition applied;
    private final boolean logged;
    private final boolean utf16;
    private final Map<String, SourceShape> shapes;
    private final boolean reversed;
    private final long schemaVersion;
    private final long deadline;

    /**
     * @param logged false where the file has no change log of ours: nothing is held against {@code applied} then
     * @param shapes of the tables as they were read last, renewed here
     * @param reversed whether the target is the side that is written: nothing is logged then, and the fence is part of the
     *     schema
     */
    SourceTransaction(
            Connection connection,
            AppliedPosition applied,
            boolean logged,
            boolean utf16,
            Map<String, SourceShape> shapes,
            ReadTime time,
            boolean reversed)
            throws SQLException, NotComparableException {
        this.connection = connection;
        this.applied = applied;
        this.logged = logged;
        this.utf16 = utf16;
        this.shapes = shapes;
        this.reversed = reversed;
        this.schemaVersion = logged ? verifyLog(connection, applied) : schemaVersion(connection);
        this.deadline = System.nanoTime() + time.nanos();
    }

    /** Fixes the transaction's snapshot, as {@link #verifyLog} does. */
    private static long schemaVersion(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT schema_version, (SELECT count(*) FROM sqlite_master)"
                        + " FROM pragma_schema_version")) {
            rs.next();
            return rs.getLong(1);
        }
    }

    /** The first read of a transaction, which fixes its snapshot; gives schema_version. */
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

    /** Whether this read transaction has lasted as long as one may. */
    boolean timeIsUp() {
        return System.nanoTime() - deadline > 0;
    }

    private static NotComparableException broken(String reason) {
        return new NotComparableException(NotComparableException.Kind.LOG_BROKEN, reason);
    }

    /** @throws NotComparableException where the source's columns are not those the target was filled from */
    SourceSnapshot table(TableLayout layout) throws SQLException, NotComparableException {
        SourceShape shape = shapes.get(layout.name());
        if (shape == null || shape.schemaVersion() != schemaVersion) {
            shape = SourceShape.read(connection, layout, schemaVersion, utf16);
            shapes.put(layout.name(), shape);
        }
        verifySchema();
        InFlight inFlight = reversed ? new InFlight() : inFlight(layout);
        return new SourceSnapshot(connection, layout, shape, inFlight, deadline, utf16);
    }

    /** @throws NotComparableException where the source's schema has moved on from the applied one */
    void verifySchema() throws NotComparableException {
        if (logged && !reversed && schemaVersion != applied.schemaVersion()) {
            throw new NotComparableException(
                    NotComparableException.Kind.FOR_NOW,
                    "the source's schema is at version " + schemaVersion + ", the target was filled at "
                            + applied.schemaVersion());
        }
    }

    private InFlight inFlight(TableLayout layout) throws SQLException, NotComparableException {
        if (!logged) {
            return new InFlight();
        }
        long seq = applied.position().seq();
        long behind = newest() - seq;
        if (behind > MOST_IN_FLIGHT) {
            throw new NotComparableException(
                    NotComparableException.Kind.FOR_NOW, "the target is " + behind + " changes behind the source");
        }
        int width = layout.key().length;
        InFlight inFlight = new InFlight();
        SourceForm form = layout.keyForm();
        CanonicalRow row = new CanonicalRow(width);
        PackedWriter packed = new PackedWriter();
        PackedReader reader = new PackedReader();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT DISTINCT " + keyColumns(width) + " FROM _liteferry_log WHERE seq > ? AND tbl = ?")) {
            ps.setLong(1, seq);
            ps.setLong(2, tableId(layout));
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

    private static String keyColumns(int width) {
        return IntStream.range(0, width).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
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

    /** The newest row of the log. */
    long newest() throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT max(seq) FROM _liteferry_log")) {
            return rs.next() ? rs.getLong(1) : 0;
        }
    }

    /** Whether the log still has the row of a position. */
    boolean has(Position position) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("SELECT r FROM _liteferry_log WHERE seq = ?")) {
            ps.setLong(1, position.seq());
            try (ResultSet rs = ps.executeQuery()) {
                return applied.position().logIdentity().equals(position.logIdentity())
                        && rs.next()
                        && rs.getLong(1) == position.fingerprint();
            }
        }
    }

    /**
     * Reads the applied part of the log above a row of it.
     *
     * @param widths key columns by table; rows of other tables are passed over
     * @param mostKeys the stretch ends where it names so many
     */
    LogStretch stretch(Position after, Map<String, Integer> widths, int mostKeys) throws SQLException {
        int columns = widths.values().stream().mapToInt(Integer::intValue).max().orElse(1);
        Position a = applied.position();
        LogStretch.Builder stretch =
                new LogStretch.Builder(new Position(a.logIdentity(), a.epoch(), after.seq(), after.fingerprint()));
        Map<Long, String> names = tableNames();
        PackedWriter packed = new PackedWriter();
        long[] row = new long[4];
        try (PreparedStatement ps = connection.prepareStatement("SELECT seq, r, tbl, op, " + keyColumns(columns)
                + " FROM _liteferry_log WHERE seq > ? AND seq <= ? ORDER BY seq")) {
            ps.setLong(1, after.seq());
            ps.setLong(2, applied.position().seq());
            RowReader reader = new RowReader(ps, utf16);
            try (ResultSet rs = ps.executeQuery()) {
                while (stretch.keys() < mostKeys && rs.next()) {
                    reader.integers(row);
                    String name = names.get(row[2]);
                    Integer width = name == null ? null : widths.get(name);
                    if (row[2] == 0 && row[3] == LogStretch.TRIGGERS_REMADE) {
                        stretch.triggersRemade();
                    } else if (name != null && width != null) {
                        reader.key(packed.reset(), row.length, width);
                        stretch.add(name, new RowKey(packed.toBytes()));
                    }
                    stretch.endsAt(row[0], row[1]);
                }
            }
        }
        return stretch.build();
    }

    /** Keys of a table that could not be carried back, by target name. */
    List<Map<String, @Nullable String>> setAside(TableLayout layout) throws SQLException {
        List<Map<String, @Nullable String>> keys = new ArrayList<>();
        try (PreparedStatement there = connection.prepareStatement(
                        "SELECT 1 FROM sqlite_master WHERE name = '_liteferry_quarantine'");
                ResultSet table = there.executeQuery()) {
            if (!table.next()) {
                return keys;
            }
        }
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT key FROM _liteferry_quarantine WHERE tbl = ?")) {
            ps.setString(1, layout.name());
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    keys.add(Json.readMap(rs.getString(1), String.class, "_liteferry_quarantine"));
                }
            }
        }
        return keys;
    }

    private Map<Long, String> tableNames() throws SQLException {
        Map<Long, String> names = new HashMap<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT id, name FROM _liteferry_tables")) {
            while (rs.next()) {
                names.put(rs.getLong(1), rs.getString(2));
            }
        }
        return names;
    }
}
