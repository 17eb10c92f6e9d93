package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a run stands, told to the journal and to whoever listens, in the order in which it is entered. */
final class Recorder {
    private final Journal.Run run;
    private final Consumer<State> listener;
    private State.@Nullable Undoable at;

    Recorder(Journal.Run run, Consumer<State> listener) {
        this.run = run;
        this.listener = listener;
    }

    Journal.Run run() {
        return run;
    }

    /** Enters a state that can still be undone. */
    <S extends State.Undoable> S enter(S state) {
        at = state;
        return told(run.enter(state));
    }

    /** The same inside the pause: the journal does not wait for the disk. */
    <S extends State.Undoable> S pass(S state) {
        at = state;
        return told(run.pass(state));
    }

    /** The side that was written is closed: nothing is undone by itself any more. */
    State.Switching done(State.Fenced fenced) {
        at = null;
        told(run.pass(fenced));
        return told(run.pass(fenced.switching()));
    }

    <S extends State> S told(S state) {
        listener.accept(state);
        return state;
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

    /** Everything is as it was before. */
    void undone(Exception why) {
        State.Undoable last = at;
        if (last != null) {
            at = null;
            told(
                    run.cancelAsked()
                            ? run.enter(last.cancelled())
                            : run.enter(last.failed(String.valueOf(why.getMessage()))));
        }
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
