package io.liteferry.cutover;

import io.liteferry.capture.feedback.EndTopic;
import io.liteferry.capture.install.SourceFence;
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

/** One rollback that runs, from its gates to its hook. Used by one thread. */
final class RollbackRun {
    private final Conductor conductor;
    private final Gates gates;
    private final Request request;
    private final Recorder at;

    RollbackRun(Conductor conductor, Gates gates, Recorder at, Request request) {
        this.conductor = conductor;
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
                            KafkaClients.of(conductor.plan().options()), conductor.plan())
                    .map(BatchEnd::id);
            try (Feed feed = new Feed(conductor.plan(), conductor.connections(), conductor.file());
                    Proof proof = new Proof(conductor.plan(), conductor.connections(), conductor.clock());
                    Deadline deadline = Deadline.prepare(request.timeout())) {
                State.Holding holding = at.waited(
                        preparing,
                        request,
                        "SQLite",
                        () -> feed.reaches(feed.mark(), request.maxLag()) && proof.catchUp(request.maxLag()));
                return held(holding, feed, proof, sent, deadline);
            }
        } catch (LiteferryException | InterruptedException e) {
            if (conductor.stillWritable(Sides.Writable.POSTGRESQL, e)) {
                at.undone(e);
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

    private Outcome held(State.Holding holding, Feed feed, Proof proof, Optional<BatchId> sent, Deadline deadline)
            throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        deadline.start();
        State.Switching switching;
        try (TargetSwitch target = TargetSwitch.back(conductor.plan(), conductor.connections(), deadline.left())) {
            watch.lap("hold");
            sent.ifPresent(target::passOver);
            Feed.Mark mark = feed.mark();
            String last = "mark " + mark.id();
            long left = Math.max(0, mark.lsn() - feed.position().lsn());
            State.Draining draining = at.pass(holding.draining(last, left + " bytes of PostgreSQL's log"));
            deadline.drain(
                    "the last write of PostgreSQL",
                    feed::position,
                    now -> now.mark().equals(mark.id()));
            State.Proving proving = at.pass(draining.proving(watch.lap("drain")));
            deadline.demand("proving");
            proof.prove();
            Duration proved = watch.lap("prove");
            deadline.demand("opening SQLite");
            at.demandNotCancelled();
            try (SourceFence source = SourceFence.release(conductor.file(), deadline.left(), target.sequences())) {
                watch.lap("open");
                deadline.demand("closing PostgreSQL");
                target.commit();
                // From here on nothing is undone by itself: the rollback is finished, by this conductor or the next.
                switching = at.done(proving.fenced(last, proved));
                watch.lap("close");
                source.commit();
                watch.lap("switch");
            }
        }
        return Rollback.hooked(conductor, at.run(), switching, watch, watch.total());
    }
}
