package io.liteferry.cutover.reverse;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.SourcesService;
import java.time.Clock;

/**
 * The reverse feed as a service: for each source a thread that rests until the switch, then carries what the application
 * writes to PostgreSQL back to SQLite, until a rollback lets it rest again.
 */
public final class ReverseService extends SourcesService {
    public ReverseService(Plan plan, Clock clock) {
        super(
                "reverse",
                plan,
                Options.REVERSE_ADMIN_ADDRESS,
                (source, health, registry) -> new SourceReverse(
                        source, clock, health.of(source, SourceReverse.FEED), new ReverseMetrics(source, registry)));
    }
}
