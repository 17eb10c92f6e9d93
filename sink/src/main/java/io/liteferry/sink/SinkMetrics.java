package io.liteferry.sink;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.plan.Plan;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.write.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The sink's metrics by their documented names. */
final class SinkMetrics implements SinkEvents {
    private final MeterRegistry registry;
    private final Tags source;
    private final String partition;
    private final Timer batches;
    private final Timer endToEnd;
    private final AtomicInteger running = new AtomicInteger(1);
    private final AtomicLong lagMillis = new AtomicLong();
    private final Map<String, AtomicLong> lagRecords = new ConcurrentHashMap<>();

    /** @param plan of one source; its name is a label where there are several */
    SinkMetrics(Plan plan, MeterRegistry registry) {
        this.registry = registry;
        source = plan.several() ? Tags.of("source", plan.source()) : Tags.empty();
        partition = String.valueOf(plan.partition());
        batches = Timer.builder("liteferry_sink_batch")
                .description("Time of one transaction, which may hold several batches")
                .tags(source)
                .publishPercentileHistogram()
                .register(registry);
        endToEnd = Timer.builder("liteferry_end_to_end_lag")
                .description("Commit in SQLite to visible in PostgreSQL; an upper bound")
                .tags(source)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry);
        registry.gauge("liteferry_sink_lag_seconds", source, lagMillis, m -> m.get() / 1_000.0);
        registry.gauge("liteferry_sink_running", source, running);
    }

    @Override
    public void ended() {
        running.set(0);
    }

    @Override
    public void applied(WholeBatch batch, Outcome outcome, long nanos, long nowMillis) {
        batches.record(Duration.ofNanos(nanos));
        for (BatchEnd end : batch.ends()) {
            endToEnd.record(Duration.ofMillis(Math.max(0, nowMillis - end.sinceMillis())));
        }
        outcome.rows()
                .forEach((table, counts) -> counts.forEach((op, count) -> Counter.builder("liteferry_sink_rows_total")
                        .tags(source)
                        .tag("table", table)
                        .tag("op", String.valueOf(op.code()))
                        .register(registry)
                        .increment(count)));
        outcome.swept()
                .forEach((table, count) -> Counter.builder("liteferry_sink_swept_total")
                        .description("Rows deleted because a new snapshot of their table did not find them")
                        .tag("table", table)
                        .register(registry)
                        .increment(count));
        outcome.detached()
                .forEach((table, count) -> Counter.builder("liteferry_sink_detached_total")
                        .description("Rows left out because somebody has detached their partition")
                        .tags(source)
                        .tag("table", table)
                        .register(registry)
                        .increment(count));
        outcome.quarantined().forEach(this::quarantined);
    }

    @Override
    public void quarantined(Outcome.Quarantined q) {
        Counter.builder("liteferry_sink_quarantined_total")
                .tags(source)
                .tag("table", q.table())
                .tag("reason", q.label())
                .register(registry)
                .increment();
    }

    @Override
    public void lag(long millis) {
        lagMillis.set(millis);
    }

    @Override
    public void lag(String topic, long records) {
        lagRecords
                .computeIfAbsent(topic, t -> {
                    AtomicLong value = new AtomicLong();
                    Gauge.builder("liteferry_sink_lag_records", value, AtomicLong::get)
                            .tags(source)
                            .tag("topic", t)
                            .tag("partition", partition)
                            .register(registry);
                    return value;
                })
                .set(records);
    }
}
