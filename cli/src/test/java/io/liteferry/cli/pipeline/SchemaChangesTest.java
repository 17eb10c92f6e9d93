package io.liteferry.cli.pipeline;

import static io.liteferry.cli.local.Pipeline.Part.CAPTURE;
import static io.liteferry.cli.local.Pipeline.Part.SINK;
import static io.liteferry.cli.local.Pipeline.Part.VALIDATOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application deploys its migrations while it writes and everything runs; the migration file stays the old one. */
class SchemaChangesTest {
    private static final List<String> DJANGO = List.of(
            "BEGIN IMMEDIATE",
            "CREATE TABLE \"new__person\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"email\" text UNIQUE,"
                    + " \"visits\" integer NOT NULL, \"city\" text NULL)",
            "INSERT INTO \"new__person\" (\"id\", \"email\", \"visits\", \"city\") SELECT \"id\", \"email\", \"visits\","
                    + " 'Bonn' FROM \"person\"",
            "DROP TABLE \"person\"",
            "ALTER TABLE \"new__person\" RENAME TO \"person\"",
            "COMMIT");

    @TempDir
    Path folder;

    /** The services are killed, never stopped. */
    @Test
    void endsEqualAfterChangesOfEveryKindUnderLoadAndKillsWithTheOldMigrationFile() throws Exception {
        int rows = 3000;
        Path source = folder.resolve("app.db");
        make(source, rows);
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        assertThat(app.command("apply", "--config", app.config().toString()).exit())
                .isZero();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServiceProcesses services = new ServiceProcesses(app)) {
            services.start(CAPTURE, SINK, VALIDATOR);
            services.await(a -> streaming(a, "note") && streaming(a, "person"));
            Future<Integer> writer = thread.submit(() -> write(source, rows, stop));
            sinkIsKilledBetweenAnEndAndItsTransaction(services, source, target);
            sinkIsKilledBetweenItsTransactionAndTheAnnouncement(services, source);
            sql(source, DJANGO.toArray(new String[0]));
            services.kill(CAPTURE, VALIDATOR);
            sql(source, "ALTER TABLE note DROP COLUMN mood");
            services.start(CAPTURE, VALIDATOR);
            services.await(a -> columns(a, "note").equals(List.of("id", "body", "stars"))
                    && columns(a, "person").contains("city"));
            services.kill(CAPTURE, SINK, VALIDATOR);
            sql(source, "ALTER TABLE note RENAME COLUMN body TO text", "ALTER TABLE note ADD COLUMN late TEXT");
            sql(source, "UPDATE note SET late = 'x' WHERE id % 3 = 0");
            stop.set(true);
            assertThat(writer.get()).isPositive();
        } finally {
            stop.set(true);
            thread.shutdownNow();
        }
        MigrationFixture.Ended run = app.runUntilReady();
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(IndependentComparison.compare(source, target, "public")).isEmpty();
        assertThat(app.command("status", "--config", app.config().toString()).out())
                .contains("note ADD COLUMN stars bigint DEFAULT 7")
                .contains("person ADD COLUMN city text");
    }

    @Test
    void endsEqualWhereTheTopicsAreOfDebeziumsEnvelope() throws Exception {
        Path source = folder.resolve("app.db");
        make(source, 300);
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target, "record.format=struct");
        try (ServiceProcesses services = new ServiceProcesses(app)) {
            services.startAll();
            services.await(a -> streaming(a, "note") && streaming(a, "person"));
            sql(
                    source,
                    "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 7",
                    "INSERT INTO note(id) VALUES (NULL)");
            services.await(a -> columns(a, "note").contains("stars"));
            sql(source, "ALTER TABLE note RENAME COLUMN body TO text", "UPDATE note SET text = 'new' WHERE id < 9");
            sql(source, DJANGO.toArray(new String[0]));
            services.await(a ->
                    columns(a, "note").contains("text") && columns(a, "person").contains("city"));
        }
        sql(source, "ALTER TABLE note DROP COLUMN mood", "DELETE FROM note WHERE id < 5");
        MigrationFixture.Ended run = app.runUntilReady();
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(IndependentComparison.compare(source, target, "public")).isEmpty();
    }

    private static void sinkIsKilledBetweenAnEndAndItsTransaction(ServiceProcesses services, Path source, String target)
            throws Exception {
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement()) {
            c.setAutoCommit(false);
            s.execute("SELECT 1 FROM liteferry.applied FOR UPDATE");
            sql(source, "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 7");
            services.awaitEnd(end -> end.evolution().containsKey("note"));
            services.kill(SINK);
            assertThat(services.applied().evolution()).isEmpty();
            s.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND application_name = 'liteferry-sink'");
            c.rollback();
        }
        services.start(SINK);
        services.await(a -> columns(a, "note").contains("stars"));
    }

    /** The broker refuses the announcement; capture begins from the older position, and the change was undone meanwhile. */
    private static void sinkIsKilledBetweenItsTransactionAndTheAnnouncement(ServiceProcesses services, Path source)
            throws Exception {
        services.refuseAnnouncements(true);
        sql(source, "ALTER TABLE note RENAME COLUMN body TO other");
        services.await(a -> columns(a, "note").contains("other"));
        services.kill(SINK, CAPTURE);
        services.refuseAnnouncements(false);
        assertThat(columns(services.announced(), "note")).doesNotContain("other");
        sql(source, "ALTER TABLE note RENAME COLUMN other TO body");
        services.start(CAPTURE);
        services.awaitEnd(end -> columns(end.applied(), "note").contains("body"));
        services.start(SINK);
        services.await(a -> columns(a, "note").contains("body") && streaming(a, "note"));
    }

    private static void make(Path source, int rows) throws Exception {
        sql(
                source,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT, mood TEXT)",
                "CREATE TABLE person(id INTEGER PRIMARY KEY, email TEXT UNIQUE, visits INTEGER NOT NULL)",
                "INSERT INTO note WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                        + ")" + " SELECT i, 'note ' || i, 'm' || i % 5 FROM n",
                "INSERT INTO person SELECT id, 'p' || id || '@x', 0 FROM note");
    }

    private static void sql(Path source, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA busy_timeout = 60000");
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    /** Names no column that is changed. */
    private static int write(Path source, int rows, AtomicBoolean stop) throws Exception {
        int written = 0;
        while (!stop.get()) {
            int n = written++;
            sql(
                    source,
                    "REPLACE INTO person(email, visits) VALUES ('p" + n % rows + "@x', " + n + ")",
                    "INSERT INTO note(id) VALUES (NULL)",
                    "UPDATE person SET visits = visits + 1 WHERE id = " + n % (rows + rows / 3),
                    "DELETE FROM note WHERE id = " + n % (rows - rows / 6));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return written;
    }

    private static boolean streaming(AppliedPosition applied, String table) {
        TableProgress progress = applied.tables().get(table);
        return progress != null && progress.state() == State.STREAMING;
    }

    private static List<String> columns(AppliedPosition applied, String table) {
        TableEvolution evolution = applied.evolution().get(table);
        return evolution == null ? List.of() : evolution.columns();
    }
}
