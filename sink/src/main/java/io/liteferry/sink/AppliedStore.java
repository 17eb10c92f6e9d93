package io.liteferry.sink;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.Json;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.sink.schema.TargetGate;
import io.liteferry.sink.stream.TopicOffset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The row of {@code liteferry.applied}: how far the target is, and which sink may write. Taken FOR UPDATE first in every
 * transaction, so that a sink which was replaced while it was frozen finds a higher generation and stops.
 */
final class AppliedStore {
    private static final String FIELDS = "log_identity, epoch, batch, seq, fingerprint, schema_version, consistent,"
            + " tables::text, offsets::text, generation, state, evolution::text, claimed";

    private final String source;
    private long generation;
    /** The generation that the last committed claim has given us; 0 before the first. */
    private long held;

    private boolean claimed;

    AppliedStore(String source) {
        this.source = source;
    }

    /**
     * The row as it stands.
     *
     * @param offsets next offset to read, by topic; empty before the first batch
     * @param claimed the generation that the last sink to claim the row was given; a switch raises the generation above it
     */
    record Applied(
            AppliedPosition position, Map<String, TopicOffset> offsets, long generation, String state, long claimed) {
        BatchId id() {
            return position.id();
        }

        /** False before the first batch: the row then only holds the generation. */
        boolean any() {
            return !position.position().logIdentity().isEmpty();
        }
    }

    /**
     * Makes or takes over the row: an older sink is fenced from here on. One that has the row already, and only begins anew,
     * does not raise the generation: it would fence its successor. The caller commits, and says so.
     *
     * @throws TargetClosedException while the application writes to PostgreSQL
     */
    Applied claim(Connection c) throws SQLException {
        if (claimed) {
            return lock(c);
        }
        limits(c);
        if (held > 0) {
            demandNoSuccessor(row(c));
        }
        try (PreparedStatement s = c.prepareStatement("INSERT INTO liteferry.applied AS a"
                + " (source, log_identity, epoch, batch, seq, fingerprint, schema_version, consistent, tables, offsets,"
                + " generation, claimed, backend_pid)"
                + " VALUES (?, '', 0, 0, 0, 0, 0, false, '{}', '{}', 1, 1, pg_backend_pid())"
                + " ON CONFLICT (source) DO UPDATE SET generation = a.generation + 1, claimed = a.generation + 1,"
                + " backend_pid = pg_backend_pid() RETURNING " + FIELDS)) {
            s.setString(1, source);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                Applied applied = read(r);
                demandOpen(applied);
                generation = applied.generation;
                return applied;
            }
        }
    }

    /** Of this sink, once it has claimed the row. */
    long generation() {
        return generation;
    }

    /** What {@link #claim} did is committed. */
    void claimed() {
        claimed = true;
        held = generation;
    }

    /**
     * Locks the row for this transaction and says how far the target is; a fenced sink ends here.
     *
     * @throws TargetClosedException where a switch was made since this sink has claimed the row
     */
    Applied lock(Connection c) throws SQLException {
        limits(c);
        Applied applied = row(c);
        demandNoSuccessor(applied);
        demandOpen(applied);
        if (applied.generation != generation) {
            claimed = false;
            throw new TargetClosedException(source);
        }
        return applied;
    }

    /**
     * Looks whether the row is still this sink's, without a lock: so that it learns of a switch while no batches come.
     *
     * @throws TargetClosedException as {@link #lock}
     */
    void look(Connection c) throws SQLException {
        boolean ours;
        try (PreparedStatement s = c.prepareStatement(
                "SELECT state = 'open' AND generation = ? FROM liteferry.applied WHERE source = ?")) {
            s.setLong(1, generation);
            s.setString(2, source);
            try (ResultSet r = s.executeQuery()) {
                ours = r.next() && r.getBoolean(1);
            }
        }
        if (!ours) {
            lock(c);
        }
    }

    /** Whether the application writes to PostgreSQL, so that there is nothing to claim. */
    boolean isClosed(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT FROM liteferry.applied WHERE source = ? AND state <> 'open'")) {
            s.setString(1, source);
            try (ResultSet r = s.executeQuery()) {
                return r.next();
            }
        }
    }

    /** The row, locked for this transaction, whosever it is. */
    Applied row(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT " + FIELDS + " FROM liteferry.applied WHERE source = ? FOR UPDATE")) {
            s.setString(1, source);
            try (ResultSet r = s.executeQuery()) {
                if (!r.next()) {
                    throw new LiteferryException(
                            ErrorCode.SINK_FENCED,
                            "Locking the applied position of " + source
                                    + ": the row is gone. Run liteferry apply, then start the sink again.");
                }
                return read(r);
            }
        }
    }

    /** A claim whose answer was lost counts as ours. */
    private void demandNoSuccessor(Applied applied) {
        if (applied.claimed != held && applied.claimed != generation) {
            throw new LiteferryException(
                    ErrorCode.SINK_FENCED,
                    "Writing to the target of " + source + ": another sink has generation " + applied.claimed
                            + ", this one " + generation
                            + ". Only one may run; this one stops and has written nothing since.");
        }
    }

    /** A frozen owner of a lock must not stop its successor for ever; LOCAL, so that it holds through pgbouncer too. */
    private static void limits(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute("SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '60s'; "
                    + TargetGate.pass("sink"));
        }
    }

    private void demandOpen(Applied applied) {
        if (!applied.state.equals("open")) {
            claimed = false;
            throw new TargetClosedException(source);
        }
    }

    void advance(Connection c, BatchEnd end, Map<String, TopicOffset> offsets) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                UPDATE liteferry.applied SET log_identity = ?, epoch = ?, batch = ?, seq = ?, fingerprint = ?,
                schema_version = ?, consistent = ?, tables = ?::jsonb, offsets = ?::jsonb, evolution = ?::jsonb,
                backend_pid = pg_backend_pid(), applied_at = clock_timestamp() WHERE source = ?""")) {
            Position p = end.position();
            s.setString(1, p.logIdentity());
            s.setLong(2, p.epoch());
            s.setLong(3, end.batch());
            s.setLong(4, p.seq());
            s.setLong(5, p.fingerprint());
            s.setLong(6, end.schemaVersion());
            s.setBoolean(7, end.consistent());
            s.setString(8, new String(Json.bytes(end.tables()), StandardCharsets.UTF_8));
            s.setString(9, new String(Json.bytes(offsets), StandardCharsets.UTF_8));
            s.setString(10, new String(Json.bytes(end.evolution()), StandardCharsets.UTF_8));
            s.setString(11, source);
            s.executeUpdate();
        }
    }

    /** The columns of the target are other ones than the applied batch left. */
    void evolved(Connection c, Map<String, TableEvolution> evolution) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("UPDATE liteferry.applied SET evolution = ?::jsonb WHERE source = ?")) {
            s.setString(1, new String(Json.bytes(evolution), StandardCharsets.UTF_8));
            s.setString(2, source);
            s.executeUpdate();
        }
    }

    private static Applied read(ResultSet r) throws SQLException {
        Position position = new Position(r.getString(1), r.getLong(2), r.getLong(4), r.getLong(5));
        return new Applied(
                new AppliedPosition(
                        position,
                        r.getLong(3),
                        r.getLong(6),
                        Json.readMap(r.getString(8), TableProgress.class, "liteferry.applied.tables"),
                        r.getBoolean(7),
                        Json.readMap(r.getString(12), TableEvolution.class, "liteferry.applied.evolution")),
                Json.readMap(r.getString(9), TopicOffset.class, "liteferry.applied.offsets"),
                r.getLong(10),
                r.getString(11),
                r.getLong(13));
    }
}
