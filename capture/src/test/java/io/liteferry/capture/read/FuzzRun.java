package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.capture.install.InstalledLog;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.capture.read.FuzzTables.Table;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One seed: an application with several connections, capture that is stopped and started again, a target. */
final class FuzzRun implements AutoCloseable {
    private static final int STEPS = 150;

    /** A rule of the design taken away. */
    enum Mutant {
        NONE,
        NO_CANDIDATES,
        MOVED_KEY_NOT_LOGGED,
        DELETES_LOGGED_AFTERWARDS,
        IMAGES_IN_THE_LOG,
        ANY_EQUAL_KEY,
        TRIGGERS_NOT_MADE_AGAIN,
        NO_SNAPSHOT_AFTER_VACUUM,
        NO_SWEEP;

        boolean changesTheSchema() {
            return verifies() || this == TRIGGERS_NOT_MADE_AGAIN;
        }

        boolean verifies() {
            return this == NONE || this == NO_SNAPSHOT_AFTER_VACUUM || this == NO_SWEEP;
        }
    }

    private final Mutant mutant;
    private final Random r;
    private final Path path;
    private final SqliteFile file;
    private final List<Table> tables;
    private final Plan plan;
    private final FuzzSource source;
    private final List<Connection> writers = new ArrayList<>();
    private final Connection first;
    private final Statement s;
    private final FuzzSchema schema;
    private final boolean changing;
    private int compared;
    /** The connection with an open transaction. */
    private @Nullable Connection holder;

    FuzzRun(Path folder, long seed, Mutant mutant) throws Exception {
        this.mutant = mutant;
        this.r = new Random(seed * 7919);
        this.path = Files.createFile(folder.resolve("s" + seed + mutant + ".db"));
        this.file = new SqliteFile(path);
        this.tables = FuzzTables.some(r, 6);
        this.changing = mutant.changesTheSchema() && r.nextBoolean();
        this.plan = plan(path, tables, r);
        this.source = new FuzzSource(r, tables);
        this.first = file.openWriter();
        this.s = first.createStatement();
        this.schema = new FuzzSchema(r, tables, first);
    }

    /** What differs in the end between the source and the target. */
    List<String> differences() throws Exception {
        s.execute("PRAGMA journal_mode = wal");
        s.execute("PRAGMA synchronous = off");
        s.execute("BEGIN");
        for (Table t : tables) {
            s.execute(t.ddl());
            for (String index : t.indexes()) {
                s.execute(index);
            }
        }
        s.execute("COMMIT");
        int before = r.nextInt(80);
        for (int i = 0; i < before; i++) {
            write(first, source.next());
        }
        boolean captureFirst = r.nextBoolean();
        if (captureFirst) {
            install();
        }
        for (Table t : tables) {
            for (String trigger : t.triggers()) {
                s.execute(trigger);
            }
        }
        if (captureFirst && mutant.verifies()) {
            // One on INSERT would suspend its table, where something may fail; the changes of the schema try that.
            new SourceInstaller(plan).install();
        }
        if (!captureFirst) {
            install();
        }
        openWriters();
        Replica images = new Replica(plan);
        images.copy(first);
        try (Pipeline pipeline = new Pipeline()) {
            work(pipeline);
            pipeline.drain();
            if (mutant == Mutant.IMAGES_IN_THE_LOG) {
                ImageLog.applyTo(images, first, tables);
                return images.differences(first);
            }
            if (changing) {
                schema.undoAll();
                if (mutant.verifies()) {
                    pipeline.drain();
                    pipeline.apply();
                }
                pipeline.restart();
                pipeline.drain();
            }
            compared = pipeline.replica.compared();
            return pipeline.replica.differences(first);
        }
    }

    /** How many of the tables were not suspended in the end, where the schema was changed. */
    int compared() {
        return compared;
    }

    /** How many tables there are, where the schema was changed. */
    int changed() {
        return changing ? tables.size() : 0;
    }

