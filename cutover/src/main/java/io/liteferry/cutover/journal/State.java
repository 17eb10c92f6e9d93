package io.liteferry.cutover.journal;

import io.liteferry.core.change.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where a cutover or a rollback stands. Each state is a type, and a state is only made by the one before it: what is not a
 * method here cannot happen. Up to {@link Proving} everything can be undone and is, by itself, when the conductor ends; from
 * {@link Fenced} on a run is finished, or the fence is lifted again.
 */
public abstract sealed class State {
    private final String label;
    private final Map<String, Object> detail;

    private State(String label, Map<String, Object> detail) {
        this.label = label;
        this.detail = Map.copyOf(detail);
    }

    /** As it stands in the journal. */
    public final String label() {
        return label;
    }

    /** What was measured and found, for the journal. */
    public final Map<String, Object> detail() {
        return detail;
    }

    /** Where a run begins: asked for, nothing done. */
    public static Requested requested(Map<String, Object> request) {
        return new Requested(request);
    }

    /** An interrupted run is taken up again where both sides are closed. */
    public static Fenced interrupted(String found) {
        return new Fenced(Map.of("resumed", true, "found", found));
    }

    /** The end of a run whose conductor was killed while everything could still be undone: it was. */
    public static Cancelled killed(String during) {
        return new Cancelled(during);
    }

    /** Both sides are as they were before; ends here when anything fails. */
    public abstract static sealed class Undoable extends State {
        private Undoable(String label, Map<String, Object> detail) {
            super(label, detail);
        }

        public final Failed failed(String reason) {
            return new Failed(reason, label());
        }

        public final Cancelled cancelled() {
            return new Cancelled(label());
        }
    }

    /** Asked for; gates are being looked at. */
    public static final class Requested extends Undoable {
        private Requested(Map<String, Object> request) {
            super("requested", request);
        }

        public Preparing preparing() {
            return new Preparing();
        }
    }

    /** What takes long is done, while everybody writes. */
    public static final class Preparing extends Undoable {
        private Preparing() {
            super("preparing", Map.of());
        }

        public Waiting waiting(String reason, Instant since) {
            return new Waiting(reason, since);
        }

        public Holding holding() {
            return new Holding();
        }
    }

    /** Ready but for what the reason says; nobody is held. */
    public static final class Waiting extends Undoable {
        private Waiting(String reason, Instant since) {
            super("waiting", Map.of("reason", reason, "since", since.toString()));
        }

        public Waiting waiting(String reason, Instant since) {
            return new Waiting(reason, since);
        }

        public Holding holding() {
            return new Holding();
        }
    }

    /** Writers wait from here on. */
    public static final class Holding extends Undoable {
        private Holding() {
            super("holding", Map.of());
        }

        /**
         * @param upTo the last of what was written
         * @param left what the other side has not taken of it yet, with its unit
         */
        public Draining draining(String upTo, String left) {
            return new Draining(upTo, left);
        }
    }

    /** The other side takes what was written up to the hold. */
    public static final class Draining extends Undoable {
        private Draining(String upTo, String left) {
            super("draining", Map.of("up_to", upTo, "left", left));
        }

        public Proving proving(Duration drained) {
            return new Proving(drained);
        }
    }

    /** What was written last is compared, row by row. */
    public static final class Proving extends Undoable {
        private Proving(Duration drained) {
            super("proving", Map.of("drained_ms", millis(drained)));
        }

        /** @param at where the side that was written has ended */
        public Fenced fenced(Position at, Duration proved) {
            return new Fenced(Map.of("seq", at.seq(), "epoch", at.epoch(), "proved_ms", millis(proved)));
        }

        /** @param lsn where PostgreSQL has ended */
        public Fenced fenced(String lsn, Duration proved) {
            return new Fenced(Map.of("lsn", lsn, "proved_ms", millis(proved)));
        }
    }

    /** The side that was written is closed for good, the other is not open yet. */
    public static final class Fenced extends State {
        private Fenced(Map<String, Object> detail) {
            super("fenced", detail);
        }

        public Switching switching() {
            return new Switching();
        }

        /** The side that was written is open again. */
        public Failed lifted(String reason) {
            return new Failed(reason, label());
        }
    }

    /** The other side is being opened. */
    public static final class Switching extends State {
        private Switching() {
            super("switching", Map.of());
        }

        /**
         * @param pause from the hold to the call of the hook; negative where an interrupted run was finished
         * @param stragglers processes that have the source open
         * @param hook what it has answered
         */
        public Switched switched(Duration pause, List<String> stragglers, Map<String, Object> hook) {
            return new Switched(pause, stragglers, hook);
        }
    }

    /** The other side is written from here on. */
    public static final class Switched extends State {
        private Switched(Duration pause, List<String> stragglers, Map<String, Object> hook) {
            super("switched", Map.of("pause_ms", millis(pause), "stragglers", List.copyOf(stragglers), "hook", hook));
        }
    }

    /** Undone. */
    public static final class Failed extends State {
        private Failed(String reason, String during) {
            super("failed", Map.of("reason", reason, "during", during));
        }
    }

    /** Undone because somebody asked. */
    public static final class Cancelled extends State {
        private Cancelled(String during) {
            super("cancelled", Map.of("during", during));
        }
    }

    private static double millis(Duration d) {
        return d.toNanos() / 1e6;
    }

    @Override
    public final String toString() {
        return label + (detail.isEmpty() ? "" : " " + detail);
    }
}
