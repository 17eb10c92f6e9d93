package io.liteferry.sink.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records that Kafka Connect hands over, kept until the sink's thread takes them. Connect's thread carries out what the
 * sink's thread asks for (to seek, to wait with a topic), because only it may touch the consumer.
 */
public final class HandedStream implements RecordStream {
    /** Above it, no topic is read on; what one poll brings comes on top. */
    private static final long MOST_BYTES = 16 << 20;

    private record Handed(int topic, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        private long bytes() {
            return (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        }
    }

    private final int topics;
    private List<Handed> waiting = new ArrayList<>();
    private long bytes;
    private long @Nullable [] wantedSeek;
    private boolean taking;
    private boolean[] wantedTopics = new boolean[0];
    private long[] applied = new long[0];
    private boolean woken;
    private boolean closed;

    /** @param topics how many there are, that of the ENDs included */
    public HandedStream(int topics) {
        this.topics = topics;
    }

    /** Records come from here on: what is handed over before Connect has carried it out is not taken. */
    @Override
    public synchronized void seek(long[] offsets) {
        waiting = new ArrayList<>();
        bytes = 0;
        taking = false;
        closed = false;
        applied = offsets.clone();
        wantedSeek = offsets.clone();
    }

    /**
     * Where Connect is to read on, if the sink's thread has asked for it since the last call. It does so before its next
     * poll; records handed over from then on are taken.
     */
    public synchronized Optional<long[]> takeSeek() {
        long[] wanted = wantedSeek;
        if (wanted == null) {
            return Optional.empty();
        }
        wantedSeek = null;
        taking = true;
        return Optional.of(wanted);
    }

    /** Takes one record from Connect. */
    public synchronized void hand(int topic, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        if (!taking) {
            return;
        }
        Handed record = new Handed(topic, offset, key, value);
        waiting.add(record);
        bytes += record.bytes();
        notifyAll();
    }

    @Override
    public void read(Receiver receiver, Duration patience) {
        for (Handed r : take(patience)) {
            receiver.accept(r.topic, r.offset, r.key, r.value);
        }
    }

    private synchronized List<Handed> take(Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (waiting.isEmpty() && !woken && left > 0) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                woken = true;
            }
            left = Duration.ofNanos(until - System.nanoTime()).toMillis();
        }
        woken = false;
        List<Handed> taken = waiting;
        waiting = new ArrayList<>();
        bytes = 0;
        return taken;
    }

    @Override
    public synchronized void limitTo(boolean[] wanted) {
        wantedTopics = wanted.clone();
    }

    /** Which topics Connect is to read on now, by number. */
    public synchronized boolean[] wanted() {
        boolean[] wanted = new boolean[topics];
        if (bytes <= MOST_BYTES && !closed) {
            Arrays.fill(wanted, true);
            System.arraycopy(wantedTopics, 0, wanted, 0, wantedTopics.length);
        }
        return wanted;
    }

    @Override
    public synchronized void applied(long[] offsets) {
        applied = offsets.clone();
    }

    /** The offsets below which the target holds everything, once it is known; a successor does not need what is below. */
    public synchronized Optional<long[]> applied() {
        return taking ? Optional.of(applied.clone()) : Optional.empty();
    }

    /** Not known here; Connect's own metrics of the consumer say it. */
    @Override
    public long lag(int topic) {
        return 0;
    }

    @Override
    public boolean connected() {
        return true;
    }

    @Override
    public synchronized void wakeUp() {
        woken = true;
        notifyAll();
    }

    /** Nothing is wanted until the next run of the sink says from where. */
    @Override
    public synchronized void close() {
        waiting = new ArrayList<>();
        bytes = 0;
        taking = false;
        wantedSeek = null;
        closed = true;
    }
}
