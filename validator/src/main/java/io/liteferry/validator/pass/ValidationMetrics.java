package io.liteferry.validator.pass;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.validation.Consistency;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableTally;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The metrics of the passes, with the names of the conventions. */
public final class ValidationMetrics {
    private static final List<RowVerdict> KINDS =
            List.of(RowVerdict.ROW_DIFF, RowVerdict.MISSING_TARGET, RowVerdict.MISSING_SOURCE);

    private final MeterRegistry registry;
    private final Tags source;
    private final Map<String, AtomicReference<Double>> checks = new ConcurrentHashMap<>();
    private final AtomicLong ready = new AtomicLong();
    private volatile Consistency consistency = new Consistency(0, 0);
    private final Map<String, AtomicLong> open = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> lastClean = new ConcurrentHashMap<>();
    private final AtomicLong unverified = new AtomicLong();

    /** @param plan of one source; its name is a label where there are several */
    public ValidationMetrics(MeterRegistry registry, Plan plan, Progress progress) {
        this.registry = registry;
        this.source = plan.several() ? Tags.of("source", plan.source()) : Tags.empty();
        Gauge.builder("liteferry.validation.unverified.changes", unverified, AtomicLong::doubleValue)
                .description("Rows of the change log above the position up to which changed keys are verified.")
                .tags(source)
                .register(registry);
        Gauge.builder("liteferry.cutover.ready", ready, AtomicLong::doubleValue)
                .description("1 where the verdict is READY.")
                .tags(source)
                .register(registry);
        Gauge.builder("liteferry.validation.consistency.ratio", this, m -> share(m.consistency))
                .description("Equal rows of all rows known on either side.")
                .tags(source)
                .register(registry);
        for (TablePlan table : plan.tables()) {
            String name = table.source();
            for (RowVerdict kind : KINDS) {
                AtomicLong rows = new AtomicLong();
                open.put(name + "/" + kind.label(), rows);
                Gauge.builder("liteferry.validation.mismatched.rows", rows, AtomicLong::doubleValue)
                        .description("Rows that differ now, by what is wrong with them.")
                        .tags(source)
                        .tag("table", name)
                        .tag("kind", kind.label())
                        .register(registry);
            }
            Gauge.builder(
                            "liteferry.validation.pending.rows",
                            progress,
                            p -> p.running(name).pending())
                    .description("Rows in flight when they were compared, to be looked at again.")
                    .tags(source)
                    .tag("table", name)
                    .register(registry);
            Gauge.builder("liteferry.validation.progress.ratio", progress, p -> ratio(p, table))
                    .description("How far the pass over the table is.")
                    .tags(source)
                    .tag("table", name)
                    .register(registry);
            AtomicLong clean = new AtomicLong();
            lastClean.put(name, clean);
            Gauge.builder(
                            "liteferry.validation.last.clean.pass.timestamp.seconds",
                            clean,
                            seconds -> Math.max(seconds.get(), lastIfClean(progress, name)))
                    .description("When a pass over the table last ended with nothing different.")
                    .tags(source)
                    .tag("table", name)
                    .register(registry);
        }
    }

    /** Also what the validator before this one has seen. */
    private static long lastIfClean(Progress progress, String table) {
        return progress.last(table)
                .filter(r -> r.tally().clean())
                .map(r -> r.ended().getEpochSecond())
                .orElse(0L);
    }

    private static double ratio(Progress progress, TablePlan table) {
        long rows = progress.running(table.source()).rows();
        long expected =
                progress.tally(table.source()).map(TableTally::sourceRows).orElse(table.expectedRows());
        return expected == 0 ? 1 : Math.min(1, (double) rows / expected);
    }

    private static double share(Consistency c) {
        return c.known() == 0 ? 0 : (double) c.equal() / c.known();
    }

    /** The verdict of now. */
    public void verdict(VerdictDocument document) {
        ready.set(document.ready() ? 1 : 0);
        consistency = Consistency.of(document.tables());
        Set<String> made = new HashSet<>();
        for (VerdictDocument.Check c : document.checks()) {
            checks.computeIfAbsent(c.check(), this::check).set(c.ok() ? 1.0 : 0.0);
            made.add(c.check());
        }
        // In the other direction other checks are made.
        checks.forEach((name, ok) -> {
            if (!made.contains(name)) {
                ok.set(Double.NaN);
            }
        });
    }

    private AtomicReference<Double> check(String name) {
        AtomicReference<Double> ok = new AtomicReference<>(Double.NaN);
        Gauge.builder("liteferry.cutover.check", ok, AtomicReference::get)
                .description("1 where this check of the verdict is ok, NaN where it is not made now.")
                .tags(source)
                .tag("check", name)
                .register(registry);
        return ok;
    }

    void tallied(String table, TableTally tally, Instant ended) {
        tally.counts()
                .forEach((verdict, rows) -> registry.counter(
                                "liteferry.validation.rows", source.and("table", table, "result", verdict.label()))
                        .increment(rows));
        AtomicLong clean = lastClean.get(table);
        if (clean != null && tally.clean()) {
            clean.set(ended.getEpochSecond());
        }
    }

    /** @param rows of the change log whose keys are not verified */
    public void unverified(long rows) {
        unverified.set(rows);
    }

    /** @param rows open mismatches by table and kind */
    public void open(Map<String, Map<String, Long>> rows) {
        Map<String, Long> flat = new HashMap<>();
        rows.forEach((table, kinds) -> kinds.forEach((kind, count) -> flat.put(table + "/" + kind, count)));
        open.forEach((name, gauge) -> gauge.set(flat.getOrDefault(name, 0L)));
    }
}
