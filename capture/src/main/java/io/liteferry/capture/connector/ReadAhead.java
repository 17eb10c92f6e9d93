package io.liteferry.capture.connector;

import io.liteferry.capture.read.BatchReader;
import io.liteferry.capture.read.Slice;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the next slice while the one before it is being sent. One slice is being read, one waits, one is being sent: with
 * their limit of bytes that is all the memory capture needs.
 */
final class ReadAhead implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 100;

    private final BatchReader reader;
    private final CaptureEvents events;
    private final Runnable bell;
    private final BlockingQueue<Slice> waiting = new ArrayBlockingQueue<>(1);
    private final Thread thread = new Thread(this::run, "capture-reader");
    private volatile boolean closed;
    private volatile @Nullable RuntimeException failure;

    /** @param bell rung when there is something to take */
    ReadAhead(BatchReader reader, CaptureEvents events, Runnable bell) {
        this.reader = reader;
        this.events = events;
        this.bell = bell;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (reader) {
            while (!closed) {
                Slice next = reader.awaitDue(PATIENCE_MILLIS)
                        ? reader.next(PATIENCE_MILLIS).orElse(null)
                        : null;
                boolean taken = next == null;
                if (next != null) {
                    events.read(next);
                }
                while (!closed && !taken) {
                    taken = waiting.offer(next, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                    bell.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failed(e);
        } catch (Error e) {
            // Without this the thread would be gone and the polling thread would wait for ever, looking healthy.
            failed(new LiteferryException(
                    ErrorCode.INTERNAL,
                    "Reading changes: " + e + ". Start capture again, with more memory if that was short.",
                    e));
        }
    }

    private void failed(RuntimeException reason) {
        failure = reason;
        events.failed(reason);
        bell.run();
    }

    /** The next slice where there is one, or what has ended the reading. */
    Optional<Slice> take() {
        Slice next = waiting.poll();
        RuntimeException ended = failure;
        if (next == null && ended != null) {
            throw ended;
        }
        return Optional.ofNullable(next);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
