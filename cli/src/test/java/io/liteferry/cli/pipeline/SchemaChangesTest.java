package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
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

    @Test
    void endsEqualAfterChangesOfEveryKindUnderLoadAndRestartsWithTheOldMigrationFile() throws Exception {
        Path source = folder.resolve("app.db");
        make(source);
        MigrationFixture app = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        app.makePlanFor(SharedServers.kafka(), target);
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> writer = thread.submit(() -> write(source, stop));
            Process first =
                    app.process("400m", "run", "all", "--config", app.config().toString());
            try {
                await(app, first, a -> streaming(a, "note") && streaming(a, "person"));
                sql(source, "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 7");
                await(app, first, a -> changes(a, "note") == 1);
                sql(source, "ALTER TABLE note RENAME COLUMN body TO text");
                await(app, first, a -> changes(a, "note") == 2);
                sql(source, DJANGO.toArray(new String[0]));
                sql(source, "ALTER TABLE note DROP COLUMN mood");
                await(app, first, a -> changes(a, "note") == 3 && changes(a, "person") == 1 && streaming(a, "person"));
            } finally {
                first.destroyForcibly().waitFor();
            }
            sql(source, "ALTER TABLE note ADD COLUMN late TEXT", "UPDATE note SET late = 'x' WHERE id % 3 = 0");
            Process second =
                    app.process("400m", "run", "all", "--config", app.config().toString());
            try {
                await(app, second, a -> changes(a, "note") == 4 && streaming(a, "note"));
            } finally {
                second.destroyForcibly().waitFor();
            }
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
                .contains("note RENAME COLUMN body TO text")
                .contains("person ADD COLUMN city text");
    }

    private static void make(Path source) throws Exception {
        sql(
                source,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT, mood TEXT)",
                "CREATE TABLE person(id INTEGER PRIMARY KEY, email TEXT UNIQUE, visits INTEGER NOT NULL)",
                "INSERT INTO note WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                        + " SELECT i, 'note ' || i, 'm' || i % 5 FROM n",
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
    private static int write(Path source, AtomicBoolean stop) throws Exception {
        int written = 0;
        while (!stop.get()) {
            int n = written++;
            sql(
                    source,
                    "REPLACE INTO person(email, visits) VALUES ('p" + n % 3000 + "@x', " + n + ")",
                    "INSERT INTO note(id) VALUES (NULL)",
                    "UPDATE person SET visits = visits + 1 WHERE id = " + n % 4000,
                    "DELETE FROM note WHERE id = " + n % 2500);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return written;
    }

    private static boolean streaming(AppliedPosition applied, String table) {
        TableProgress progress = applied.tables().get(table);
        return progress != null && progress.state() == State.STREAMING;
    }

    private static int changes(AppliedPosition applied, String table) {
        TableEvolution evolution = applied.evolution().get(table);
        return evolution == null ? 0 : evolution.changes().size();
    }

    private static void await(MigrationFixture app, Process pipeline, Predicate<AppliedPosition> condition)
            throws Exception {
        try (MigrationState state = new MigrationState(app.plan())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        assertThat(pipeline.isAlive()).as(app.processLog()).isTrue();
                        return state.applied().filter(condition).isPresent();
                    });
        }
    }
}
