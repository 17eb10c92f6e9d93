package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate for every edit of the trigger SQL or the reader: random writes, read with the real reader while they happen,
 * must lead a replica to exactly the rows of the source. A rule taken away must be seen.
 */
class CaptureFuzzTest {
    private static final int IN_VERIFY = 300;
    private static final int LONG = 10_000;

    @TempDir
    Path folder = Path.of("");

    /** A rule of the design taken away: statements that run after the installation. */
    enum Mutant {
        NONE,
        NO_CANDIDATES,
        MOVED_KEY_NOT_LOGGED,
        IMAGES_IN_THE_LOG,
        ANY_EQUAL_KEY
    }

    @Test
    void theReplicaEqualsTheSourceWhateverWasWritten() throws Exception {
        assertThat(diverging(0, IN_VERIFY, Mutant.NONE, IN_VERIFY)).isEmpty();
    }

    @Test
    @Tag("long")
    void theReplicaEqualsTheSourceInTenThousandRuns() throws Exception {
        assertThat(diverging(IN_VERIFY, LONG, Mutant.NONE, 1)).isEmpty();
    }

    @Test
    void withoutTheCandidateTriggersRowsStayBehind() throws Exception {
        assertThat(diverging(0, 40, Mutant.NO_CANDIDATES, 1)).isNotEmpty();
    }

    @Test
    void withoutTheOldKeyOfAnUpdateRowsStayBehind() throws Exception {
        assertThat(diverging(0, 40, Mutant.MOVED_KEY_NOT_LOGGED, 1)).isNotEmpty();
    }

    @Test
    void withImagesInsteadOfRowsReadAgainRowsAreStale() throws Exception {
        assertThat(diverging(0, 15, Mutant.IMAGES_IN_THE_LOG, 15)).anyMatch(d -> d.contains(" stale "));
    }

    @Test
    void withoutComparingTheKeysBytesRowsStayBehindUnderAnEqualKey() throws Exception {
        assertThat(diverging(0, 15, Mutant.ANY_EQUAL_KEY, 15))
                .anyMatch(d -> d.contains("nc phantom"))
                .anyMatch(d -> d.contains("mu phantom"));
    }

    private List<String> diverging(long firstSeed, int runs, Mutant mutant, int atMost) throws Exception {
        List<String> found = new ArrayList<>();
        for (long seed = firstSeed; seed < firstSeed + runs && found.size() < atMost; seed++) {
            List<String> differences = run(seed, mutant);
            if (!differences.isEmpty()) {
                found.add("seed " + seed + ": " + differences);
            }
        }
        return found;
    }

    private List<String> run(long seed, Mutant mutant) throws Exception {
        Random r = new Random(seed * 7919);
        Path path = folder.resolve("s" + seed + mutant + ".db");
        Files.createFile(path);
        Plan plan = plan(path, r);
        FuzzSource source = new FuzzSource(r);
        SqliteFile file = new SqliteFile(path);
        try (Connection c = file.openWriter();
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = wal");
            s.execute("PRAGMA synchronous = off");
            s.execute("BEGIN");
            for (FuzzSource.Table t : FuzzSource.TABLES) {
                s.execute(t.ddl());
            }
            for (String index : FuzzSource.INDEXES) {
                s.execute(index);
            }
            int before = r.nextInt(80);
            for (int i = 0; i < before; i++) {
                write(c, source.next());
            }
            s.execute("COMMIT");
            boolean first = r.nextBoolean();
            if (first) {
                install(s, plan, mutant);
            }
            for (String trigger : FuzzSource.APPLICATION_TRIGGERS) {
                s.execute(trigger);
            }
            if (!first) {
                install(s, plan, mutant);
            }
            Replica images = new Replica(plan);
            images.copy(c);
            try (Pipeline pipeline = new Pipeline(plan, file, mutant)) {
                s.execute("PRAGMA foreign_keys = " + (r.nextInt(10) < 7 ? 1 : 0));
                s.execute("PRAGMA recursive_triggers = " + (r.nextInt(10) < 2 ? 1 : 0));
                work(c, s, r, source, pipeline);
                pipeline.drain();
                if (mutant == Mutant.IMAGES_IN_THE_LOG) {
                    ImageLog.applyTo(images, c);
                    return images.differences(c);
                }
                return pipeline.replica.differences(c);
            }
        } finally {
            for (String suffix : List.of("", "-wal", "-shm", "-liteferry-turn")) {
                Files.deleteIfExists(Path.of(path + suffix));
            }
        }
    }

    /** Capture and its target, which can be stopped and started again from any position that was applied. */
    private static final class Pipeline implements AutoCloseable {
        private final Plan plan;
        private final SqliteFile file;
        private final Mutant mutant;
        private final LooseReread loose;
        private final List<Optional<AppliedPosition>> applied = new ArrayList<>(List.of(Optional.empty()));
        final Replica replica;
        private BatchReader reader;

