package io.liteferry.validator;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.OwnSchema;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.embedded.SharedServers;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.TablePass;
import io.liteferry.validator.compare.TableTally;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A SQLite file with a change log and a PostgreSQL database, both filled by hand: the pipeline is not here. */
public final class TwoSides implements AutoCloseable {
    public static final String NAME = "shop";
    public static final String LOG_IDENTITY = "log-1";
    public static final Duration PATIENCE = Duration.ofMillis(200);
    /** A table for tests of which any will do. */
    public static final TablePlan ITEMS = TablePlan.simple(
            "items",
            KeyPlan.primaryKey("id"),
            List.of(
                    ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                    ColumnPlan.plain("name", TargetType.of(Kind.TEXT))));

    private static final String[] TRIGGERS = {"INSERT", "UPDATE", "DELETE"};

    public final Connection sqlite;
    public final Connection postgres;
    public final Plan plan;
    public final LongAdder turnsMissed = new LongAdder();
    private final Map<String, TableProgress> progress = new HashMap<>();

    public TwoSides(Path folder, Map<String, String> options, TablePlan... tables) throws SQLException {
        String url = SharedServers.newDatabase();
        Options all = Options.of(Map.of(
                Options.DATABASE_FILE_PATH,
                folder.resolve("app.db").toString(),
                Options.CONNECTION_URL,
                url,
                Options.VALIDATOR_ADMIN_ADDRESS,
                "127.0.0.1:0",
                Options.VALIDATION_MAX_ROWS_PER_SECOND,
                "100000000"));
        for (Map.Entry<String, String> e : options.entrySet()) {
            all = all.with(e.getKey(), e.getValue());
        }
        plan = new Plan(NAME, all, List.of(tables));
        sqlite = java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
        postgres = PgConnections.of(all).open("test");
        postgres.setAutoCommit(true);
        OwnSchema.migrate(PgConnections.of(all));
        source("PRAGMA journal_mode = WAL");
        source("CREATE TABLE _liteferry_log(seq INTEGER PRIMARY KEY, tbl, op, r, k0, k1, k2)");
        source("CREATE TABLE _liteferry_meta(identity, epoch, fenced, format)");
        source("CREATE TABLE _liteferry_tables(id INTEGER PRIMARY KEY, name)");
        source("INSERT INTO _liteferry_meta VALUES ('" + LOG_IDENTITY + "', 1, 0, 1)");
        source("INSERT INTO _liteferry_log(tbl, op, r) VALUES (0, 0, random())");
        for (int i = 0; i < tables.length; i++) {
            source("INSERT INTO _liteferry_tables VALUES (" + (i + 1) + ", '" + tables[i].source() + "')");
            progress.put(tables[i].source(), TableProgress.pending(0).streaming());
        }
    }

    public void source(String sql) throws SQLException {
        try (Statement s = sqlite.createStatement()) {
            s.execute(sql);
        }
    }

    public void target(String sql) throws SQLException {
        try (Statement s = postgres.createStatement()) {
            s.execute(sql);
        }
    }

    /** The first column of the first row. */
    public String targetValue(String sql) throws SQLException {
        try (Statement s = postgres.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.next() ? String.valueOf(rs.getString(1)) : "";
        }
    }

    /** Logs changed keys of a table, as capture's triggers do. */
    public void triggers(int id, String table, String... key) throws SQLException {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < key.length; i++) {
            columns.append(", k").append(i);
        }
        for (String event : TRIGGERS) {
            String row = event.equals("DELETE") ? "OLD" : "NEW";
            StringBuilder values = new StringBuilder();
            for (String k : key) {
                values.append(", ").append(row).append('.').append(k);
            }
            source("CREATE TRIGGER log_" + event + "_" + table + " AFTER " + event + " ON " + table
                    + " BEGIN INSERT INTO _liteferry_log(tbl, op, r" + columns + ") VALUES (" + id + ", 1, random()"
                    + values + "); END");
        }
    }

    public void progress(String table, TableProgress p) {
        progress.put(table, p);
    }

    /** Says that the target is as far as the source now is. */
    public void applied() throws SQLException {
        long[] row = new long[3];
        try (Statement s = sqlite.createStatement();
                ResultSet rs = s.executeQuery(
                        "SELECT seq, r, (SELECT schema_version FROM pragma_schema_version) FROM _liteferry_log"
                                + " ORDER BY seq DESC LIMIT 1")) {
            rs.next();
            for (int i = 0; i < 3; i++) {
                row[i] = rs.getLong(i + 1);
            }
        }
        applied(row[0], row[1], row[2]);
    }

    public void applied(long seq, long fingerprint, long schemaVersion) throws SQLException {
        target("INSERT INTO liteferry.applied (source, log_identity, epoch, batch, seq, fingerprint, schema_version,"
                + " consistent, tables, offsets, generation, backend_pid) VALUES ('" + NAME + "', '" + LOG_IDENTITY
                + "', 1, 1, " + seq + ", " + fingerprint + ", " + schemaVersion + ", true, '"
                + new String(Json.bytes(progress), StandardCharsets.UTF_8)
                + "', '{}', 1, 0) ON CONFLICT (source) DO UPDATE SET seq = excluded.seq,"
                + " fingerprint = excluded.fingerprint, schema_version = excluded.schema_version,"
                + " tables = excluded.tables");
    }

    public Comparison comparison() {
        return new Comparison(plan, turnsMissed);
    }

    /** What a pass over a table told. */
    public record Outcome(TableTally tally, List<Finding> findings) {
        /** Each finding as {@code kind key columns}. */
        public List<String> told() {
            return findings.stream()
                    .map(f -> f.verdict().label() + " " + f.suspect().key()
                            + (f.columns().isEmpty() ? "" : " " + f.columns()))
                    .sorted()
                    .toList();
        }
    }

    public Outcome pass(String table, Duration patience) {
        return pass(table, patience, plan.options().integer(Options.VALIDATION_RANGE_ROWS));
    }

    public Outcome pass(String table, Duration patience, int rangeRows) {
        List<Finding> findings = new ArrayList<>();
        try (Comparison sides = comparison()) {
            TableTally tally = new TablePass(
                            sides,
                            plan.table(table).orElseThrow(),
                            rangeRows,
                            new Pace(Long.MAX_VALUE),
                            patience,
                            new TablePass.Listener() {
                                @Override
                                public void found(List<Finding> some) {
                                    findings.addAll(some);
                                }

                                @Override
                                public void progress(long rows, long pending) {}
                            })
                    .run();
            return new Outcome(tally, findings);
        }
    }

    public Outcome pass(String table) {
        return pass(table, PATIENCE);
    }

    @Override
    public void close() throws SQLException {
        try (Connection s = sqlite;
                Connection p = postgres) {
            // both are closed, whichever fails
        }
    }
}
