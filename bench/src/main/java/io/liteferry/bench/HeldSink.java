package io.liteferry.bench;

import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.ServiceHealth;
import io.liteferry.sink.SinkEvents;
import io.liteferry.sink.SourceSink;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.stream.ConsumedStream;
import io.liteferry.sink.stream.RecordStream;
import io.liteferry.sink.write.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Our sink, which reads only while it is let: what it is to apply stands in Kafka before the clock starts. */
final class HeldSink implements AutoCloseable {
    private static final long LIMIT_SECONDS = 300;

    private final SourceSink sink;
    private boolean open;
    private long reached = -1;

    /** @param plan of one source, applied to its target */
    HeldSink(Plan plan) {
        Plan source = plan.perSource().get(0);
        sink = new SourceSink(
                source,
                Clock.systemUTC(),
                new Progress(),
                new ServiceHealth(),
                () -> new Held(new ConsumedStream(source)));
        sink.start();
    }

    /**
     * Lets it read until its target is at this row of the log.
     *
     * @return nanoseconds until that was committed
     */
    synchronized long apply(long seq) throws InterruptedException {
        long from = System.nanoTime();
        open = true;
        notifyAll();
        while (reached < seq) {
            Throwable failure = sink.failure();
            if (failure != null) {
                throw new IllegalStateException("the sink has ended", failure);
            }
            if (System.nanoTime() - from > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new IllegalStateException("the sink is at row " + reached + " and not at " + seq);
            }
            TimeUnit.MILLISECONDS.timedWait(this, 100);
        }
        long nanos = System.nanoTime() - from;
        open = false;
        return nanos;
    }

    private synchronized boolean awaitOpen(Duration patience) {
        try {
            if (!open) {
                TimeUnit.MILLISECONDS.timedWait(this, Math.max(1, patience.toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return open;
    }

    @Override
    public void close() {
        sink.stop();
        sink.join();
    }

    private final class Progress implements SinkEvents {
        @Override
        public void applied(WholeBatch batch, Outcome outcome, long nanos, long nowMillis) {
            synchronized (HeldSink.this) {
                reached = batch.last().position().seq();
                HeldSink.this.notifyAll();
            }
        }
    }

    private final class Held implements RecordStream {
        private final RecordStream stream;

        Held(RecordStream stream) {
            this.stream = stream;
        }

        @Override
        public void read(Receiver receiver, Duration patience) {
            if (awaitOpen(patience)) {
                stream.read(receiver, patience);
            }
        }

        @Override
        public void seek(long[] offsets) {
            stream.seek(offsets);
        }

        @Override
        public void limitTo(boolean[] wanted) {
            stream.limitTo(wanted);
        }

        @Override
        public void applied(long[] offsets) {
            stream.applied(offsets);
        }

        @Override
        public long lag(int topic) {
            return stream.lag(topic);
        }

        @Override
        public boolean connected() {
            return stream.connected();
        }

        @Override
        public void wakeUp() {
            stream.wakeUp();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
