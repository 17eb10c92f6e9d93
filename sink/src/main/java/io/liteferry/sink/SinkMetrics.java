package io.liteferry.sink;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.write.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The sink's metrics by their documented names. */
final class SinkMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Timer batches = Timer.builder("liteferry_sink_batch")
            .description("Time of one transaction, which may hold several batches")
            .publishPercentileHistogram()
            .register(registry);
    private final Timer endToEnd = Timer.builder("liteferry_end_to_end_lag")
            .description("Commit in SQLite to visible in PostgreSQL; an upper bound")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofMinutes(10))
            .register(registry);
    private final AtomicLong lagMillis = new AtomicLong();
    private final Map<String, AtomicLong> lagRecords = new ConcurrentHashMap<>();

    SinkMetrics() {
        registry.gauge("liteferry_sink_lag_seconds", lagMillis, m -> m.get() / 1_000.0);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    void applied(WholeBatch batch, Outcome outcome, long nanos, long nowMillis) {
        batches.record(Duration.ofNanos(nanos));
        for (BatchEnd end : batch.ends()) {
            endToEnd.record(Duration.ofMillis(Math.max(0, nowMillis - end.sinceMillis())));
        }
        outcome.rows()
                .forEach((table, counts) -> counts.forEach((op, count) -> Counter.builder("liteferry_sink_rows_total")
                        .tag("table", table)
                        .tag("op", String.valueOf(op.code()))
                        .register(registry)
                        .increment(count)));
        outcome.quarantined().forEach(this::quarantined);
    }

    void quarantined(Outcome.Quarantined q) {
        Counter.builder("liteferry_sink_quarantined_total")
                .tag("table", q.table())
                .tag("reason", q.label())
                .register(registry)
                .increment();
    }

    /** @param millis how far the target is behind; 0 where nothing waits */
    void lag(long millis) {
        lagMillis.set(millis);
    }

    void lag(List<String> topics, StreamReader reader) {
        for (String topic : topics) {
            lagRecords
                    .computeIfAbsent(topic, t -> {
                        AtomicLong value = new AtomicLong();
                        Gauge.builder("liteferry_sink_lag_records", value, AtomicLong::get)
                                .tag("topic", t)
                                .tag("partition", "0")
                                .register(registry);
                        return value;
                    })
                    .set(reader.lag(topic));
        }
    }
}
