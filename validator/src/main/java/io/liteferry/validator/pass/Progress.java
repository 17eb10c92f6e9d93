package io.liteferry.validator.pass;

import io.liteferry.validator.compare.TableTally;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** How far the passes are: written by the passes, read by the verdict and the metrics. Safe for use by several threads. */
public final class Progress {
    private final Map<String, PassResult> results = new ConcurrentHashMap<>();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Map<String, Clean> clean = new ConcurrentHashMap<>();
    private final Map<String, Walked> walked = new ConcurrentHashMap<>();
    private boolean remembered;

    /**
     * A table in the pass that runs.
     *
     * @param rows compared so far
     * @param pending rows in flight, to be looked at again
     */
    public record Running(long rows, long pending) {}

    /**
     * A table that a pass is at.
     *
     * @param since nanoseconds of {@link System#nanoTime()}
     * @param from rows that had been compared before that, by a validator before this one
     */
    private record Walked(long since, long from) {}

    /** Clean passes in a row, all made in this era. */
    record Clean(int passes, String era) {}

    /** What was known of a table when a validator ended. */
    record Kept(PassResult last, Clean clean) {}

    /** Goes on from what the validator before this one has written down; opens the store only the first time. */
    public synchronized void remember(Supplier<ResultStore> open) {
        if (remembered) {
            return;
        }
        try (ResultStore store = open.get()) {
            store.kept().forEach((table, k) -> {
                results.put(table, k.last());
                clean.put(table, k.clean());
            });
        }
        remembered = true;
    }

    /**
     * A pass over a table has begun, or goes on.
     *
     * @param rows that it has compared already
     */
    void begun(String table, long rows) {
        running.put(table, new Running(rows, 0));
        walked.put(table, new Walked(System.nanoTime(), rows));
    }

    void running(String table, long rows, long pending) {
        running.put(table, new Running(rows, pending));
    }

    /** @return clean passes over the table in a row, this one included */
    Clean ended(String table, PassResult result) {
        String era = result.era().orElse("");
        Clean now = clean.compute(table, (t, before) -> {
            int passes = before != null && before.era().equals(era) ? before.passes() : 0;
            return new Clean(result.clean() ? passes + 1 : 0, era);
        });
        results.put(table, result);
        walked.remove(table);
        return now;
    }

    /** Something differs in the table: its clean passes of before tell nothing of now. */
    public void startOver(String table) {
        clean.remove(table);
    }

    /** A pass could not be made: what was read before tells nothing of now. */
    void startOver() {
        clean.clear();
    }

    /** No pass is made now. */
    void idle() {
        walked.clear();
    }

    /**
     * Full passes over the table in a row with nothing different, the last one included. None of another era counts: under
     * another schema_version a table whose triggers were gone for a while is copied again, and may keep rows that the
     * source no longer has; and the other side was written.
     */
    public int cleanInRow(String table, String era) {
        Clean now = clean.get(table);
        return now != null && now.era().equals(era) ? now.passes() : 0;
    }

    /** What the last pass over the table gave that has ended. */
    public Optional<PassResult> last(String table) {
        return Optional.ofNullable(results.get(table));
    }

    public Optional<TableTally> tally(String table) {
        return last(table).map(PassResult::tally);
    }

    /** The number of the last pass over the table that has ended; 0 before any. */
    public long number(String table) {
        return last(table).map(r -> r.start().number()).orElse(0L);
    }

    /** Whether a pass is at this table. */
    public boolean walking(String table) {
        return walked.containsKey(table);
    }

    /** At the present speed, in nanoseconds until so many rows are compared; empty where that cannot be told. */
    public Optional<Long> untilCompared(String table, long rows, long now) {
        Walked w = walked.get(table);
        long done = running(table).rows();
        if (w == null || done <= w.from()) {
            return Optional.empty();
        }
        double each = (double) (now - w.since()) / (done - w.from());
        return Optional.of((long) (each * Math.max(0, rows - done)));
    }

    public Running running(String table) {
        return running.getOrDefault(table, new Running(0, 0));
    }
}
