package io.liteferry.cutover.reverse;

import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.plan.Plan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The reverse feed's metrics by their documented names. */
final class ReverseMetrics implements ReverseEvents {
    private final MeterRegistry registry;
    private final Tags source;
    private final AtomicLong lagMillis = new AtomicLong();
    private final AtomicLong quarantined = new AtomicLong();
    private final AtomicLong retained = new AtomicLong();

    /** @param plan of one source; its name is a label where there are several */
    ReverseMetrics(Plan plan, MeterRegistry registry) {
        this.registry = registry;
        source = plan.several() ? Tags.of("source", plan.source()) : Tags.empty();
        registry.gauge("liteferry_reverse_lag_seconds", source, lagMillis, m -> m.get() / 1_000.0);
        registry.gauge("liteferry_reverse_quarantined_rows", source, quarantined);
        registry.gauge("liteferry_reverse_slot_retained_bytes", source, retained);
    }

    @Override
    public void written(List<ReverseRecord> transaction) {
        for (ReverseRecord r : transaction) {
            if (!r.table().isEmpty()) {
                String op = r.op() == null ? "truncate" : r.op().name().toLowerCase(Locale.ROOT);
                Counter.builder("liteferry_reverse_events_total")
                        .tags(source)
                        .tag("table", r.table())
                        .tag("op", op)
                        .register(registry)
                        .increment();
            }
        }
    }

    @Override
    public void committed(ReversePosition position, long quarantined) {
        this.quarantined.set(quarantined);
    }

    @Override
    public void lag(long millis) {
        lagMillis.set(millis);
    }

    void slot(ReplicationSlot.Health health) {
        retained.set(health.retainedBytes());
    }
}
