package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.hook.Hook;
import io.liteferry.cutover.journal.Entry;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import io.liteferry.sink.TargetSwitch;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Conducts one cutover: everything that takes long first, then hold, drain, prove, fence, switch, and the hook. Until the
 * fence is committed every failure is a ROLLBACK in SQLite, and whoever waited goes on; after it the switch is finished,
 * by this conductor or by the next.
 */
public final class Cutover {
    private final Conductor conductor;

    /**
     * @param plan of one source, with every address set
     * @param config the migration file, for the commands that help
     * @param listener hears of every state as it is entered; called inside the pause too, so it must be quick
     */
    public Cutover(Plan plan, Path config, Clock clock, Consumer<State> listener) {
        this.conductor = new Conductor(plan, config, clock, listener);
    }

    /** The gates as they are now. */
    public List<Check> check(boolean reverse) {
        try (Journal journal = conductor.journal()) {
            return conductor.gates(journal).cutover(reverse);
        }
    }

    /** What is no gate, and a person should know. */
    public List<String> notes() {
        try (Journal journal = conductor.journal()) {
            return conductor.gates(journal).notes();
        }
    }

    /**
     * Switches over; finishes a cutover that was interrupted after its fence.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_REFUSED} where a gate is closed, {@link
     *     ErrorCode#CUTOVER_UNDONE} where it did not come about, {@link ErrorCode#CUTOVER_IN_DOUBT} where both sides are
     *     closed and this must be run again, {@link ErrorCode#HOOK_FAILED} where only the hook failed
     */
    public Outcome start(Request request) throws InterruptedException {
        try (Exclusive ignored =
                        Exclusive.take(conductor.connections(), conductor.plan().source());
                Journal journal = conductor.journal()) {
            return switch (conductor.writable()) {
                case SQLITE ->
                    new CutoverRun(
                                    conductor,
                                    conductor.gates(journal),
                                    new Recorder(conductor, journal.begin(Journal.Kind.CUTOVER, request.by())),
                                    request)
                            .go();
                case NEITHER -> finish(journal, request);
                case POSTGRESQL ->
                    throw new LiteferryException(
                            ErrorCode.CUTOVER_STATE,
                            "Starting a cutover of " + conductor.plan().source()
                                    + ": the application already writes to PostgreSQL. liteferry cutover status shows since when.");
            };
        }
    }

    /**
     * Lifts the fence of a cutover that was interrupted; a running one is asked to stop before its fence; what one has left
     * that was killed before its fence is taken away.
     */
    public String cancel(String by) throws InterruptedException {
        try (Journal journal = conductor.journal()) {
            Sides.Writable writable = conductor.writable();
            if (writable == Sides.Writable.POSTGRESQL) {
                return Interruption.ask(journal, by);
            }
            if (writable == Sides.Writable.SQLITE) {
                return swept(journal, by);
            }
            try (Exclusive ignored =
                    Exclusive.take(conductor.connections(), conductor.plan().source())) {
                Journal.Run run = Interruption.of(journal, Journal.Kind.CUTOVER, by);
                State.Fenced fenced = State.interrupted("both sides closed; the fence is to be lifted");
                run.enter(fenced);
                try (SourceFence lifted = SourceFence.release(conductor.file(), Duration.ofSeconds(10), Map.of())) {
                    lifted.commit();
                }
                run.enter(fenced.lifted("asked for by " + by));
                leaveNothing();
                return "The fence is lifted: the application writes to SQLite again.";
            }
        }
    }

    private String swept(Journal journal, String by) throws InterruptedException {
        Optional<Exclusive> alone =
                Exclusive.takeIfFree(conductor.connections(), conductor.plan().source());
        if (alone.isEmpty()) {
            return Interruption.ask(journal, by);
        }
        try (Exclusive ignored = alone.get()) {
            Optional<Entry> killed = journal.last().filter(e -> !e.over());
            killed.ifPresent(e -> journal.of(e, by).enter(State.killed(e.state())));
            leaveNothing();
            return killed.isEmpty()
                    ? "Nothing is under way."
                    : "Run " + killed.get().run()
                            + " was killed before its fence; what it had prepared in PostgreSQL is taken away.";
        }
    }

    private void leaveNothing() throws InterruptedException {
        TargetSwitch.unprepare(conductor.plan(), conductor.connections());
        try (Reverse reverse = Reverse.of(conductor.plan(), conductor.connections(), true)) {
            reverse.giveUp();
        }
    }

    /** After the fence: what is left is the switch in PostgreSQL and the hook. */
    private Outcome finish(Journal journal, Request request) throws InterruptedException {
        Journal.Run run = Interruption.of(journal, Journal.Kind.CUTOVER, request.by());
        State.Switching switching = conductor.takenUp(run, "SQLite is fenced, PostgreSQL not open yet");
        try (Applied applied =
                        new Applied(conductor.connections(), conductor.plan().source());
                SourceEnd source = new SourceEnd(conductor.file());
                TargetSwitch target = TargetSwitch.begin(
                        conductor.plan(),
                        conductor.connections(),
                        applied.demand(source.position()),
                        source.counters(),
                        request.timeout())) {
            target.commit();
        }
        return hooked(conductor, run, switching, new Stopwatch(), Duration.ofMillis(-1));
    }

    /** The switch is done; what is left is to move the application, and to look at rows under constraints made inside it. */
    static Outcome hooked(
            Conductor conductor, Journal.Run run, State.Switching switching, Stopwatch watch, Duration pause) {
        Conductor.Moved moved = conductor.moved(Hook.Direction.CUTOVER, run, switching, watch, pause);
        TargetSwitch.settle(conductor.plan(), conductor.connections());
        return moved.demanded(conductor.plan().source(), "PostgreSQL is open, SQLite is fenced");
    }
}