        Pipeline(Plan plan, SqliteFile file, Mutant mutant) {
            this.plan = plan;
            this.file = file;
            this.mutant = mutant;
            this.loose = new LooseReread(plan, file);
            this.replica = new Replica(plan);
            this.reader = open(Optional.empty());
        }

        private BatchReader open(Optional<AppliedPosition> from) {
            SourceReader.Verification verification =
                    mutant == Mutant.NONE ? InstalledLog::problem : (log, table, now) -> Optional.empty();
            return new BatchReader(plan, Clock.systemUTC(), StartPoint.claim(file, plan, from), verification);
        }

        boolean read() throws Exception {
            Optional<Slice> slice = reader.next(0);
            if (slice.isPresent()) {
                replica.take(mutant == Mutant.ANY_EQUAL_KEY ? loose.of(slice.get()) : slice.get());
                slice.get()
                        .end()
                        .ifPresent(e -> applied.add(Optional.of(new AppliedPosition(
                                e.position(), e.batch(), e.schemaVersion(), e.tables(), e.consistent()))));
            }
            return slice.isPresent();
        }

        void drain() throws Exception {
            while (read()) {
                // until there is nothing more
            }
        }

        void restart(Random r) {
            reader.close();
            replica.restart();
            reader = open(applied.get(r.nextInt(applied.size())));
        }

        @Override
        public void close() throws SQLException {
            reader.close();
            loose.close();
        }
    }

    private static void work(Connection c, Statement s, Random r, FuzzSource source, Pipeline pipeline)
            throws Exception {
        boolean inTransaction = false;
        for (int i = 0; i < 150; i++) {
            double x = r.nextDouble();
            try {
                if (x < .04 && !inTransaction) {
                    s.execute("BEGIN");
                    inTransaction = true;
                } else if (x < .07 && inTransaction) {
                    s.execute("COMMIT");
                    inTransaction = false;
                } else if (x < .08 && inTransaction) {
                    s.execute("ROLLBACK");
                    inTransaction = false;
                } else if (x < .10 && inTransaction) {
                    s.execute("SAVEPOINT s");
                } else if (x < .12 && inTransaction) {
                    s.execute("ROLLBACK TO s");
                } else if (x < .20) {
                    pipeline.read();
                } else if (x < .22 && !inTransaction) {
                    pipeline.restart(r);
                } else {
                    write(c, source.next());
                }
            } catch (SQLException refused) {
                // A conflict, a missing savepoint: what the statement has not undone must be captured all the same.
                assertThat(refused.getMessage()).doesNotContain("_liteferry");
            }
        }
        if (inTransaction) {
            s.execute("COMMIT");
        }
    }

    static void drain(BatchReader reader, Replica replica) throws InterruptedException {
        for (Optional<Slice> slice = reader.next(0); slice.isPresent(); slice = reader.next(0)) {
            replica.take(slice.get());
        }
    }

    private static void write(Connection c, FuzzSource.Write write) throws SQLException {
        try (PreparedStatement ps = c.prepareStatement(write.sql())) {
            int n = 1;
            for (@Nullable Object p : write.parameters()) {
                ps.setObject(n++, p);
            }
            ps.executeUpdate();
        } catch (SQLException refused) {
            assertThat(refused.getMessage()).doesNotContain("_liteferry");
        }
    }

    private static void install(Statement s, Plan plan, Mutant mutant) throws SQLException {
        new SourceInstaller(plan).install();
        if (mutant == Mutant.IMAGES_IN_THE_LOG) {
            ImageLog.install(s);
        }
        for (FuzzSource.Table t : FuzzSource.TABLES) {
            if (mutant == Mutant.NO_CANDIDATES) {
                s.execute("DROP TRIGGER IF EXISTS _liteferry_bi_" + t.name());
                s.execute("DROP TRIGGER IF EXISTS _liteferry_bu_" + t.name());
            } else if (mutant == Mutant.MOVED_KEY_NOT_LOGGED) {
                String name = "_liteferry_au_" + t.name();
                String sql;
                try (var rs = s.executeQuery("SELECT sql FROM sqlite_master WHERE name = '" + name + "'")) {
                    sql = rs.getString(1);
                }
                s.execute("DROP TRIGGER " + name);
                s.execute(sql.substring(0, sql.indexOf(";\n") + 2) + "END");
            }
        }
    }

    private static Plan plan(Path path, Random r) {
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH, path.toString(),
                Options.MAX_BATCH_SIZE, String.valueOf(1 + r.nextInt(30)),
                Options.SNAPSHOT_CHUNK_SIZE, String.valueOf(1 + r.nextInt(5)),
                Options.POLL_INTERVAL_MS, "1"));
        List<TablePlan> tables = FuzzSource.TABLES.stream()
                .map(t -> TablePlan.simple(
                        t.name(),
                        t.key().isEmpty() ? KeyPlan.rowid() : new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, t.key()),
                        t.columns().stream()
                                .map(n -> ColumnPlan.plain(
                                        n, TargetType.parse("text").orElseThrow()))
                                .toList()))
                .toList();
        return new Plan("fuzz", options, tables);
    }
}
