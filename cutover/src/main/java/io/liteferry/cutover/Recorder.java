package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a run stands, told to the journal and to whoever listens, in the order in which it is entered. */
final class Recorder {
    private static final long LOOK_MILLIS = 100;

    private final Conductor conductor;
    private final Journal.Run run;
    private State.@Nullable Undoable at;

    Recorder(Conductor conductor, Journal.Run run) {
        this.conductor = conductor;
        this.run = run;
    }

    Journal.Run run() {
        return run;
    }

    /** Enters a state that can still be undone. */
    <S extends State.Undoable> S enter(S state) {
        at = state;
        return conductor.told(run.enter(state));
    }

    /** The same inside the pause: the journal does not wait for the disk. */
    <S extends State.Undoable> S pass(S state) {
        at = state;
        return conductor.told(run.pass(state));
    }

    /** The side that was written is closed: nothing is undone by itself any more. */
    State.Switching done(State.Fenced fenced) {
        at = null;
        conductor.told(run.pass(fenced));
        return conductor.told(run.pass(fenced.switching()));
    }

    /** @throws LiteferryException {@link ErrorCode#CUTOVER_REFUSED} naming the gates that are closed and not overridden */
    void demand(List<Check> gates, Request request) {
        List<Check> closed = Gates.closed(gates, request.overrides());
        if (!closed.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_REFUSED,
                    "Starting a " + run.kind().label() + ": gates are closed. "
                            + closed.stream()
                                    .map(g -> g.check() + ": " + g.value() + ", must be " + g.limit() + " (" + g.help()
                                            + ")")
                                    .collect(Collectors.joining("; "))
                            + ". Open them, or name what you go on without: --override GATE=WHY.");
        }
    }

    /** @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE} where somebody has asked for the end of this run */
    void demandNotCancelled() {
        if (run.cancelAsked()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_UNDONE,
                    "Going on with run " + run.id() + ": it was cancelled. Everything is as before.");
        }
    }

    /** Whether the side that follows is close behind. */
    interface Look {
        boolean caughtUp() throws InterruptedException;
    }

    /**
     * Nobody is held: waits until the side that follows, and what is verified of it, are close behind.
     *
     * @param follower the side that follows
     * @throws LiteferryException {@link ErrorCode#TIMED_OUT}
     */
    State.Holding waited(State.Preparing preparing, Request request, String follower, Look look)
            throws InterruptedException {
        long deadline = System.nanoTime() + request.patience().toNanos();
        String reason = follower + ", or what is verified of it, is more than "
                + request.maxLag().toMillis() + " ms behind";
        State.Waiting waiting = null;
        demandNotCancelled();
        while (!look.caughtUp()) {
            if (waiting == null) {
                waiting = enter(preparing.waiting(reason, conductor.clock().instant()));
            }
            if (System.nanoTime() > deadline) {
                throw new LiteferryException(
                        ErrorCode.TIMED_OUT,
                        "Waiting for the lag to be low enough: " + reason + " for "
                                + request.patience().toSeconds()
                                + " s. Nobody was held. See liteferry status, or allow more with --max-lag.");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            demandNotCancelled();
        }
        return enter(waiting == null ? preparing.holding() : waiting.holding());
    }

    /** Everything is as it was before. */
    void undone(Exception why) {
        State.Undoable last = at;
        if (last != null) {
            at = null;
            conductor.told(
                    run.cancelAsked()
                            ? run.enter(last.cancelled())
                            : run.enter(last.failed(String.valueOf(why.getMessage()))));
        }
    }

    /** The failure of a run that has closed a side, or whose sides cannot be asked now, as a person should read it. */
    LiteferryException inDoubt(LiteferryException why) {
        return why.code() == ErrorCode.HOOK_FAILED || why.code() == ErrorCode.CUTOVER_IN_DOUBT
                ? why
                : new LiteferryException(
                        ErrorCode.CUTOVER_IN_DOUBT,
                        "Conducting the " + run.kind().label() + ": " + why.getMessage()
                                + " Nothing is lost, and at most one side is open. Once both answer, liteferry "
                                + run.kind().label()
                                + " start finishes what was begun; liteferry cutover status shows it.",
                        why);
    }

    /** The failure as a person should read it: what was tried was the switch. */
    LiteferryException undoneBecause(LiteferryException why) {
        return why.code() == ErrorCode.CUTOVER_REFUSED || why.code() == ErrorCode.CUTOVER_UNDONE
                ? why
                : new LiteferryException(
                        ErrorCode.CUTOVER_UNDONE,
                        "Conducting the " + run.kind().label() + ": " + why.getMessage()
                                + " Everything is as it was before; whoever waited has gone on.",
                        why);
    }
}
