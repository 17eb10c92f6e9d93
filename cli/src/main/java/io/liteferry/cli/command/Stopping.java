package io.liteferry.cli.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and Ctrl-C: asks the command to stop, and holds the JVM until it has, so that positions are saved. The command
 * closes it last.
 */
final class Stopping implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile int exitCode;
    private final Thread hook = new Thread(this::askAndWait, "stopping");

    Stopping() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void askAndWait() {
        asked.countDown();
        try {
            if (stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                // Else the JVM would end with 128 + the signal, though the stop that was asked for went well.
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the process ends with after a signal; 0 unless a command that was to end with a result was cut off. */
    int exitCodeWhenStopped(int code) {
        exitCode = code;
        return code;
    }

    /** Waits for the request to stop, at the most this long; true once it came. */
    boolean await(Duration atMost) throws InterruptedException {
        return asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            asked.countDown(); // the hook already runs: it was the signal that stopped us
        }
    }
}
