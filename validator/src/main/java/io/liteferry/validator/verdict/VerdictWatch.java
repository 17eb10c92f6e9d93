package io.liteferry.validator.verdict;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Json;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.compare.AppliedRow;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.LogCheck;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.PassResult;
import io.liteferry.validator.pass.Progress;
import io.liteferry.validator.pass.ValidationMetrics;
import io.liteferry.validator.pass.VerifiedRow;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Gathers the facts, makes the verdict and writes it: at each change, and once a second at the least. */
public final class VerdictWatch implements AutoCloseable {
    private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final Plan plan;
    private final Progress progress;
    private final LagWindow lag;
    private final ValidationMetrics metrics;
    private final Clock clock;
    private final Consumer<byte[]> changed;
    private final VerdictMaker maker;
    private final TargetObjects objects;
    private final Connection connection;
    private final LogCheck log;
    private String written = "";
    private long writtenAt;

    /** @param changed hears of each change of the verdict, with the document */
    public VerdictWatch(
            Plan plan,
            Progress progress,
            LagWindow lag,
            ValidationMetrics metrics,
            Clock clock,
            Consumer<byte[]> changed) {
        this.plan = plan;
        this.progress = progress;
        this.lag = lag;
        this.metrics = metrics;
        this.clock = clock;
        this.changed = changed;
        this.objects = new TargetObjects(plan);
        this.log = new LogCheck(new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH)));
        try {
            this.connection = PgConnections.of(plan.options()).open("liteferry-verdict");
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
        try {
            this.maker = new VerdictMaker(plan, VerdictDocument.latest(connection, plan.source()));
            connection.commit();
        } catch (SQLException e) {
            close();
            throw PgConnections.failure("Reading liteferry.verdict", e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @return the verdict of now */
    public VerdictDocument look() {
        try {
            boolean reversed = AppliedRow.closed(connection, plan.source());
            Facts facts = facts(reversed);
            metrics.open(facts.mismatches());
            VerdictDocument document = reversed
                    ? maker.reverse(facts, log.setAside(), progress)
                    : maker.make(
                            facts, SchemaRules.checks(facts, log.schemaVersion(), objects.look(connection)), progress);
            metrics.verdict(document);
            boolean change = !document.verdict().equals(written);
            if (change || System.nanoTime() - writtenAt > WRITE_NANOS) {
                byte[] json = Json.bytes(document);
                write(document, json, facts);
                written = document.verdict();
                writtenAt = System.nanoTime();
                if (change) {
                    changed.accept(json);
                }
            }
            connection.commit();
            return document;
        } catch (SQLException e) {
            throw PgConnections.failure("Reading what the verdict needs", e);
        }
    }

    private Facts facts(boolean reversed) throws SQLException {
        Optional<AppliedPosition> applied = AppliedRow.read(connection, plan.source());
        Map<String, Map<String, Long>> mismatches = new HashMap<>();
        counts("SELECT table_name, kind, count(*) FROM liteferry.validation_mismatch"
                        + " WHERE source = ? AND verified_at IS NULL GROUP BY 1, 2")
                .forEach((key, rows) -> mismatches
                        .computeIfAbsent(key.table(), t -> new HashMap<>())
                        .put(key.kind(), rows));
        Map<String, Long> quarantined = new HashMap<>();
        counts("SELECT table_name, '', count(*) FROM liteferry.quarantine WHERE source = ?"
                        + " AND discarded_at IS NULL GROUP BY 1")
                .forEach((key, rows) -> quarantined.put(key.table(), rows));
        long discarded = total("SELECT table_name, '', count(*) FROM liteferry.quarantine WHERE source = ?"
                + " AND discarded_at IS NOT NULL GROUP BY 1");
        long suspended = total(
                "SELECT table_name, '', count(*) FROM liteferry.suspended_constraint WHERE source = ? GROUP BY 1");
        return new Facts(
                clock.instant(),
                applied,
                applied.flatMap(log::broken),
                log.windows(),
                lag.read(System.nanoTime()),
                clean(applied.map(a -> Comparison.standing(a, reversed))),
                passes(),
                VerifiedRow.read(connection, plan.source()),
                mismatches,
                quarantined,
                suspended,
                discarded);
    }

    private Map<String, Integer> clean(Optional<Comparison.Standing> standing) {
        Map<String, Integer> clean = new HashMap<>();
        for (TablePlan t : plan.tables()) {
            standing.flatMap(s -> s.era(t))
                    .ifPresent(era -> clean.put(t.source(), progress.cleanInRow(t.source(), era)));
        }
        return clean;
    }

    private Map<String, PassResult> passes() {
        Map<String, PassResult> passes = new HashMap<>();
        plan.tables().forEach(t -> progress.last(t.source()).ifPresent(p -> passes.put(t.source(), p)));
        return passes;
    }

    private long total(String sql) throws SQLException {
        return counts(sql).values().stream().mapToLong(Long::longValue).sum();
    }

    private record Counted(String table, String kind) {}

    private Map<Counted, Long> counts(String sql) throws SQLException {
        Map<Counted, Long> counts = new HashMap<>();
        try (PreparedStatement ps = connection.prepareStatement(sql)) {
            ps.setString(1, plan.source());
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    counts.put(new Counted(rs.getString(1), rs.getString(2)), rs.getLong(3));
                }
            }
        }
        return counts;
    }

    private void write(VerdictDocument document, byte[] json, Facts facts) throws SQLException {
        try (PreparedStatement ps = connection.prepareStatement(
                "INSERT INTO liteferry.verdict (source, at, verdict, document) VALUES (?, ?, ?, ?::jsonb)"
                        + " ON CONFLICT (source) DO UPDATE SET at = excluded.at, verdict = excluded.verdict,"
                        + " document = excluded.document")) {
            ps.setString(1, plan.source());
            ps.setObject(2, facts.at().atOffset(ZoneOffset.UTC));
            ps.setString(3, document.verdict());
            ps.setString(4, new String(json, StandardCharsets.UTF_8));
            ps.executeUpdate();
        }
    }

    @Override
    public void close() {
        try (LogCheck l = log;
                Connection c = connection) {
            // both are closed, whichever fails
        } catch (SQLException e) {
            throw PgConnections.failure("Closing a connection", e);
        }
    }
}
