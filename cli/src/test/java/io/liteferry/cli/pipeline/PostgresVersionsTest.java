package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.embedded.PostgresBinaries;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.TargetSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types, constraints and partitions of every kind, to READY and through changes, on the oldest PostgreSQL and the newest. */
class PostgresVersionsTest {
    /** Jars of other versions, put there by the build. */
    private static final Path JARS = Path.of("target", "postgres");

    @TempDir
    Path folder;

    @Test
    void carriesEverythingOnTheOldest() throws Exception {
        everything(PostgresBinaries.of(JARS.resolve("14.20.0.jar")), "14");
    }

    @Test
    void carriesEverythingOnTheNewest() throws Exception {
        everything(PostgresBinaries.USUAL, "18");
    }

    static Stream<PostgresBinaries> all() throws IOException {
        try (Stream<Path> jars = Files.list(JARS)) {
            return jars.sorted().map(PostgresBinaries::of).toList().stream();
        }
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("all")
    void carriesEverythingOnEachBetween(PostgresBinaries binaries) throws Exception {
        everything(binaries, binaries.version().substring(0, 2));
    }

    private void everything(PostgresBinaries binaries, String version) throws Exception {
        Path file = folder.resolve("app.db");
        sql(
                file,
                "PRAGMA journal_mode = wal",
                "CREATE TABLE kinds(id INTEGER PRIMARY KEY AUTOINCREMENT, big INTEGER, price DECIMAL(10,2), r REAL, t TEXT,"
                        + " v VARCHAR(20), b BLOB, flag BOOLEAN, d DATE, ts DATETIME, u UUID, js JSON, tm TIME)",
                "CREATE TABLE parents(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT COLLATE NOCASE)",
                "CREATE TABLE children(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE,"
                        + " n INTEGER NOT NULL CHECK (n > 0))",
                "CREATE UNIQUE INDEX one_big ON children(parent) WHERE n > 100",
                "CREATE INDEX by_name ON parents(lower(name))",
                "CREATE TABLE events(id INTEGER PRIMARY KEY, at DATETIME NOT NULL, note TEXT)",
                "CREATE TABLE owned(id INTEGER PRIMARY KEY, tenant TEXT, n INTEGER)",
                "CREATE TABLE cut(id INTEGER PRIMARY KEY, n INTEGER)",
                "INSERT INTO kinds(big, price, r, t, v, b, flag, d, ts, u, js, tm) VALUES (9223372036854775807, 12.25, 0.1,"
                        + " 'a ü', 'v', x'00ff', 1, '2024-02-29', '2024-02-29 12:30:00.123456',"
                        + " '00000000-0000-4000-8000-000000000001', '{\"a\": [1, 2]}', '23:59:59'),"
                        + " (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
                rows("parents", "i, 'c' || i, 'N' || i"),
                rows("children", "i, i, 1 + i % 90"),
                rows("events", "i, datetime(1700000000 + i * 10000, 'unixepoch'), 'e' || i"),
                rows("owned", "i, CASE i % 4 WHEN 0 THEN NULL ELSE 't' || (i % 4) END, i"),
                rows("cut", "i, i"));
        MigrationFixture app = MigrationFixture.of(folder, file);
        String target = SharedServers.newDatabase(binaries);
        app.makePlanFor(SharedServers.kafka(), target);
        partition(app, "events", "{ range: at, every: month, ahead: 1 }");
        partition(app, "owned", "{ list: tenant }");
        partition(app, "cut", "{ hash: [id], count: 3 }");
        assertThat(rowsOf(target, "SHOW server_version").get(0)).startsWith(version + ".");
        assertThat(app.command("apply", "--config", app.config().toString()).exit())
                .isZero();
        try (Pipeline pipeline =
                Pipeline.start(app.plan(), Clock.systemUTC(), EnumSet.of(Pipeline.Part.CAPTURE, Pipeline.Part.SINK))) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> rowsOf(target, "SELECT consistent FROM liteferry.applied")
                            .equals(List.of("t")));
            pipeline.failIfEnded();
            change(file);
        }
        ready(app, target);
        handOverAndBack(app.plan(), target);
        assertThat(rowsOf(
                        target,
                        "SELECT conname || ' ' || contype::text FROM pg_constraint WHERE contype IN ('u', 'f') AND conparentid = 0"
                                + " AND conrelid::regclass::text IN ('parents', 'children') ORDER BY 1"))
                .hasSize(2);
        assertThat(rowsOf(target, "SELECT 1 FROM pg_class WHERE relname IN ('one_big', 'by_name')"))
                .hasSize(2);
        assertThat(rowsOf(
                        target,
                        "SELECT partattrs::text || partstrat::text FROM pg_partitioned_table p JOIN pg_class c ON c.oid = partrelid"
                                + " WHERE relkind = 'p' ORDER BY relname"))
                .containsExactly("1h", "2r", "2l");
    }

    /** The gate and both switches, which speak to PostgreSQL's catalogue. */
    private static void handOverAndBack(Plan plan, String target) throws Exception {
        AppliedPosition applied;
        try (MigrationState state = new MigrationState(plan)) {
            applied = state.applied().orElseThrow();
        }
        PgConnections direct = PgConnections.of(plan.options());
        try (Connection app = DriverManager.getConnection(target);
                Statement s = app.createStatement()) {
            for (String table : List.of("kinds", "events", "events_p2031_05", "cut_p1")) {
                assertThatThrownBy(() -> s.execute("DELETE FROM " + table))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("25006"));
            }
            TargetSwitch.prepare(plan, direct);
            try (TargetSwitch there = TargetSwitch.begin(
                    plan, direct, applied.position(), Map.of("kinds", 90L), Duration.ofSeconds(10))) {
                there.commit();
            }
            TargetSwitch.settle(plan, direct);
            assertThat(rowsOf(
                            target,
                            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname IN ('parents_code_key',"
                                    + " 'children_parent_fkey') ORDER BY 1"))
                    .containsExactly("FOREIGN KEY (parent) REFERENCES parents(id) ON DELETE CASCADE", "UNIQUE (code)");
            s.execute("INSERT INTO kinds(t) VALUES ('of the application')");
            s.execute("DELETE FROM kinds WHERE id = 91");
            try (TargetSwitch back = TargetSwitch.back(plan, direct, Duration.ofSeconds(10))) {
                assertThat(back.sequences()).containsEntry("kinds", 91L);
                back.commit();
            }
            assertThatThrownBy(() -> s.execute("DELETE FROM kinds")).hasMessageContaining("is closed");
        }
    }

    private static void change(Path file) throws Exception {
        // Two rows swap a unique value, some move to other partitions, one goes with its children.
        sql(
                file,
                "PRAGMA foreign_keys = on",
                "UPDATE parents SET code = 'x' WHERE id = 1",
                "UPDATE parents SET code = 'c1' WHERE id = 2",
                "UPDATE parents SET code = 'c2' WHERE id = 1",
                "DELETE FROM parents WHERE id = 3",
                "UPDATE events SET at = '2031-05-05 00:00:00' WHERE id % 7 = 0",
                "UPDATE owned SET tenant = 'new' WHERE id % 5 = 0",
                "UPDATE owned SET tenant = NULL WHERE id % 11 = 0",
                "INSERT INTO kinds(t) VALUES ('later')");
    }

    private static String rows(String table, String values) {
        return "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 500) INSERT INTO " + table
                + " SELECT " + values + " FROM k";
    }

    private static void partition(MigrationFixture app, String table, String how) throws IOException {
        String yaml = Files.readString(app.config());
        String head = "  " + table + ":\n    target: " + table + "\n";
        assertThat(yaml).contains(head);
        Files.writeString(app.config(), yaml.replace(head, head + "    partition: " + how + "\n"));
    }

    private void ready(MigrationFixture app, String target) throws Exception {
        MigrationFixture.Ended run = app.runUntilReady();
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(IndependentComparison.compare(app.source(), target, "public"))
                .isEmpty();
        assertThat(rowsOf(target, "SELECT name || reason FROM liteferry.suspended_constraint"))
                .isEmpty();
    }

    private static List<String> rowsOf(String target, String query) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(query)) {
            while (r.next()) {
                rows.add(r.getString(1));
            }
        }
        return rows;
    }

    private static void sql(Path file, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
