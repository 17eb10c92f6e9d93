package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.Position;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.State;
import io.liteferry.sink.TargetSwitch;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One cutover that runs, from its gates to its hook. Used by one thread. */
final class CutoverRun {
    private static final long LOOK_MILLIS = 100;
    private static final long DRAIN_MICROS = 300;

    private final Cutover cutover;
    private final Gates gates;
    private final Request request;
    private final Recorder at;

    CutoverRun(Cutover cutover, Gates gates, Recorder at, Request request) {
        this.cutover = cutover;
        this.gates = gates;
        this.at = at;
        this.request = request;
    }

    Outcome go() throws InterruptedException {
        State.Requested requested = at.enter(State.requested(request.detail()));
        try (Reverse reverse = Reverse.of(cutover.plan(), cutover.connections(), request.reverse())) {
            try {
                at.demand(gates.cutover(request.reverse()), request);
                return prepared(at.enter(requested.preparing()), reverse);
            } catch (LiteferryException | InterruptedException e) {
                if (asBefore(e)) {
                    at.undone(e);
                    TargetSwitch.unprepare(cutover.plan(), cutover.connections());
                    reverse.giveUp();
                    if (e instanceof LiteferryException failed) {
                        throw at.undoneBecause(failed);
                    }
                }
                throw e;
            }
        }
    }

    private Outcome prepared(State.Preparing preparing, Reverse reverse) throws InterruptedException {
        reverse.prepare();
        TargetSwitch.prepare(cutover.plan(), cutover.connections());
        try (Applied applied = new Applied(cutover.connections(), cutover.plan().source());
                SourceEnd source = new SourceEnd(cutover.file());
                Proof proof = new Proof(cutover.plan(), cutover.connections(), cutover.clock());
                Deadline deadline = Deadline.prepare(request.timeout())) {
            State.Holding holding = waited(preparing, reverse, proof);
            return held(holding, reverse, applied, source, proof, deadline);
        }
    }

    /** Nobody is held: waits until the target and what is verified of it are close behind. */
    private State.Holding waited(State.Preparing preparing, Reverse reverse, Proof proof) throws InterruptedException {
        long deadline = System.nanoTime() + request.patience().toNanos();
        State.Waiting waiting = null;
        String told = "";
        while (true) {
            at.demandNotCancelled();
            reverse.advance();
            if (proof.catchUp(request.maxLag())) {
                return at.enter(waiting == null ? preparing.holding() : waiting.holding());
            }
            String reason = "the target, or what is verified of it, is more than "
                    + request.maxLag().toMillis() + " ms behind";
            if (!reason.equals(told)) {
                told = reason;
                waiting = at.enter(
                        waiting == null
                                ? preparing.waiting(reason, cutover.now())
                                : waiting.waiting(reason, cutover.now()));
            }
            if (System.nanoTime() > deadline) {
                throw new LiteferryException(
                        ErrorCode.TIMED_OUT,
                        "Waiting for the lag to be low enough: " + reason + " for "
                                + request.patience().toSeconds()
                                + " s. Nobody was held. See liteferry status, or allow more with --max-lag.");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private Outcome held(
            State.Holding holding, Reverse reverse, Applied applied, SourceEnd source, Proof proof, Deadline deadline)
            throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        deadline.start();
        State.Switching switching;
        try (SourceFence fence = SourceFence.hold(cutover.file(), request.timeout(), reverse.sourceTables())) {
            watch.lap("hold");
            Position end = fence.position();
            State.Draining draining = at.pass(holding.draining("log row " + end.seq()));
            while (!applied.reaches(end)) {
                deadline.demand("draining up to log row " + end.seq());
                TimeUnit.MICROSECONDS.sleep(DRAIN_MICROS);
            }
            State.Proving proving = at.pass(draining.proving(watch.lap("drain")));
            deadline.demand("proving");
            proof.prove();
            Duration proved = watch.lap("prove");
            reverse.beginAt(fence);
            watch.lap("slot");
            deadline.demand("opening PostgreSQL");
            at.demandNotCancelled();
            try (TargetSwitch target = TargetSwitch.begin(
                    cutover.plan(), cutover.connections(), applied.position(), source.counters(), deadline.left())) {
                watch.lap("open");
                deadline.demand("committing the fence");
                fence.commit();
                // From here on nothing is undone by itself: the switch is finished, by this conductor or the next.
                switching = at.done(proving.fenced(end, proved));
                watch.lap("fence");
                open(target, applied, source, deadline);
                watch.lap("switch");
            }
        }
        return cutover.hooked(at.run(), switching, watch, watch.total());
    }

    /**
     * The fence is committed, so the switch is finished: tried again until the deadline, then left to the next conductor.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_IN_DOUBT}
     */
    private void open(TargetSwitch prepared, Applied applied, SourceEnd source, Deadline deadline)
            throws InterruptedException {
        LiteferryException last;
        try {
            prepared.commit();
            return;
        } catch (LiteferryException e) {
            last = e;
            prepared.close();
        }
        while (!deadline.over()) {
            try (TargetSwitch again = TargetSwitch.begin(
                    cutover.plan(), cutover.connections(), applied.position(), source.counters(), deadline.left())) {
                again.commit();
                return;
            } catch (LiteferryException e) {
                last = e;
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
        throw new LiteferryException(
                ErrorCode.CUTOVER_IN_DOUBT,
                "Opening PostgreSQL after the fence: " + last.getMessage()
                        + " SQLite is fenced, PostgreSQL is not open, nothing is lost. liteferry cutover start finishes it,"
                        + " cutover cancel lifts the fence.",
                last);
    }

    /** Whether nothing was committed; asked of the sides, because an answer may have been lost. */
    private boolean asBefore(Exception failure) {
        try {
            return Sides.of(cutover.plan(), cutover.connections()).writable() == Sides.Writable.SQLITE;
        } catch (LiteferryException e) {
            // A side that does not answer now will be asked by the next conductor.
            failure.addSuppressed(e);
            return false;
        }
    }
}
