package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.hook.Hook;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import io.liteferry.sink.TargetSwitch;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Conducts one rollback: holds the writers of PostgreSQL by locks on its tables, drains the reverse feed, proves, closes
 * PostgreSQL, opens SQLite, and calls the hook. Until PostgreSQL is closed every failure gives the locks back; after it the
 * rollback is finished, by this conductor or by the next.
 */
public final class Rollback {
    private static final Duration BUSY = Duration.ofSeconds(10);

    private final Conductor conductor;

    /** As of {@link Cutover}. */
    public Rollback(Plan plan, Path config, Clock clock, Consumer<State> listener) {
        this.conductor = new Conductor(plan, config, clock, listener);
    }

    /** The gates as they are now. */
    public List<Check> check() {
        try (Journal journal = conductor.journal()) {
            return conductor.gates(journal).rollback();
        }
    }

    /**
     * Goes back; finishes a rollback that was interrupted after PostgreSQL was closed.
     *
     * @throws LiteferryException as {@link Cutover#start} does
     */
    public Outcome start(Request request) throws InterruptedException {
        try (Exclusive ignored =
                        Exclusive.take(conductor.connections(), conductor.plan().source());
                Journal journal = conductor.journal()) {
            return switch (conductor.writable()) {
                case POSTGRESQL ->
                    new RollbackRun(
                                    conductor,
                                    conductor.gates(journal),
                                    new Recorder(conductor, journal.begin(Journal.Kind.ROLLBACK, request.by())),
                                    request)
                            .go();
                case NEITHER -> finish(journal, request);
                case SQLITE ->
                    throw new LiteferryException(
                            ErrorCode.CUTOVER_STATE,
                            "Starting a rollback of " + conductor.plan().source()
                                    + ": the application writes to SQLite already.");
            };
        }
    }

    private Outcome finish(Journal journal, Request request) throws InterruptedException {
        Journal.Run run = Interruption.of(journal, Journal.Kind.ROLLBACK, request.by());
        State.Switching switching = conductor.takenUp(run, "PostgreSQL is closed, SQLite not open yet");
        Map<String, Long> sequences = TargetSwitch.sequences(conductor.plan(), conductor.connections());
        try (SourceFence opened = SourceFence.release(conductor.file(), BUSY, sequences)) {
            opened.commit();
        }
        return hooked(conductor, run, switching, new Stopwatch(), Duration.ofMillis(-1));
    }

    /** SQLite is open; what is left is to move the application, and to take away what carried writes back. */
    static Outcome hooked(
            Conductor conductor, Journal.Run run, State.Switching switching, Stopwatch watch, Duration pause)
            throws InterruptedException {
        Conductor.Moved moved = conductor.moved(Hook.Direction.ROLLBACK, run, switching, watch, pause);
        try (Reverse reverse = Reverse.of(conductor.plan(), conductor.connections(), true)) {
            reverse.giveUp();
        }
        return moved.demanded(conductor.plan().source(), "SQLite is open, PostgreSQL is closed");
    }
}
