package io.liteferry.capture.read;

import io.liteferry.core.change.Signal;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What others ask of a reader while it runs. Safe from any thread; the reader takes it up before its next read. */
public final class ReadControl {
    private static final long AS_CONFIGURED = -1;

    final Queue<Signal.Data> keys = new ConcurrentLinkedQueue<>();
    final Queue<String> snapshots = new ConcurrentLinkedQueue<>();
    private volatile boolean paused;
    private volatile boolean snapshotPaused;
    private volatile long rowsPerSecond = AS_CONFIGURED;

    /** Asks for keys to be emitted again, in order with live changes. */
    public void emit(Signal.Data wanted) {
        keys.add(wanted);
    }

    /** Asks for tables to be snapshotted again, by their names in the source. */
    public void snapshot(List<String> tables) {
        snapshots.addAll(tables);
    }

    /** True: nothing is read from the source at all until it is false again. */
    public void pause(boolean now) {
        paused = now;
    }

    /** True: no more rows of snapshots are read until it is false again; changes go on. */
    public void pauseSnapshot(boolean now) {
        snapshotPaused = now;
    }

    /** Limits the rows of snapshots that are read in a second; 0 lifts every limit. */
    public void throttle(long rows) {
        rowsPerSecond = rows;
    }

    /** The limit that was asked for, 0 for none; below 0 where the configured one holds. */
    long rowsPerSecond() {
        return rowsPerSecond;
    }

    public boolean paused() {
        return paused;
    }

    public boolean snapshotPaused() {
        return snapshotPaused;
    }

    boolean asked() {
        return !keys.isEmpty() || !snapshots.isEmpty();
    }
}
