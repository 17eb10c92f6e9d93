package io.liteferry.validator.compare;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * When what was committed, until it is verified: as of when the proof of changes holds. Kept while both sides are closed,
 * because sources take turns, and what is committed in one turn is verified in another. Used by one thread.
 */
public final class Moments {
    private static final int MOST = 1_000;
    private static final long MARK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Marks on their way, the oldest first: what was committed before each moment stands before it in the feed. */
    private final Map<String, Instant> marks = new LinkedHashMap<>();

    private final Deque<ChangedKeys.Sample> samples = new ArrayDeque<>();
    private long marked = System.nanoTime() - MARK_NANOS;

    boolean markIsDue() {
        return System.nanoTime() - marked >= MARK_NANOS;
    }

    /** @param before a moment before the mark was written to PostgreSQL's log */
    void marked(String mark, Instant before) {
        marked = System.nanoTime();
        if (marks.size() == MOST) {
            marks.clear();
        }
        marks.put(mark, before);
    }

    /**
     * @param ends offset after each mark that was met in the feed
     * @return what the last of ours says
     */
    Optional<ChangedKeys.Sample> arrived(Map<String, Long> ends) {
        Optional<ChangedKeys.Sample> last = Optional.empty();
        for (Map.Entry<String, Long> mark : ends.entrySet()) {
            Instant at = marks.remove(mark.getKey());
            if (at != null && last.filter(s -> s.seq() > mark.getValue()).isEmpty()) {
                last = Optional.of(new ChangedKeys.Sample(mark.getValue(), at));
            }
        }
        return last;
    }

    /** Keeps one until it is verified; where so many wait, it is not needed. */
    public void await(ChangedKeys.Sample sample) {
        if (samples.size() < MOST) {
            samples.addLast(sample);
        }
    }

    /** @return the moment before which all is verified, where that has moved */
    public Optional<Instant> verified(long seq) {
        Optional<Instant> at = Optional.empty();
        while (!samples.isEmpty() && samples.getFirst().seq() <= seq) {
            at = Optional.of(samples.removeFirst().at());
        }
        return at;
    }

    /** What was committed is counted anew. */
    public void clear() {
        samples.clear();
    }
}
