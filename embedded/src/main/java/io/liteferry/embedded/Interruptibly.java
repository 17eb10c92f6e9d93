package io.liteferry.embedded;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting for a process; an interrupt ends the wait as a failure. */
final class Interruptibly {
    private Interruptibly() {}

    static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static boolean waitFor(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static EmbeddedServerException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new EmbeddedServerException("Interrupted while waiting for the embedded PostgreSQL.", e);
    }
}