    /** The application's connections: plain, one with a trigger of its own, one that has the file attached. */
    private void openWriters() throws SQLException {
        writers.add(first);
        writers.add(file.openWriter());
        Connection attached = DriverManager.getConnection("jdbc:sqlite::memory:");
        writers.add(attached);
        try (Statement a = attached.createStatement()) {
            a.execute("ATTACH " + Sql.text(path.toString()) + " AS src");
        }
        for (Connection c : writers) {
            try (Statement own = c.createStatement()) {
                own.execute("PRAGMA busy_timeout = 0");
                own.execute("PRAGMA synchronous = off");
                own.execute("PRAGMA foreign_keys = " + (r.nextInt(10) < 7 ? 1 : 0));
                own.execute("PRAGMA recursive_triggers = " + (r.nextInt(10) < 2 ? 1 : 0));
            }
        }
        Table t = tables.get(r.nextInt(tables.size()));
        try (Statement own = writers.get(1).createStatement()) {
            String column = Sql.name(t.columns().get(0));
            own.execute("CREATE TEMP TRIGGER own AFTER INSERT ON main." + t.sqlName() + " WHEN NEW." + column
                    + " = 2 BEGIN DELETE FROM " + t.sqlName() + " WHERE " + column + " = NEW." + column + "; END");
            for (String event : List.of("UPDATE", "DELETE")) {
                own.execute("CREATE TEMP TRIGGER quiet_" + event + " AFTER " + event + " ON main." + t.sqlName()
                        + " WHEN OLD." + column + " = 1 BEGIN SELECT RAISE(IGNORE); END");
            }
        }
    }

    private void work(Pipeline pipeline) throws Exception {
        for (int i = 0; i < STEPS; i++) {
            double x = r.nextDouble();
            Connection c = holder != null && r.nextInt(5) > 0 ? holder : writers.get(r.nextInt(writers.size()));
            try {
                if (x < .05 && holder == null) {
                    execute(c, r.nextBoolean() ? "BEGIN" : "BEGIN IMMEDIATE");
                    holder = c;
                } else if (x < .08 && holder != null) {
                    execute(holder, "COMMIT");
                    holder = null;
                } else if (x < .09 && holder != null) {
                    execute(holder, "ROLLBACK");
                    holder = null;
                    schema.rolledBack();
                } else if (x < .13 && holder != null) {
                    execute(
                            holder,
                            List.of("SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO b", "RELEASE a")
                                    .get(r.nextInt(5)));
                } else if (x < .20) {
                    pipeline.read();
                } else if (x < .22 && holder == null) {
                    pipeline.restart();
                } else if (x < .25 && changing && (holder == null || holder == first)) {
                    schema.change(holder != null);
                } else if (x < .255 && changing) {
                    pipeline.snapshotAgain();
                } else if (x < .27 && changing && mutant.verifies() && holder == null && schema.whole()) {
                    pipeline.apply();
                } else {
                    write(c, source.next());
                }
            } catch (SQLException refused) {
                // A conflict, a lock, a missing savepoint: what was not undone must be captured all the same.
                assertThat(refused.getMessage()).doesNotContain("_liteferry");
            }
            if (holder != null && !stillOpen(holder)) {
                holder = null;
                schema.rolledBack();
            }
        }
        Connection last = holder;
        if (last != null) {
            try {
                execute(last, "COMMIT");
            } catch (SQLException deferredForeignKey) {
                execute(last, "ROLLBACK");
                schema.rolledBack();
            }
            holder = null;
        }
    }

    private static void execute(Connection c, String sql) throws SQLException {
        try (Statement own = c.createStatement()) {
            own.execute(sql);
        }
    }

    /** Some conflicts end the whole transaction. */
    private static boolean stillOpen(Connection c) throws SQLException {
        try (Statement own = c.createStatement()) {
            own.execute("BEGIN");
            own.execute("ROLLBACK");
            return false;
        } catch (SQLException withinTransaction) {
            return true;
        }
    }

    private static void write(Connection c, FuzzSource.Write write) throws SQLException {
        try (PreparedStatement ps = c.prepareStatement(write.sql())) {
            int n = 1;
            for (@Nullable Object p : write.parameters()) {
                ps.setObject(n++, p);
            }
            if (write.answers()) {
                try (ResultSet rs = ps.executeQuery()) {
                    while (rs.next()) {
                        // To its end, as an application would.
                    }
                }
            } else {
                ps.executeUpdate();
            }
        } catch (SQLException refused) {
            assertThat(refused.getMessage()).doesNotContain("_liteferry");
        }
    }

