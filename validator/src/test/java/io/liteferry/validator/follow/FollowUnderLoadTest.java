package io.liteferry.validator.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.pass.ResultStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowUnderLoadTest {
    private static final int ROWS = 2_000;
    private static final long SEED = 7;

    @TempDir
    Path folder;

    /** Carries the log to the target, one batch a round, as the pipeline does. */
    private record Carrier(TwoSides sides, Pace pace) {
        Void carry() throws SQLException {
            PgConnections target = PgConnections.of(sides.plan.options());
            SqliteFile file = new SqliteFile(sides.plan.options().path(Options.DATABASE_FILE_PATH));
            try (Connection sqlite = file.openReader();
                    Connection postgres = target.open("carrier")) {
                long applied = 0;
                while (!pace.pause(5)) {
                    applied = batch(sqlite, postgres, applied);
                }
            }
            return null;
        }

        private static long batch(Connection sqlite, Connection postgres, long applied) throws SQLException {
            try (Statement s = sqlite.createStatement();
                    Statement t = postgres.createStatement();
                    PreparedStatement put = postgres.prepareStatement(
                            "INSERT INTO items VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name");
                    PreparedStatement delete = postgres.prepareStatement("DELETE FROM items WHERE id = ?")) {
                s.execute("BEGIN");
                long seq;
                long fingerprint;
                try (ResultSet rs = s.executeQuery("SELECT seq, r FROM _liteferry_log ORDER BY seq DESC LIMIT 1")) {
                    rs.next();
                    seq = rs.getLong(1);
                    fingerprint = rs.getLong(2);
                }
                try (ResultSet rs = s.executeQuery("SELECT DISTINCT k0, id, name FROM _liteferry_log"
                        + " LEFT JOIN items ON id = k0 WHERE tbl = 1 AND seq > " + applied)) {
                    while (rs.next()) {
                        boolean gone = rs.getString(2) == null;
                        PreparedStatement ps = gone ? delete : put;
                        ps.setLong(1, rs.getLong(1));
                        if (!gone) {
                            ps.setString(2, rs.getString(3));
                        }
                        ps.executeUpdate();
                    }
                }
                s.execute("COMMIT");
                t.executeUpdate("UPDATE liteferry.applied SET seq = " + seq + ", fingerprint = " + fingerprint);
                postgres.commit();
                return seq;
            }
        }
    }

    private static void write(Connection app, Random random) {
        int id = random.nextInt(ROWS);
        try (Statement s = app.createStatement()) {
            switch (random.nextInt(4)) {
                case 0 -> s.execute("INSERT OR REPLACE INTO items VALUES (" + id + ", hex(randomblob(8)))");
                case 1 -> s.execute("DELETE FROM items WHERE id = " + id + " AND id NOT IN (7, 8)");
                // Some keys change all the time.
                default -> s.execute("UPDATE items SET name = hex(randomblob(8)) WHERE id IN (7, " + id % 20 + ")");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void raisesNoFalseAlarmUnderLoadAndFindsARowThatArrivesWrongWithinSeconds()
            throws SQLException, InterruptedException, ExecutionException {
        TablePlan items = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                .notNull(),
                        ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT))));
        Set<String> found = ConcurrentHashMap.newKeySet();
        Pace pace = new Pace(Long.MAX_VALUE);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        ScheduledExecutorService load = Executors.newSingleThreadScheduledExecutor();
        try (TwoSides sides = new TwoSides(folder, Map.of(), items);
                Connection app = new SqliteFile(sides.plan.options().path(Options.DATABASE_FILE_PATH)).openWriter()) {
            sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
            sides.triggers(1, "items", "id");
            sides.source("INSERT INTO items VALUES (7, 'seven'), (8, 'eight')");
            sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
            sides.target("INSERT INTO items VALUES (7, 'seven'), (8, 'eight')");
            sides.applied();
            try (Comparison comparison = sides.comparison();
                    ResultStore store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME)) {
                Follower follower = new Follower(
                        sides.plan,
                        comparison,
                        store,
                        new Moments(),
                        (table, some) -> some.forEach(f -> found.add(
                                f.verdict().label() + " " + f.suspect().key())),
                        rows -> {},
                        pace,
                        Clock.systemUTC());
                follower.step();
                Future<Void> carrier = threads.submit(() -> new Carrier(sides, pace).carry());
                Random random = new Random(SEED);
                Future<?> writes = load.scheduleAtFixedRate(() -> write(app, random), 0, 2, TimeUnit.MILLISECONDS);
                long rounds = 0;
                for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8); System.nanoTime() < end; rounds++) {
                    follower.step();
                    pace.pause(20);
                }
                assertThat(rounds).isGreaterThan(20);
                assertThat(found).isEmpty();
                assertThat(follower.catchUp(Duration.ofSeconds(10))).isTrue();

                // A key that changes all the time is in flight at almost any moment: one that rests in between.
                sides.target("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " IF NEW.id = 8 THEN NEW.name := 'spoilt'; END IF; RETURN NEW; END $$");
                sides.target("CREATE TRIGGER spoil BEFORE INSERT OR UPDATE ON items"
                        + " FOR EACH ROW EXECUTE FUNCTION spoil()");
                await().atMost(Duration.ofSeconds(10)).until(() -> {
                    follower.step();
                    return !found.isEmpty();
                });
                assertThat(found).containsExactly("row_diff 8");
                assertThat(writes.isDone()).isFalse();
                pace.stop();
                carrier.get();
            }
        } finally {
            load.shutdownNow();
            threads.shutdownNow();
        }
    }
}
