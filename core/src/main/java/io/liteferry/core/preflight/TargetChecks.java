package io.liteferry.core.preflight;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.postgres.OwnSchema;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL says of itself and of our role. */
final class TargetChecks {
    private static final int OLDEST_VERSION = 140_000;
    private static final int FAILOVER_SLOTS = 170_000;

    private final PgConnections target;
    private final String schema;
    private final List<Finding> findings;

    TargetChecks(PgConnections target, String schema, List<Finding> findings) {
        this.target = target;
        this.schema = schema;
        this.findings = findings;
    }

    void check() {
        try (Connection connection = target.open("liteferry-check")) {
            connection.setReadOnly(true);
            String database = text(connection, "SELECT current_database()");
            version(connection, database);
            rights(connection, database);
            rollback(connection, database);
            pooler(connection, database);
            connection.rollback();
            findings.add(Finding.info(
                    "TGT-DISK",
                    database,
                    "free disk of the target cannot be seen through a connection",
                    "Compare the estimate SRC-DISK-ESTIMATE with the server's disk"));
        } catch (LiteferryException e) {
            unreachable(e.getMessage());
        } catch (SQLException e) {
            unreachable(PgConnections.failure("Checking the target", e).getMessage());
        }
    }

    private void unreachable(@Nullable String message) {
        findings.add(Finding.blocker(
                "TGT-CONNECTION", "target", String.valueOf(message), "Correct connection.url, role and password"));
    }

    private void version(Connection connection, String database) throws SQLException {
        int version = Integer.parseInt(text(connection, "SELECT current_setting('server_version_num')"));
        if (version < OLDEST_VERSION) {
            findings.add(Finding.blocker(
                    "TGT-VERSION",
                    database,
                    "PostgreSQL " + text(connection, "SHOW server_version") + "; 14 or later is needed",
                    "Upgrade the target"));
        }
        String encoding = text(connection, "SHOW server_encoding");
        if (!encoding.equals("UTF8")) {
            findings.add(Finding.blocker(
                    "TGT-ENCODING",
                    database,
                    "the database's encoding is " + encoding + ", which cannot hold every text",
                    "Make the database with ENCODING 'UTF8'"));
        }
        if (flag(connection, "SELECT pg_is_in_recovery()")) {
            findings.add(Finding.blocker(
                    "TGT-STANDBY", database, "is a read-only standby", "Give the writer endpoint as connection.url"));
        }
    }

    private void rights(Connection connection, String database) throws SQLException {
        boolean own = flag(connection, "SELECT to_regnamespace(?) IS NOT NULL", OwnSchema.NAME);
        if (!own && !flag(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
            findings.add(Finding.blocker(
                    "TGT-RIGHTS-DATABASE",
                    database,
                    "the role may not create schema " + OwnSchema.NAME,
                    "GRANT CREATE ON DATABASE to the role, or create the schema for it: CREATE SCHEMA " + OwnSchema.NAME
                            + " AUTHORIZATION role"));
        }
        boolean exists = flag(connection, "SELECT count(*) > 0 FROM pg_namespace WHERE nspname = ?", schema);
        if (!exists) {
            findings.add(Finding.info(
                    "TGT-SCHEMA", schema, "the schema is not there", "apply makes it where the role may create it"));
        } else if (!flag(
                connection, "SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = ?", schema)) {
            findings.add(Finding.blocker(
                    "TGT-RIGHTS-SCHEMA",
                    schema,
                    "the role may not create tables in it; from PostgreSQL 15 on a plain role may not in public",
                    "GRANT CREATE, USAGE ON SCHEMA to the role, or set target.schema"));
        }
    }

    /** Needed for the way back only, but from the first day on: changing them needs a restart and an administrator. */
    private void rollback(Connection connection, String database) throws SQLException {
        String level = text(connection, "SHOW wal_level");
        if (!level.equals("logical")) {
            findings.add(Finding.warning(
                    "TGT-WAL-LEVEL",
                    database,
                    "wal_level is " + level + ": writes made after the switch could not flow back",
                    "Set wal_level = logical and restart before the cutover, or give up the rollback"));
        }
        if (!flag(
                connection,
                "SELECT coalesce(bool_or(rolreplication OR rolsuper), false) FROM pg_roles WHERE rolname = current_user")) {
            findings.add(Finding.warning(
                    "TGT-REPLICATION-RIGHT",
                    database,
                    "the role has no right to replicate: writes made after the switch could not flow back",
                    "ALTER ROLE … REPLICATION before the cutover, or give up the rollback"));
        }
        String free = text(
                connection,
                "SELECT current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_replication_slots)");
        if (Long.parseLong(free) < 1) {
            findings.add(Finding.warning(
                    "TGT-REPLICATION-SLOTS",
                    database,
                    "all replication slots are taken: writes made after the switch could not flow back",
                    "Raise max_replication_slots, and max_wal_senders with it, and restart before the cutover"));
        }
        String kept = text(connection, "SHOW max_slot_wal_keep_size");
        findings.add(
                kept.equals("-1")
                        ? Finding.info(
                                "TGT-SLOT-WAL",
                                database,
                                "max_slot_wal_keep_size is -1: a reverse feed that stands still fills the disk without limit",
                                "Watch liteferry_reverse_slot_retained_bytes after the switch")
                        : Finding.info(
                                "TGT-SLOT-WAL",
                                database,
                                "max_slot_wal_keep_size is " + kept
                                        + ": a reverse feed that is further behind has lost the rollback",
                                "Watch liteferry_reverse_slot_retained_bytes after the switch"));
        if (Integer.parseInt(text(connection, "SELECT current_setting('server_version_num')")) < FAILOVER_SLOTS) {
            findings.add(Finding.info(
                    "TGT-SLOT-FAILOVER",
                    database,
                    "before PostgreSQL 17 a replication slot does not survive a failover",
                    "After a failover a rollback is not possible any more: the reverse feed says so"));
        }
    }

    private void pooler(Connection connection, String database) throws SQLException {
        if (PgConnections.isPooled(connection)) {
            findings.add(Finding.warning(
                    "TGT-POOLER",
                    database,
                    "the connection goes through a pooler",
                    "The sink may; apply, the validator and the cutover need a direct connection"));
        }
    }

    private static boolean flag(Connection connection, String sql, String... parameters) throws SQLException {
        return text(connection, sql, parameters).equals("t");
    }

    private static String text(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                ps.setString(i + 1, parameters[i]);
            }
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() ? String.valueOf(rs.getString(1)) : "";
            }
        }
    }
}
