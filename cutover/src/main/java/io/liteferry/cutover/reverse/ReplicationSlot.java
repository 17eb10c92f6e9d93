package io.liteferry.cutover.reverse;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Json;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.postgres.PgSql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The replication slot of one source and its publication: PostgreSQL keeps its log from the slot's position on, so nothing
 * written after the switch is lost however long the reverse feed stands still. It also fills the server's disk meanwhile.
 *
 * <p>Connections given to these methods are direct ones, of the plan's writer endpoint; each call is a transaction of its
 * own, committed where it succeeds.
 */
public final class ReplicationSlot {
    private static final int LONGEST_NAME = 63;
    private static final int HASH_LENGTH = 8;

    private final Plan plan;
    private final String name;

    /**
     * What PostgreSQL says of the slot.
     *
     * @param exists whether it is there; of one that is not there nothing else is known
     * @param active whether a reader is connected
     * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} (about to be lost) or {@code lost}
     * @param confirmed up to where its reader has all, as a number; 0 where it is not known
     * @param retainedBytes of the log that it keeps
     */
    public record Health(boolean exists, boolean active, String walStatus, long confirmed, long retainedBytes) {
        private static final Health MISSING = new Health(false, false, "", 0, 0);

        /** Whether everything since its position can still be read. */
        public boolean serves() {
            return exists && !walStatus.equals("lost");
        }
    }

    /** @param plan of one source */
    public ReplicationSlot(Plan plan) {
        this.plan = plan;
        this.name = slotName(plan.source());
    }

