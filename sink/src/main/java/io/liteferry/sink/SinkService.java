package io.liteferry.sink;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.SourcesService;
import io.liteferry.sink.stream.ConsumedStream;
import java.time.Clock;

/** The sink as a service: for each source a thread that reads its topics and applies whole batches to PostgreSQL. */
public final class SinkService extends SourcesService {
    public SinkService(Plan plan, Clock clock) {
        super(
                "sink",
                plan,
                Options.SINK_ADMIN_ADDRESS,
                (source, health, registry) -> new SourceSink(
                        source,
                        clock,
                        new SinkMetrics(source, registry),
                        health.of(source, "kafka", "postgres", "stream"),
                        () -> new ConsumedStream(source)));
    }
}
