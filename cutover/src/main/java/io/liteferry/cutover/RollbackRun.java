package io.liteferry.cutover;

import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.State;
import io.liteferry.sink.TargetSwitch;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One rollback that runs, from its gates to its hook. Used by one thread. */
final class RollbackRun {
    private static final long LOOK_MILLIS = 100;

    private final Rollback rollback;
    private final Gates gates;
    private final Request request;
    private final Recorder at;

    RollbackRun(Rollback rollback, Gates gates, Recorder at, Request request) {
        this.rollback = rollback;
        this.gates = gates;
        this.at = at;
        this.request = request;
    }

    Outcome go() throws InterruptedException {
        State.Requested requested = at.enter(State.requested(request.detail()));
        try {
            at.demand(gates.rollback(), request);
            State.Preparing preparing = at.enter(requested.preparing());
            // Under the fence capture sends nothing, so this stays the last.
            Optional<BatchId> sent = EndTopic.last(
                            KafkaClients.of(rollback.plan().options()), rollback.plan())
                    .map(BatchEnd::id);
            try (Feed feed = new Feed(rollback.plan(), rollback.connections(), rollback.file());
                    Proof proof = new Proof(rollback.plan(), rollback.connections(), rollback.clock());
                    Deadline deadline = Deadline.prepare(request.timeout())) {
                return held(waited(preparing, feed, proof), feed, proof, sent, deadline);
            }
        } catch (LiteferryException | InterruptedException e) {
            if (asBefore(e)) {
                at.undone(e);
                if (e instanceof LiteferryException failed) {
                    throw at.undoneBecause(failed);
                }
            }
            throw e;
        }
    }

    /** Nobody is held: waits until SQLite is close behind PostgreSQL. */
    private State.Holding waited(State.Preparing preparing, Feed feed, Proof proof) throws InterruptedException {
        long deadline = System.nanoTime() + request.patience().toNanos();
        State.Waiting waiting = null;
        while (true) {
            at.demandNotCancelled();
            if (feed.reaches(feed.mark(), request.maxLag()) && proof.catchUp(request.maxLag())) {
                return at.enter(waiting == null ? preparing.holding() : waiting.holding());
            }
            if (waiting == null) {
                waiting = at.enter(preparing.waiting(
                        "SQLite, or what is verified of it, is more than "
                                + request.maxLag().toMillis() + " ms behind",
                        rollback.now()));
            }
            if (System.nanoTime() > deadline) {
                throw new LiteferryException(
                        ErrorCode.TIMED_OUT,
                        "Waiting for the reverse feed: SQLite stayed more than "
                                + request.maxLag().toMillis()
                                + " ms behind for " + request.patience().toSeconds()
                                + " s. Nobody was held. See liteferry status, or allow more with --max-lag.");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private Outcome held(State.Holding holding, Feed feed, Proof proof, Optional<BatchId> sent, Deadline deadline)
            throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        deadline.start();
        State.Switching switching;
        try (TargetSwitch target = TargetSwitch.back(rollback.plan(), rollback.connections(), deadline.left())) {
            watch.lap("hold");
            sent.ifPresent(target::passOver);
            String mark = feed.mark();
            State.Draining draining = at.pass(holding.draining("mark " + mark));
            while (!feed.reached(mark)) {
                deadline.demand("draining up to the last write of PostgreSQL");
                TimeUnit.MILLISECONDS.sleep(1);
            }
            State.Proving proving = at.pass(draining.proving(watch.lap("drain")));
            deadline.demand("proving");
            proof.prove();
            Duration proved = watch.lap("prove");
            deadline.demand("opening SQLite");
            at.demandNotCancelled();
            try (SourceFence source = SourceFence.release(rollback.file(), deadline.left(), target.sequences())) {
                watch.lap("open");
                deadline.demand("closing PostgreSQL");
                target.commit();
                // From here on nothing is undone by itself: the rollback is finished, by this conductor or the next.
                switching = at.done(proving.fenced("mark " + mark, proved));
                watch.lap("close");
                source.commit();
                watch.lap("switch");
            }
        }
        return rollback.hooked(at.run(), switching, watch, watch.total());
    }

    /** Whether nothing was committed; asked of the sides, because an answer may have been lost. */
    private boolean asBefore(Exception failure) {
        try {
            return Sides.of(rollback.plan(), rollback.connections()).writable() == Sides.Writable.POSTGRESQL;
        } catch (LiteferryException e) {
            // A side that does not answer now will be asked by the next conductor.
            failure.addSuppressed(e);
            return false;
        }
    }
}
