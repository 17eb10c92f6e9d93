package io.liteferry.validator.pass;

import io.liteferry.validator.compare.TableTally;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** How far the passes are: written by the passes, read by the verdict and the metrics. Safe for use by several threads. */
public final class Progress {
    private final Map<String, TableTally> tallies = new ConcurrentHashMap<>();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile Clean clean = new Clean(0, "");
    private volatile Optional<Walked> walked = Optional.empty();
    private volatile long passes;
    private volatile Optional<PassResult> last = Optional.empty();

    /**
     * A table in the pass that runs.
     *
     * @param rows compared so far
     * @param pending rows in flight, to be looked at again
     */
    public record Running(long rows, long pending) {}

    /**
     * The table that the pass is at.
     *
     * @param since nanoseconds of {@link System#nanoTime()}
     */
    private record Walked(String table, long since) {}

    /** Clean passes in a row, all made in this era. */
    private record Clean(int passes, String era) {}

    /** The pass has come to a table. */
    void begun(String table) {
        walked = Optional.of(new Walked(table, System.nanoTime()));
    }

    void running(String table, long rows, long pending) {
        running.put(table, new Running(rows, pending));
    }

    void tallied(String table, TableTally tally) {
        tallies.put(table, tally);
        walked = Optional.empty();
    }

    /** @param era the same when the pass began and when it ended */
    void ended(PassResult result, String era) {
        int before = cleanInRow(era);
        clean = new Clean(result.clean() ? before + 1 : 0, era);
        passes = result.start().number();
        last = Optional.of(result);
    }

    /** Something differs, or a pass could not be made: the clean passes of before tell nothing of now. */
    public void startOver() {
        clean = new Clean(0, "");
    }

    /**
     * Full passes in a row with nothing different, the last one included. None of an earlier era counts: under another
     * schema_version a table whose triggers were gone for a while is copied again, and may keep rows that the source no
     * longer has; and the other side was written.
     */
    public int cleanInRow(String era) {
        Clean now = clean;
        return now.era.equals(era) ? now.passes : 0;
    }

    /** Number of the last pass that ended; counts on over restarts. */
    public long passes() {
        return passes;
    }

    public Optional<PassResult> last() {
        return last;
    }

    /** The last tally of a table, also of a pass that still runs. */
    public Optional<TableTally> tally(String table) {
        return Optional.ofNullable(tallies.get(table));
    }

    /** For how long, in nanoseconds, the pass has been at this table; empty where it is elsewhere. */
    public Optional<Long> walkedFor(String table, long now) {
        return walked.filter(w -> w.table().equals(table)).map(w -> now - w.since());
    }

    public Running running(String table) {
        return running.getOrDefault(table, new Running(0, 0));
    }
}
