package io.liteferry.capture;

import io.liteferry.capture.connector.CaptureEvents;
import io.liteferry.capture.read.ChangeRecord;
import io.liteferry.capture.read.Hold;
import io.liteferry.capture.read.Slice;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The figures behind {@code /metrics}. Counted when read. */
final class CaptureMetrics implements CaptureEvents {
    private final List<Map<Operation, Counter>> events = new ArrayList<>();
    private final Map<String, Long> expected = new ConcurrentHashMap<>();
    private final AtomicLong logRows = new AtomicLong();
    private final AtomicInteger running = new AtomicInteger();
    private volatile LongSupplier unchangedMillis;
    private volatile LongSupplier turnsMissed = () -> 0;
    private volatile LongSupplier unexplained = () -> 0;
    private volatile Supplier<Optional<Hold>> held = Optional::empty;

    /** @param plan of one source; its name is a label where there are several */
    CaptureMetrics(Plan plan, Clock clock, MeterRegistry registry) {
        Tags source = plan.several() ? Tags.of("source", plan.source()) : Tags.empty();
        // A source that never starts is behind from here on.
        long made = clock.millis();
        this.unchangedMillis = () -> made;
        for (TablePlan t : plan.tables()) {
            Map<Operation, Counter> counters = new EnumMap<>(Operation.class);
            for (Operation op : Operation.values()) {
                // A snapshot row is no event: it has a counter of its own.
                counters.put(
                        op,
                        op == Operation.SNAPSHOT
                                ? registry.counter("liteferry.snapshot.rows", source.and("table", t.source()))
                                : registry.counter(
                                        "liteferry.capture.events",
                                        source.and("table", t.source(), "op", String.valueOf(op.code()))));
            }
            events.add(counters);
            expected.put(t.source(), t.expectedRows());
            Gauge.builder("liteferry.snapshot.rows.expected", () -> expected.getOrDefault(t.source(), 0L))
                    .tags(source.and("table", t.source()))
                    .register(registry);
        }
        Gauge.builder("liteferry.change.log.rows", logRows::get).tags(source).register(registry);
        FunctionCounter.builder("liteferry.capture.turns.missed", this, m -> m.turnsMissed.getAsLong())
                .description("Reads that did not wait for the validator's: the WAL may not be reset meanwhile.")
                .tags(source)
                .register(registry);
        FunctionCounter.builder("liteferry.capture.unexplained.commits", this, m -> m.unexplained.getAsLong())
                .description("Commits that looked as if they had fired no trigger of ours. A hint, never a proof.")
                .tags(source)
                .register(registry);
        for (Hold.Kind kind : Hold.Kind.values()) {
            Gauge.builder(
                            "liteferry.capture.held",
                            () -> held.get().filter(h -> h.kind() == kind).isPresent() ? 1 : 0)
                    .description("1 while capture, or its snapshots, are paused or throttled for this reason.")
                    .tags(source.and("reason", kind.label()))
                    .register(registry);
        }
        Gauge.builder("liteferry.capture.running", running, AtomicInteger::get)
                .description("1 while the source is read, 0 before and after.")
                .tags(source)
                .register(registry);
        Gauge.builder("liteferry.capture.lag.seconds", () -> (clock.millis() - unchangedMillis.getAsLong()) / 1000.0)
                .tags(source)
                .register(registry);
    }

    @Override
    public void started(LongSupplier since, LongSupplier missed) {
        unchangedMillis = since;
        turnsMissed = missed;
        running.set(1);
    }

    @Override
    public void watching(LongSupplier unexplainedCommits, Supplier<Optional<Hold>> heldNow) {
        unexplained = unexplainedCommits;
        held = heldNow;
    }

    @Override
    public void failed(Throwable failure) {
        running.set(0);
    }

    private static boolean isOneKind(ChangeRecord a, ChangeRecord b) {
        return a.table() == b.table() && a.operation() == b.operation();
    }

    private void count(ChangeRecord kind, int records) {
        Objects.requireNonNull(events.get(kind.table()).get(kind.operation())).increment(records);
    }

    @Override
    public void read(Slice slice) {
        logRows.set(slice.logRows());
        List<ChangeRecord> records = slice.records();
        int first = 0;
        for (int i = 1; i <= records.size(); i++) {
            // A counter is slow beside a row: rows of one kind in a row are told together.
            if (i == records.size() || !isOneKind(records.get(first), records.get(i))) {
                count(records.get(first), i - first);
                first = i;
            }
        }
        slice.end().ifPresent(end -> {
            for (Map.Entry<String, TableProgress> e : end.tables().entrySet()) {
                expected.put(e.getKey(), e.getValue().expectedRows());
            }
        });
    }
}
