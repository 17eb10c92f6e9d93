package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PartitionRecord;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.TargetForm;
import io.liteferry.validator.canonical.TargetLiterals;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.util.PSQLState;

/**
 * The PostgreSQL side: one connection whose transactions are REPEATABLE READ and read-only. {@link #begin()} fixes a
 * snapshot and reads the applied position in it; everything until {@link #end()} sees that snapshot.
 */
final class TargetSide implements AutoCloseable {
    /** Of a database that nothing of ours has filled. */
    private static final AppliedPosition NOWHERE = new AppliedPosition(new Position("", 0, 0, 0), 0, 0, Map.of(), true);

    private final Connection connection;
    private final @Nullable String source;
    private final ExecutorService beside = Executors.newSingleThreadExecutor(r -> {
        Thread t = new Thread(r, Thread.currentThread().getName() + "-target");
        t.setDaemon(true);
        return t;
    });

    /** @param source whose rows these are; null where nothing of ours has filled the database */
    TargetSide(PgConnections connections, @Nullable String source) {
        this.source = source;
        this.connection = connections.open("liteferry-validator", "Preparing a connection for reading", c -> {
            // Through a pooler these settings would go to whoever is served next, and not hold for us.
            connections.demandDirect(c, "Comparing rows");
            c.rollback();
            c.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            c.setReadOnly(true);
            try (Statement s = c.createStatement()) {
                // An id in the wrong partition is seen only where that partition is looked into.
                s.execute("SET enable_partition_pruning = off");
            }
            c.commit();
            return c;
        });
    }

    /**
     * Takes a snapshot.
     *
     * @return how far the target is in it
     * @throws NotComparableException before the first batch was applied
     */
    AppliedPosition begin() throws NotComparableException {
        end();
        String filledBy = source;
        if (filledBy == null) {
            fixSnapshot();
            return NOWHERE;
        }
        return AppliedRow.read(connection, filledBy)
                .orElseThrow(() -> new NotComparableException(
                        NotComparableException.Kind.NOT_THERE_YET, "no batch has been applied yet"));
    }

    private void fixSnapshot() {
        try (Statement s = connection.createStatement()) {
            s.execute("SELECT txid_current_snapshot()");
        } catch (SQLException e) {
            throw PgConnections.failure("Taking a snapshot", e);
        }
    }

    /** Whether this side is the one that is written, in the snapshot. */
    boolean closed() {
        return source != null && AppliedRow.closed(connection, source);
    }