    /** A slot's name has lower-case letters, digits and underscores; where another character stood, a hash tells sources apart. */
    private static String slotName(String source) {
        String legal = source.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        String wanted = "liteferry_" + legal;
        if (legal.equals(source) && wanted.length() <= LONGEST_NAME) {
            return wanted;
        }
        String hash = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, HASH_LENGTH);
        int room = LONGEST_NAME - 1 - HASH_LENGTH;
        return wanted.substring(0, Math.min(room, wanted.length())) + "_" + hash;
    }

    /** Of the slot and of the publication. */
    public String name() {
        return name;
    }

    /**
     * Makes the publication of the plan's tables and the slot where they are missing, and brings the publication to the
     * tables of the plan. Making a slot waits for every transaction that is open now.
     *
     * @return the tables whose replica identity was set to FULL: their key is not their primary key
     * @throws LiteferryException {@link ErrorCode#SLOT_UNFIT}
     */
    public List<String> create(Connection connection) {
        try {
            List<String> full = identifyRows(connection);
            publish(connection);
            noteColumnsLeft(connection);
            connection.commit();
            Health now = read(connection);
            if (now.exists() && !now.serves()) {
                throw lost("Making the replication slot " + name);
            }
            if (!now.exists()) {
                one(connection, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')", name);
            }
            connection.commit();
            return full;
        } catch (SQLException e) {
            throw refused("Making the replication slot " + name, connection, e);
        }
    }

    private void publish(Connection connection) throws SQLException {
        Set<String> wanted = plan.tables().stream().map(TablePlan::target).collect(Collectors.toSet());
        boolean exists = one(connection, "SELECT count(*) > 0 FROM pg_publication WHERE pubname = ?", name)
                .equals("t");
        String tables =
                wanted.stream().sorted().map(t -> PgSql.name(schema(), t)).collect(Collectors.joining(", "));
        try (Statement s = connection.createStatement()) {
            if (!exists) {
                s.execute("CREATE PUBLICATION " + PgSql.name(name) + " FOR TABLE " + tables
                        + " WITH (publish_via_partition_root = true)");
            } else if (!published(connection).equals(wanted)) {
                s.execute("ALTER PUBLICATION " + PgSql.name(name) + " SET TABLE " + tables);
            }
        }
    }

    /** Columns that the plan leaves out now are told from those that are added after the switch. */
    private void noteColumnsLeft(Connection connection) throws SQLException {
        Map<String, List<String>> left = new TreeMap<>();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped")) {
            for (TablePlan table : plan.tables()) {
                List<String> columns = new ArrayList<>();
                ps.setString(1, PgSql.name(schema(), table.target()));
                try (ResultSet rs = ps.executeQuery()) {
                    while (rs.next()) {
                        columns.add(rs.getString(1));
                    }
                }
                table.columns().forEach(c -> columns.remove(c.target()));
                columns.remove(KeyPlan.ROWID_COLUMN);
                if (!columns.isEmpty()) {
                    left.put(table.target(), columns);
                }
            }
        }
        String noted = new String(Json.bytes(left), StandardCharsets.UTF_8);
        try (Statement s = connection.createStatement()) {
            s.execute("COMMENT ON PUBLICATION " + PgSql.name(name) + " IS '" + noted.replace("'", "''") + "'");
        }
    }

    /** Columns of target tables that the plan left out when the publication was made, by target table. */
    Map<String, List<String>> columnsLeft(Connection connection) {
        try {
            String noted = one(
                    connection,
                    "SELECT obj_description(oid, 'pg_publication') FROM pg_publication WHERE pubname = ?",
                    name);
            connection.commit();
            Map<String, List<String>> left = new HashMap<>();
            if (!noted.isEmpty()) {
                Json.readMap(noted, String[].class, "the comment of publication " + name)
                        .forEach((table, columns) -> left.put(table, List.of(columns)));
            }
            return left;
        } catch (SQLException e) {
            throw refused("Reading the publication " + name, connection, e);
        }
    }

    private Set<String> published(Connection connection) throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT tablename FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?")) {
            ps.setString(1, name);
            ps.setString(2, schema());
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    names.add(rs.getString(1));
                }
            }
        }
        return names;
    }

    /**
     * Lets every table and every partition tell the plan's key of a row that is deleted; PostgreSQL itself refuses updates
     * of a published table that has no identity. Cheap where nothing is to do. Partitions that others make later need it too.
     *
     * @return the tables whose replica identity was set to FULL
     */
    List<String> identifyRows(Connection connection) throws SQLException {
        List<String> changed = new ArrayList<>();
        for (TablePlan table : plan.tables()) {
            for (String silent : silent(connection, table)) {
                try (Statement s = connection.createStatement()) {
                    // ALTER TABLE needs the table's lock for a moment; the application does not wait long behind it.
                    s.execute("SET LOCAL lock_timeout = '3s'");
                    s.execute("ALTER TABLE " + silent + " REPLICA IDENTITY FULL");
                }
                changed.add(silent);
            }
        }
        return changed;
    }

    /** The table and those of its partitions whose deletes do not tell the plan's key. */
    private List<String> silent(Connection connection, TablePlan table) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("""
                SELECT c.oid::regclass::text
                FROM pg_class c
                LEFT JOIN pg_index i ON i.indrelid = c.oid
                     AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident)
                LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
                WHERE (c.oid = to_regclass(?) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass(?))))
                      AND c.relreplident <> 'f'
                GROUP BY c.oid
                HAVING NOT coalesce(array_agg(a.attname::text), '{}') @> ?
                ORDER BY c.oid""")) {
            ps.setString(1, PgSql.name(schema(), table.target()));
            ps.setString(2, PgSql.name(schema(), table.target()));
            ps.setArray(3, connection.createArrayOf("text", table.targetKey().toArray()));
            List<String> names = new ArrayList<>();
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    names.add(rs.getString(1));
                }
            }
            return names;
        }
    }

    /**
     * Moves the slot past everything written until now, so that the reverse feed begins there. Only while no reader is
     * connected. Takes as long as PostgreSQL needs to read its log since the last call.
     *
     * @return the position, as a number
     * @throws LiteferryException {@link ErrorCode#SLOT_UNFIT}
     */
    public long advance(Connection connection) {
        try {
            String end = one(
                    connection,
                    "SELECT (end_lsn - '0/0')::bigint FROM pg_replication_slot_advance(?, pg_current_wal_lsn())",
                    name);
            connection.commit();
            return Long.parseLong(end);
        } catch (SQLException e) {
            throw refused("Moving the replication slot " + name + " forward", connection, e);
        }
    }

    /** What PostgreSQL says of the slot now. */
    public Health health(Connection connection) {
        try {
            Health now = read(connection);
            connection.commit();
            return now;
        } catch (SQLException e) {
            throw refused("Reading the state of the replication slot " + name, connection, e);
        }
    }

    /** @throws LiteferryException {@link ErrorCode#SLOT_UNFIT} where the slot or the publication is gone or has lost its log */
    public Health demand(Connection connection) {
        Health now = health(connection);
        if (!now.serves()) {
            throw lost("Reading from the replication slot " + name);
        }
        try {
            if (one(connection, "SELECT count(*) FROM pg_publication WHERE pubname = ?", name)
                    .equals("0")) {
                throw lost("Reading the publication " + name);
            }
            connection.commit();
        } catch (SQLException e) {
            throw refused("Reading the publication " + name, connection, e);
        }
        return now;
    }

    private Health read(Connection connection) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement("""
                SELECT active, coalesce(wal_status, ''), coalesce((confirmed_flush_lsn - '0/0')::bigint, 0),
                       coalesce((pg_current_wal_lsn() - restart_lsn)::bigint, 0)
                FROM pg_replication_slots WHERE slot_name = ? AND database = current_database()""")) {
            ps.setString(1, name);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next()
                        ? new Health(true, rs.getBoolean(1), rs.getString(2), rs.getLong(3), rs.getLong(4))
                        : Health.MISSING;
            }
        }
    }

    /** Takes slot and publication away; does nothing where they are gone. Only while no reader is connected. */
    public void drop(Connection connection) {
        try {
            one(
                    connection,
                    "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
                            + " WHERE slot_name = ? AND database = current_database()",
                    name);
            try (Statement s = connection.createStatement()) {
                s.execute("DROP PUBLICATION IF EXISTS " + PgSql.name(name));
            }
            connection.commit();
        } catch (SQLException e) {
            throw refused("Dropping the replication slot " + name, connection, e);
        }
    }

    private String schema() {
        return plan.options().string(Options.TARGET_SCHEMA);
    }

    static String one(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                ps.setString(i + 1, parameters[i]);
            }
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() ? Optional.ofNullable(rs.getString(1)).orElse("") : "";
            }
        }
    }

    private LiteferryException lost(String tried) {
        return new LiteferryException(
                ErrorCode.SLOT_UNFIT,
                tried + " of " + plan.source() + ": it is gone, or PostgreSQL has removed the log that it stood for"
                        + " (max_slot_wal_keep_size, a failover, or somebody dropped it). What the application has written to"
                        + " PostgreSQL since can no longer be carried back: a rollback is not possible. Give it up with"
                        + " liteferry complete.");
    }

    private static LiteferryException refused(String tried, Connection connection, SQLException e) {
        LiteferryException known = PgConnections.failure(tried, e);
        LiteferryException failure = known.code() == ErrorCode.TARGET_UNREACHABLE
                ? known
                : new LiteferryException(
                        ErrorCode.SLOT_UNFIT,
                        tried + ": " + e.getMessage() + " (SQLSTATE " + e.getSQLState()
                                + "). wal_level must be logical, the role needs REPLICATION, and max_replication_slots and"
                                + " max_wal_senders must have room.",
                        e);
        try {
            connection.rollback();
        } catch (SQLException rollback) {
            failure.addSuppressed(rollback);
        }
        return failure;
    }
}
