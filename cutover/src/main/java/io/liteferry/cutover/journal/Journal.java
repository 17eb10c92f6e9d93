package io.liteferry.cutover.journal;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.backup.SourceBackup;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The journal of one source. Append-only, in PostgreSQL too; every method is one transaction. Used by one thread. */
public final class Journal implements AutoCloseable {
    /** State of a row by which another process asks a running conductor to stop. */
    public static final String CANCEL = "cancel_requested";

    private final Connection connection;
    private final String source;

    public Journal(PgConnections connections, String source) {
        this.connection = connections.open("liteferry-journal");
        this.source = source;
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw failure("Opening", e);
        }
    }

    /** What kinds of run there are. */
    public enum Kind {
        BACKUP,
        CUTOVER,
        ROLLBACK,
        /** Rows and checksums of both sides, for the report. */
        MANIFEST,
        COMPLETE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }
    }

    /** One cutover or rollback while it runs: what writes its rows. */
    public final class Run {
        private final Kind kind;
        private final UUID id;
        private final String by;

        private Run(Kind kind, UUID id, String by) {
            this.kind = kind;
            this.id = id;
            this.by = by;
        }

        public String id() {
            return id.toString();
        }

        public Kind kind() {
            return kind;
        }

        /** Writes the state and answers it. */
        public <S extends State> S enter(S state) {
            write(state.label(), state.detail(), true);
            return state;
        }

        /** The same without waiting for the disk: for states of a pause, whose loss would change nothing. */
        public <S extends State> S pass(S state) {
            write(state.label(), state.detail(), false);
            return state;
        }

        /** A row that is no state: a request, a finding. */
        public void note(String what, Map<String, Object> detail) {
            write(what, detail, true);
        }

        /** Whether somebody has asked for the end of this run. */
        public boolean cancelAsked() {
            return rows("run = ?::uuid AND state = '" + CANCEL + "'", id.toString()).stream()
                    .findAny()
                    .isPresent();
        }

        private void write(String state, Map<String, Object> detail, boolean durable) {
            try (Statement s = connection.createStatement();
                    PreparedStatement insert = connection.prepareStatement("INSERT INTO liteferry.journal"
                            + " (source, run, kind, state, detail, by) VALUES (?, ?::uuid, ?, ?, ?::jsonb, ?)")) {
                s.execute("SET synchronous_commit = " + (durable ? "on" : "off"));
                insert.setString(1, source);
                insert.setString(2, id.toString());
                insert.setString(3, kind.label());
                insert.setString(4, state);
                insert.setString(5, new String(Json.bytes(detail), StandardCharsets.UTF_8));
                insert.setString(6, by);
                insert.executeUpdate();
            } catch (SQLException e) {
                throw failure("Writing " + state + " to", e);
            }
        }
    }

    /** A new run; nothing is written yet. */
    public Run begin(Kind kind, String by) {
        return new Run(kind, UUID.randomUUID(), by);
    }

    /** The run of an entry, to be gone on with or asked to stop. */
    public Run of(Entry entry, String by) {
        return new Run(Kind.of(entry.kind()), UUID.fromString(entry.run()), by);
    }

    /** Notes a verified backup of the source: a cutover asks for one. */
    public void backup(SourceBackup backup, String by) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("path", backup.path().toAbsolutePath().toString());
        detail.put("pages", backup.pages());
        detail.put("bytes", backup.bytes());
        detail.put("sha256", backup.sha256());
        detail.put("rows", backup.rows());
        backup.position().ifPresent(p -> detail.put("seq", p.seq()));
        backup.position().ifPresent(p -> detail.put("log_identity", p.logIdentity()));
        begin(Kind.BACKUP, by).note("verified", detail);
    }

    /** Every row, the oldest first. */
    public List<Entry> all() {
        return rows("true", null);
    }

    /** The last row of a kind. */
    public Optional<Entry> last(Kind kind) {
        return all().stream().filter(e -> e.kind().equals(kind.label())).reduce((before, after) -> after);
    }

    /** The last state of a cutover or a rollback. */
    public Optional<Entry> last() {
        return all().stream()
                .filter(e -> e.kind().equals(Kind.CUTOVER.label()) || e.kind().equals(Kind.ROLLBACK.label()))
                .filter(e -> !e.state().equals(CANCEL))
                .reduce((before, after) -> after);
    }

    private List<Entry> rows(String where, @Nullable String parameter) {
        List<Entry> entries = new ArrayList<>();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT id, run::text, kind, state, detail::text, by, at FROM liteferry.journal j WHERE source = ? AND "
                        + where + " ORDER BY id")) {
            ps.setString(1, source);
            if (parameter != null) {
                ps.setString(2, parameter);
            }
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    entries.add(new Entry(
                            rs.getLong(1),
                            rs.getString(2),
                            rs.getString(3),
                            rs.getString(4),
                            Json.readMap(rs.getString(5), Object.class, "liteferry.journal"),
                            rs.getString(6),
                            rs.getObject(7, OffsetDateTime.class)
                                    .withOffsetSameInstant(ZoneOffset.UTC)
                                    .toInstant()
                                    .toString()));
                }
            }
        } catch (SQLException e) {
            if (!"42P01".equals(e.getSQLState()) && !"3F000".equals(e.getSQLState())) { // before apply there is none
                throw failure("Reading", e);
            }
        }
        return entries;
    }

    private LiteferryException failure(String tried, SQLException e) {
        return PgConnections.failure(tried + " liteferry.journal of " + source, e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("Closing the connection to", e);
        }
    }
}