    void end() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw PgConnections.failure("Ending a read transaction", e);
        }
    }

    /** Receives rows in canonical form; the row is used again for the next. */
    interface Rows {
        void row(CanonicalRow row) throws NotComparableException;
    }

    /**
     * Begins to read a range, ordered as the source orders it, beside whatever is done meanwhile. Nothing else is asked of
     * this side until that is closed.
     *
     * @param limit rows at the most
     */
    TargetRange ahead(TableLayout layout, @Nullable CanonicalKey after, @Nullable CanonicalKey upTo, long limit) {
        return new TargetRange(beside, layout, rows -> range(layout, true, after, upTo, limit, rows));
    }

    /**
     * Streams a range in key order.
     *
     * @param byBytes order text by its bytes, as SQLite does; else in the column's own collation, for a walk of this side
     * @param limit rows at the most
     */
    void range(
            TableLayout layout,
            boolean byBytes,
            @Nullable CanonicalKey after,
            @Nullable CanonicalKey upTo,
            long limit,
            Rows rows)
            throws NotComparableException {
        TargetLiterals literals = layout.literals();
        List<String> terms = layout.keyColumns().stream()
                .map(c -> PgSql.name(c.target()) + (byBytes && isText(c.type().kind()) ? " COLLATE \"C\"" : ""))
                .toList();
        String key = "(" + String.join(", ", terms) + ")";
        List<String> conditions = new ArrayList<>();
        if (after != null) {
            conditions.add(key + " > (" + String.join(", ", literals.of(after.bytes())) + ")");
        }
        if (upTo != null) {
            conditions.add(key + " <= (" + String.join(", ", literals.of(upTo.bytes())) + ")");
        }
        copy(
                layout,
                "SELECT " + layout.targetColumns("") + " FROM " + layout.target()
                        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + " ORDER BY "
                        + String.join(", ", terms) + " LIMIT " + limit,
                rows);
    }

    /** All rows, in no order. */
    void all(TableLayout layout, Rows rows) throws NotComparableException {
        copy(layout, "SELECT " + layout.targetColumns("") + " FROM " + layout.target(), rows);
    }

    /** Whether the table has a column of this name, in the snapshot. */
    boolean hasColumn(TableLayout layout, String column) {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT 1 FROM pg_attribute WHERE attrelid = ?::regclass"
                        + " AND attname = ? AND attnum > 0 AND NOT attisdropped")) {
            ps.setString(1, layout.target());
            ps.setString(2, column);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next();
            }
        } catch (SQLException e) {
            throw PgConnections.failure(
                    "Reading the columns of " + layout.plan().target(), e);
        }
    }

    /** The rows that have one of these keys, in no order. */
    void byKeys(TableLayout layout, List<CanonicalKey> keys, Rows rows) throws NotComparableException {
        if (keys.isEmpty()) {
            return;
        }
        List<String> arrays =
                layout.literals().arrays(keys.stream().map(CanonicalKey::bytes).toList());
        int width = layout.key().length;
        String names = IntStream.range(0, width).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String match = IntStream.range(0, width)
                .mapToObj(i -> "t." + PgSql.name(layout.keyColumns().get(i).target()) + " = wanted.k" + i)
                .collect(Collectors.joining(" AND "));
        // A subquery that is not flattened: in a join PostgreSQL would take a unique key for unique over all
        // partitions,
        // and stop at the first copy of an id.
        copy(
                layout,
                "SELECT found.* FROM unnest(" + String.join(", ", arrays) + ") AS wanted(" + names
                        + ") CROSS JOIN LATERAL (SELECT " + layout.targetColumns("t.") + " FROM " + layout.target()
                        + " AS t WHERE " + match + " OFFSET 0) AS found",
                rows);
    }

    /** The rows that have this key, each column as PostgreSQL writes it, at most so many characters of it. */
    List<List<String>> text(TableLayout layout, CanonicalKey key, int longest) {
        List<ColumnPlan> columns = layout.columns();
        String selected = columns.stream()
                .map(c -> "left(" + PgSql.name(c.target()) + "::text, " + longest + ")")
                .collect(Collectors.joining(", "));
        String names =
                layout.keyColumns().stream().map(c -> PgSql.name(c.target())).collect(Collectors.joining(", "));
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT " + selected + " FROM " + layout.target() + " WHERE (" + names
                        + ") = (" + String.join(", ", layout.literals().of(key.bytes())) + ")")) {
            while (rs.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns.size(); i++) {
                    String value = rs.getString(i);
                    row.add(value == null ? "NULL" : value);
                }
                rows.add(row);
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading a row of " + layout.plan().target(), e);
        }
        return rows;
    }

    /** Canonical keys of rows that the reverse feed names: PostgreSQL reads the texts of its values itself. */
    List<CanonicalKey> names(TableLayout layout, List<Map<String, @Nullable String>> keys)
            throws NotComparableException {
        List<CanonicalKey> names = new ArrayList<>();
        if (keys.isEmpty()) {
            return names;
        }
        List<ColumnPlan> columns = layout.keyColumns();
        List<String> arrays = columns.stream()
                .map(c -> TargetLiterals.textArray(
                        keys.stream().map(k -> k.get(c.target())).toList()))
                .toList();
        String places =
                IntStream.range(0, columns.size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(
                        i -> "k" + i + "::" + TargetLiterals.name(columns.get(i).type()))
                .collect(Collectors.joining(", "));
        copy(
                new TargetForm(columns),
                new CanonicalRow(columns.size()),
                layout.plan().target(),
                "SELECT " + values + " FROM unnest(" + String.join(", ", arrays) + ") AS named(" + places + ")",
                row -> names.add(new CanonicalKey(row.toBytes())));
        return names;
    }

    private void copy(TableLayout layout, String select, Rows rows) throws NotComparableException {
        copy(layout.targetForm(), layout.newRow(), layout.plan().target(), select, rows);
    }

    private void copy(TargetForm form, CanonicalRow row, String table, String select, Rows rows)
            throws NotComparableException {
        BinaryRows tuples = new BinaryRows(form);
        try {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            CopyOut copy = postgres.getCopyAPI().copyOut("COPY (" + select + ") TO STDOUT (FORMAT binary)");
            try {
                byte[] message = copy.readFromCopy();
                while (message != null) {
                    tuples.reset(message);
                    while (tuples.next(row.reset())) {
                        rows.row(row);
                    }
                    message = copy.readFromCopy();
                }
            } finally {
                if (copy.isActive()) {
                    endEarly(postgres, copy);
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading table " + table + " to compare it", e);
        }
    }

    /**
     * Ends a COPY before its last row. The driver's own {@code cancelCopy} leaves what the server has still to say in the
     * stream, and each later statement is given the answer to the one before it.
     */
    private static void endEarly(PGConnection postgres, CopyOut copy) throws SQLException {
        postgres.cancelQuery();
        try {
            while (copy.isActive()) {
                copy.readFromCopy();
            }
        } catch (SQLException e) {
            if (!PSQLState.QUERY_CANCELED.getState().equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /** Which of these keys the sink has set aside; true for those that somebody has decided to go on without. */
    Map<RowKey, Boolean> quarantined(TableLayout layout, List<byte[]> packedKeys) {
        Map<RowKey, Boolean> found = new HashMap<>();
        String filledBy = source;
        if (filledBy == null) {
            return found;
        }
        try (PreparedStatement ps = connection.prepareStatement("SELECT key, discarded_at IS NOT NULL"
                + " FROM liteferry.quarantine WHERE source = ? AND table_name = ?"
                + " AND sha256(key) = ANY (ARRAY(SELECT sha256(k) FROM unnest(?::bytea[]) k))")) {
            Array keys = connection.createArrayOf("bytea", packedKeys.toArray(new byte[0][]));
            ps.setString(1, filledBy);
            ps.setString(2, layout.name());
            ps.setArray(3, keys);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    found.put(new RowKey(rs.getBytes(1)), rs.getBoolean(2));
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.quarantine", e);
        }
        return found;
    }

    /** Of rows that the target lacks, those whose partition somebody has detached. */
    List<SourceSnapshot.Found> detached(TableLayout layout, List<SourceSnapshot.Found> rows) {
        Optional<PartitionRecord> partitions = source == null ? Optional.empty() : layout.partitions(source);
        List<SourceSnapshot.Found> detached = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (SourceSnapshot.Found row : rows) {
            byte[] place = row.place();
            if (place != null) {
                places.add(layout.placeLiteral(place));
                detached.add(row);
            }
        }
        if (partitions.isEmpty() || places.isEmpty()) {
            return List.of();
        }
        try {
            List<Boolean> are = partitions.get().detached(connection, places);
            return IntStream.range(0, are.size())
                    .filter(are::get)
                    .mapToObj(detached::get)
                    .toList();
        } catch (SQLException e) {
            throw PgConnections.failure("Looking for the partitions of " + layout.name(), e);
        }
    }

    /** The target's columns are of the planned types: their bytes are read by the plan. */
    void verifyTypes(String schema, TableLayout layout) throws NotComparableException {
        try (PreparedStatement ps =
                connection.prepareStatement("SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
                        + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped")) {
            ps.setString(1, schema);
            ps.setString(2, layout.plan().target());
            List<String> seen = new ArrayList<>();
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    String name = rs.getString(1);
                    String written = rs.getString(2);
                    seen.add(name);
                    for (var c : layout.columns()) {
                        boolean same = written.equals(c.type().sql())
                                || TargetType.parse(written)
                                        .filter(t -> t.kind() == c.type().kind())
                                        .isPresent();
                        if (c.target().equals(name) && !same) {
                            throw unfit(
                                    "column " + name + " of " + layout.plan().target() + " is " + written
                                            + " in the target and " + c.type() + " in the plan");
                        }
                    }
                }
            }
            for (var c : layout.columns()) {
                if (!seen.contains(c.target())) {
                    throw unfit("column " + c.target() + " of " + layout.plan().target() + " is not in the target");
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure(
                    "Reading the columns of " + layout.plan().target(), e);
        }
    }

    private static boolean isText(TargetType.Kind kind) {
        return kind == TargetType.Kind.TEXT || kind == TargetType.Kind.VARCHAR;
    }

    private static NotComparableException unfit(String reason) {
        return new NotComparableException(NotComparableException.Kind.PLAN_UNFIT, reason);
    }

    @Override
    public void close() {
        beside.shutdown();
        try {
            connection.close();
        } catch (SQLException e) {
            throw PgConnections.failure("Closing a connection", e);
        }
    }
}
