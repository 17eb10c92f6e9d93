package io.liteferry.validator.pass;

import io.liteferry.core.change.Position;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableTally;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A row of {@code liteferry.validation_pass}; the caller ends the transaction. */
final class PassRow {
    private static final String COUNTS =
            Arrays.stream(RowVerdict.values()).map(RowVerdict::label).collect(Collectors.joining(", "));

    private PassRow() {}

    static void write(Connection connection, String source, String table, PassResult result) throws SQLException {
        TableTally tally = result.tally();
        Optional<Position> from = result.start().from();
        try (PreparedStatement ps = connection.prepareStatement("INSERT INTO liteferry.validation_pass (source,"
                + " table_name, pass, started_at, ended_at, epoch, seq, started_identity, started_seq, source_rows,"
                + " target_rows, reason, reason_kind, " + COUNTS + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?"
                + ",?".repeat(RowVerdict.values().length) + ")")) {
            ps.setString(1, source);
            ps.setString(2, table);
            ps.setLong(3, result.start().number());
            ps.setObject(4, result.start().at().atOffset(ZoneOffset.UTC));
            ps.setObject(5, result.ended().atOffset(ZoneOffset.UTC));
            ps.setLong(6, tally.position().map(Position::epoch).orElse(0L));
            ps.setLong(7, tally.position().map(Position::seq).orElse(0L));
            ps.setString(8, from.map(Position::logIdentity).orElse(null));
            ps.setLong(9, from.map(Position::seq).orElse(0L));
            ps.setLong(10, tally.sourceRows());
            ps.setLong(11, tally.targetRows());
            ps.setString(12, tally.reason().map(NotComparableException::reason).orElse(null));
            ps.setString(13, tally.reason().map(r -> r.kind().name()).orElse(null));
            int i = 14;
            for (RowVerdict v : RowVerdict.values()) {
                ps.setLong(i++, tally.count(v));
            }
            ps.executeUpdate();
        }
    }

    /** Of a row with the era of its table beside it. */
    static PassResult read(ResultSet rs) throws SQLException {
        Map<RowVerdict, Long> counts = new EnumMap<>(RowVerdict.class);
        for (RowVerdict v : RowVerdict.values()) {
            counts.put(v, rs.getLong(v.label()));
        }
        String identity = rs.getString("started_identity");
        long seq = rs.getLong("started_seq");
        String kind = rs.getString("reason_kind");
        String reason = rs.getString("reason");
        PassStart start = new PassStart(
                rs.getLong("pass"),
                instant(rs, "started_at"),
                // Where in the log a pass began is all that its proof needs; the row there may be gone.
                identity == null ? Optional.empty() : Optional.of(new Position(identity, 0, seq, 0)));
        return new PassResult(
                start,
                instant(rs, "ended_at"),
                Optional.ofNullable(rs.getString("era")),
                new TableTally(
                        rs.getLong("source_rows"),
                        rs.getLong("target_rows"),
                        counts,
                        kind == null
                                ? Optional.empty()
                                : Optional.of(new NotComparableException(
                                        NotComparableException.Kind.valueOf(kind), String.valueOf(reason))),
                        Optional.empty()));
    }

    private static Instant instant(ResultSet rs, String column) throws SQLException {
        return rs.getObject(column, OffsetDateTime.class).toInstant();
    }
}
