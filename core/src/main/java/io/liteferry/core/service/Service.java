package io.liteferry.core.service;

import org.jspecify.annotations.Nullable;

/**
 * A long-lived service. {@link #start()} returns once it runs; it then works in threads of its own until {@link
 * #close()}, which saves the position, ends within 30 s and may be called again. A failure inside ends the service and
 * stands in {@link #failure()}; it is logged once, there.
 */
public interface Service extends AutoCloseable {
    /** {@code capture}, {@code sink}, {@code validator} or {@code reverse}. */
    String name();

    void start();

    ServiceHealth health();

    /** Why the service has ended by itself, or null. */
    @Nullable
    Throwable failure();

    /** Where the admin endpoints answer, host:port; the port is the real one where 0 was asked for. */
    String adminAddress();

    @Override
    void close();
}
