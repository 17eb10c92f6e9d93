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

    private final Conductor conductor;
    private final Gates gates;
    private final Request request;
    private final Recorder at;

    CutoverRun(Conductor conductor, Gates gates, Recorder at, Request request) {
        this.conductor = conductor;
        this.gates = gates;
        this.at = at;
        this.request = request;
    }

    Outcome go() throws InterruptedException {
        State.Requested requested = at.enter(State.requested(request.detail()));
        try (Reverse reverse = Reverse.of(conductor.plan(), conductor.connections(), request.reverse())) {
            try {
                at.demand(gates.cutover(request.reverse()), request);
                return prepared(at.enter(requested.preparing()), reverse);
            } catch (LiteferryException | InterruptedException e) {
                if (conductor.stillWritable(Sides.Writable.SQLITE, e)) {
                    at.undone(e);
                    TargetSwitch.unprepare(conductor.plan(), conductor.connections());
                    reverse.giveUp();
                    if (e instanceof LiteferryException failed) {
                        throw at.undoneBecause(failed);
                    }
                }
                if (e instanceof LiteferryException failed) {
                    throw at.inDoubt(failed);
                }
                throw e;
            }
        }
    }

    private Outcome prepared(State.Preparing preparing, Reverse reverse) throws InterruptedException {
        reverse.prepare();
        TargetSwitch.prepare(conductor.plan(), conductor.connections());
        try (Applied applied =
                        new Applied(conductor.connections(), conductor.plan().source());
                SourceEnd source = new SourceEnd(conductor.file());
                Proof proof = new Proof(conductor.plan(), conductor.connections(), conductor.clock());
                Deadline deadline = Deadline.prepare(request.timeout())) {
            State.Holding holding = at.waited(preparing, request, "the target", () -> {
                reverse.advance();
                return proof.catchUp(request.maxLag());
            });
            return held(holding, reverse, applied, source, proof, deadline);
        }
    }

    private Outcome held(
            State.Holding holding, Reverse reverse, Applied applied, SourceEnd source, Proof proof, Deadline deadline)
            throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        deadline.start();
        State.Switching switching;
        try (SourceFence fence = SourceFence.hold(conductor.file(), request.timeout(), reverse.sourceTables())) {
            watch.lap("hold");
            Position end = fence.position();
            String last = "log row " + end.seq();
            long left = end.seq() - applied.position().seq();
            State.Draining draining = at.pass(holding.draining(last, left + " log rows"));
            deadline.drain(
                    last,
                    applied::position,
                    now -> now.logIdentity().equals(end.logIdentity()) && now.seq() >= end.seq());
            State.Proving proving = at.pass(draining.proving(watch.lap("drain")));
            deadline.demand("proving");
            proof.prove();
            Duration proved = watch.lap("prove");
            reverse.beginAt(fence);
            watch.lap("slot");
            deadline.demand("opening PostgreSQL");
            at.demandNotCancelled();
            try (TargetSwitch target = begin(applied, source, deadline)) {
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
        return Cutover.hooked(conductor, at.run(), switching, watch, watch.total());
    }

    private TargetSwitch begin(Applied applied, SourceEnd source, Deadline deadline) {
        return TargetSwitch.begin(
                conductor.plan(), conductor.connections(), applied.position(), source.counters(), deadline.left());
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
            try (TargetSwitch again = begin(applied, source, deadline)) {
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
}
