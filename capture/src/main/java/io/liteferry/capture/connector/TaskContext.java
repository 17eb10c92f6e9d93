package io.liteferry.capture.connector;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.connector.ConnectorConfiguration;
import io.liteferry.core.plan.Plan;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a task runs with. In a Connect cluster it comes from the migration file that the configuration names; the capture
 * service hands it over inside the process, by a token.
 */
public record TaskContext(Plan plan, Clock clock, Host host, CaptureEvents events) {
    /** Internal: the token of a context in this process. */
    public static final String TOKEN = "liteferry.context";

    /** Internal: the names of the sources that a task serves, separated by commas. */
    static final String SOURCES = "liteferry.sources";

    private static final Map<String, TaskContext> HANDED_OVER = new ConcurrentHashMap<>();

    /** Who runs the task, which decides what an acknowledgement looks like. */
    public enum Host {
        /** {@code commitRecord} on a producer's thread; without metadata the record was not written. */
        CONNECT,
        /** {@link Bundle}s; {@code commitRecord} on the polling thread before the next poll, always without metadata. */
        ENGINE
    }

    /** Keeps the context until {@link #withdraw}; returns its token. */
    public String handOver() {
        String token = UUID.randomUUID().toString();
        HANDED_OVER.put(token, this);
        return token;
    }

    public static void withdraw(String token) {
        HANDED_OVER.remove(token);
    }

    static TaskContext of(Map<String, String> configuration) {
        String token = configuration.get(TOKEN);
        if (token != null) {
            TaskContext context = HANDED_OVER.get(token);
            if (context == null) {
                throw new LiteferryException(
                        ErrorCode.INTERNAL, "Starting the capture task: its context is gone. Start the service again.");
            }
            return context.serving(configuration);
        }
        Plan laidOver = ConnectorConfiguration.plan(configuration);
        return new TaskContext(laidOver, Clock.systemUTC(), Host.CONNECT, CaptureEvents.IGNORED).serving(configuration);
    }

    private TaskContext serving(Map<String, String> configuration) {
        String names = configuration.getOrDefault(SOURCES, "");
        return names.isEmpty()
                ? this
                : new TaskContext(plan.serving(List.of(names.split(",", -1))), clock, host, events);
    }
}
