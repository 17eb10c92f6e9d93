package io.liteferry.validator.pass;

import io.liteferry.validator.compare.TableTally;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** How far the passes are: written by the passes, read by the verdict and the metrics. Safe for use by several threads. */
public final class Progress {
    private final Map<String, TableTally> tallies = new ConcurrentHashMap<>();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile int cleanInRow;
    private volatile long passes;
    private volatile Optional<PassResult> last = Optional.empty();

    /**
     * A table in the pass that runs.
     *
     * @param rows compared so far
     * @param pending rows in flight, to be looked at again
     */
    public record Running(long rows, long pending) {}

    void running(String table, long rows, long pending) {
        running.put(table, new Running(rows, pending));
    }

    void tallied(String table, TableTally tally) {
        tallies.put(table, tally);
    }

    void ended(PassResult result) {
        cleanInRow = result.clean() ? cleanInRow + 1 : 0;
        passes = result.pass();
        last = Optional.of(result);
    }

    /** Something differs, or a pass could not be made: the clean passes of before tell nothing of now. */
    void startOver() {
        cleanInRow = 0;
    }

    /** Full passes in a row with nothing different, the last one included. */
    public int cleanInRow() {
        return cleanInRow;
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

    public Running running(String table) {
        return running.getOrDefault(table, new Running(0, 0));
    }
}
