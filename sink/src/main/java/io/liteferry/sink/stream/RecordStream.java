package io.liteferry.sink.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The records of one source's topics, read by the sink or handed over to it. Topics are numbered: table topics from 0, the
 * topic of the ENDs last. Used by the sink's thread alone, but for {@link #wakeUp}.
 */
public interface RecordStream extends AutoCloseable {
    /** Takes records, in the order of each topic. */
    @FunctionalInterface
    interface Receiver {
        void accept(int topic, long offset, byte @Nullable [] key, byte @Nullable [] value);
    }

    /** Records that are read from now on are those from these offsets on, by topic number. */
    void seek(long[] offsets);

    /** Reads what is there; waits for it at most this long. */
    void read(Receiver receiver, Duration patience);

    /** Reads on only the wanted table topics, while memory is short; all of them where {@code wanted} is empty. */
    void limitTo(boolean[] wanted);

    /** The target holds everything below these offsets, by topic number. */
    void applied(long[] offsets);

    /** Records of a topic that were not read yet, as far as is known. */
    long lag(int topic);

    /** True while records can come; without a broker, reading waits in silence. */
    boolean connected();

    /** Ends a wait in {@link #read}; safe for use by any thread. */
    void wakeUp();

    @Override
    void close();
}