    private void install() throws SQLException {
        new SourceInstaller(plan).install();
        if (mutant == Mutant.IMAGES_IN_THE_LOG) {
            ImageLog.install(s, tables);
        }
        for (Table t : tables) {
            String update = "_liteferry_bu_" + t.name();
            if (mutant == Mutant.NO_CANDIDATES) {
                s.execute("DROP TRIGGER IF EXISTS " + Sql.name("_liteferry_bi_" + t.name()));
                TriggerMutants.rewrite(first, update, TriggerMutants::withoutCandidates);
            } else if (mutant == Mutant.MOVED_KEY_NOT_LOGGED) {
                s.execute("DROP TRIGGER IF EXISTS " + Sql.name("_liteferry_au_" + t.name()));
                TriggerMutants.rewrite(first, update, TriggerMutants::withoutNewKey);
            } else if (mutant == Mutant.DELETES_LOGGED_AFTERWARDS) {
                TriggerMutants.rewrite(
                        first, "_liteferry_bd_" + t.name(), sql -> sql.replace("BEFORE DELETE", "AFTER DELETE"));
            }
        }
    }

    static Plan plan(Path path, List<Table> tables, Random r) {
        Options options = Options.of(Map.of(
                Options.DATABASE_FILE_PATH, path.toString(),
                Options.MAX_BATCH_SIZE, String.valueOf(1 + r.nextInt(30)),
                Options.SNAPSHOT_CHUNK_SIZE, String.valueOf(1 + r.nextInt(5)),
                Options.POLL_INTERVAL_MS, "1"));
        List<TablePlan> planned = tables.stream()
                .map(t -> TablePlan.simple(
                        t.name(),
                        t.key().isEmpty() ? KeyPlan.rowid() : new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, t.key()),
                        t.columns().stream()
                                .map(n -> ColumnPlan.plain(
                                        n, TargetType.parse("text").orElseThrow()))
                                .toList()))
                .toList();
        return new Plan("fuzz", options, planned);
    }

    /** Capture and its target, which can be stopped and started again from any position that was applied. */
    private final class Pipeline implements AutoCloseable {
        private final LooseReread loose = new LooseReread(plan, file);
        private final List<Optional<AppliedPosition>> applied = new ArrayList<>(List.of(Optional.empty()));
        final Replica replica = mutant == Mutant.NO_SWEEP ? new Replica(plan).withoutSweep() : new Replica(plan);
        private BatchReader reader = open(Optional.empty());

        private BatchReader open(Optional<AppliedPosition> from) {
            return new BatchReader(
                    plan, Clock.systemUTC(), StartPoint.claim(file, plan, from).following(last()), verification());
        }

        private Optional<BatchEnd> last() {
            return Optional.ofNullable(replica.last());
        }

        private SchemaCheck.Verification verification() {
            if (mutant == Mutant.NO_SNAPSHOT_AFTER_VACUUM) {
                return new RowidsStay();
            }
            return mutant.verifies() ? InstalledLog::problem : (log, table, now) -> Optional.empty();
        }

        boolean read() throws Exception {
            Optional<Slice> slice = reader.next(0);
            schema.seen();
            if (slice.isPresent()) {
                replica.take(mutant == Mutant.ANY_EQUAL_KEY ? loose.of(slice.get()) : slice.get());
                slice.get().end().ifPresent(e -> applied.add(Optional.of(e.applied())));
            }
            return slice.isPresent();
        }

        void drain() throws Exception {
            while (read()) {
                // until there is nothing more
            }
        }

        /** As {@code liteferry apply}: with the columns that the target has. */
        void apply() {
            try {
                new SourceInstaller(EvolvedPlan.of(
                                plan, last().map(BatchEnd::evolution).orElse(Map.of())))
                        .install();
            } catch (LiteferryException keyRenamed) {
                // Refused until capture has seen it.
                assertThat(keyRenamed).hasMessageContaining("no key column");
            }
        }

        void snapshotAgain() {
            reader.control()
                    .snapshot(List.of(tables.get(r.nextInt(tables.size())).name()));
        }

        void restart() {
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

    @Override
    public void close() throws Exception {
        for (Connection c : writers) {
            c.close();
        }
        first.close();
        for (String suffix : List.of("", "-wal", "-shm", "-liteferry-turn")) {
            Files.deleteIfExists(Path.of(path + suffix));
        }
    }

    /** As a capture that knows of VACUUM nothing but the version it moves. */
    private static final class RowidsStay implements SchemaCheck.Verification {
        @Override
        public Optional<String> problem(InstalledLog log, TablePlan table, Optional<SourceTable> now) {
            return log.problem(table, now);
        }

        @Override
        public boolean renumbered(TablePlan table) {
            return false;
        }
    }
}
