package io.liteferry.validator;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowValues;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The rows of one source that the validator found different, for people to look at: what is open, and what became of others. */
public final class MismatchEntries {
    private final Plan plan;
    private final PgConnections connections;

    /** @param plan of one source */
    public MismatchEntries(Plan plan) {
        this.plan = plan;
        this.connections = PgConnections.of(plan.options());
    }

    /**
     * One row that differed.
     *
     * @param table source name
     * @param text the key as SQL literals
     * @param kind what differed: {@code row_diff}, {@code missing_target} or {@code missing_source}
     * @param columns source names of the columns that differed, where the row is on both sides
     * @param since when it was found, UTC
     * @param seen when it was last looked at, UTC
     * @param repair when capture was last asked to send it again, UTC, or null
     * @param verified when it was seen equal again, UTC; null while it differs
     */
    public record Entry(
            String table,
            RowKey key,
            String text,
            String kind,
            List<String> columns,
            String since,
            String seen,
            @Nullable String repair,
            @Nullable String verified) {}

    /**
     * Those of a table, oldest first.
     *
     * @param table source name, or empty for all
     * @param keys as {@link Entry#text}, or empty for all
     * @param history those too that were seen equal again
     */
    public List<Entry> list(String table, List<String> keys, boolean history, int limit) {
        List<Entry> entries = new ArrayList<>();
        try (Connection c = connections.open("liteferry-diff");
                PreparedStatement ps = c.prepareStatement("SELECT table_name, key, key_text, kind, columns, found_at,"
                        + " last_seen_at, repair_at, verified_at FROM liteferry.validation_mismatch WHERE source = ?"
                        + " AND (? = '' OR table_name = ?) AND (cardinality(?::text[]) = 0 OR key_text = ANY (?::text[]))"
                        + " AND (? OR verified_at IS NULL) ORDER BY found_at, table_name, key_text LIMIT ?")) {
            ps.setString(1, plan.source());
            ps.setString(2, table);
            ps.setString(3, table);
            ps.setArray(4, c.createArrayOf("text", keys.toArray()));
            ps.setArray(5, c.createArrayOf("text", keys.toArray()));
            ps.setBoolean(6, history);
            ps.setInt(7, limit);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    entries.add(new Entry(
                            rs.getString(1),
                            new RowKey(rs.getBytes(2)),
                            rs.getString(3),
                            rs.getString(4),
                            List.of((String[]) rs.getArray(5).getArray()),
                            utc(rs, 6),
                            utc(rs, 7),
                            rs.getObject(8) == null ? null : utc(rs, 8),
                            rs.getObject(9) == null ? null : utc(rs, 9)));
                }
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.validation_mismatch", e);
        }
        return entries;
    }

    /** How many rows of a table differ, as far as is known. */
    public long open(String table) {
        try (Connection c = connections.open("liteferry-diff");
                PreparedStatement ps = c.prepareStatement("SELECT count(*) FROM liteferry.validation_mismatch"
                        + " WHERE source = ? AND (? = '' OR table_name = ?) AND verified_at IS NULL")) {
            ps.setString(1, plan.source());
            ps.setString(2, table);
            ps.setString(3, table);
            try (ResultSet rs = ps.executeQuery()) {
                rs.next();
                return rs.getLong(1);
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading liteferry.validation_mismatch", e);
        }
    }

    /**
     * The rows as they are now on both sides, at one pair of snapshots.
     *
     * @throws NotComparableException where the table cannot be compared now
     */
    public Map<RowKey, RowValues.Both> values(String table, List<RowKey> keys) throws NotComparableException {
        try (Comparison sides = new Comparison(plan, new LongAdder())) {
            return new RowValues(sides, sides.now(plan).table(table).orElseThrow()).of(keys);
        }
    }

    private static String utc(ResultSet rs, int column) throws SQLException {
        return rs.getObject(column, OffsetDateTime.class).toInstant().toString();
    }
}
