package io.liteferry.cli.local;

import io.liteferry.capture.CaptureService;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.cutover.reverse.ReverseService;
import io.liteferry.sink.SinkService;
import io.liteferry.validator.ValidatorService;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The services of one migration that run in this process. */
public final class Pipeline implements AutoCloseable {
    /** A service by name. */
    public enum Part {
        CAPTURE,
        SINK,
        VALIDATOR,
        /** Rests until the switch, then carries what is written to PostgreSQL back to SQLite. */
        REVERSE;

        /** Every part that a migration has: without the reverse feed where its options give it up. */
        public static Set<Part> of(Plan plan) {
            Set<Part> parts = EnumSet.allOf(Part.class);
            if (!plan.options().flag(Options.CUTOVER_REVERSE_ENABLED)) {
                parts.remove(REVERSE);
            }
            return parts;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final List<Service> services = new ArrayList<>();

    /** Starts them in the order a row travels. */
    public static Pipeline start(Plan plan, Clock clock, Set<Part> parts) {
        Pipeline pipeline = new Pipeline();
        try {
            for (Part part : EnumSet.copyOf(parts)) {
                Service service = switch (part) {
                    case CAPTURE -> new CaptureService(plan, clock);
                    case SINK -> new SinkService(plan, clock);
                    case VALIDATOR -> new ValidatorService(plan, clock);
                    case REVERSE -> new ReverseService(plan, clock);
                };
                pipeline.services.add(service);
                service.start();
            }
            return pipeline;
        } catch (RuntimeException e) {
            try {
                pipeline.close();
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    public List<Service> services() {
        return List.copyOf(services);
    }

    /** Throws what ended a service by itself, if one ended. */
    public void failIfEnded() {
        for (Service service : services) {
            Throwable failure = service.failure();
            if (failure instanceof LiteferryException known) {
                throw known;
            }
            if (failure != null) {
                throw new LiteferryException(
                        ErrorCode.SERVICE_FAILED,
                        "Running the " + service.name() + ": " + failure
                                + ". Its log says where; start it again with liteferry run " + service.name() + ".",
                        failure);
            }
        }
    }

    /** Stops all, the last started first; the position is safe afterwards. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (int i = services.size() - 1; i >= 0; i--) {
            try {
                services.get(i).close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
