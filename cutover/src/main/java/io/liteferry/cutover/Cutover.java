package io.liteferry.cutover;

import io.liteferry.capture.install.SourceFence;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Preflight;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.hook.Hook;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import io.liteferry.sink.TargetSwitch;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Conducts one cutover: everything that takes long first, then hold, drain, prove, fence, switch, and the hook. Until the
 * fence is committed every failure is a ROLLBACK in SQLite, and whoever waited goes on; after it the switch is finished,
 * by this conductor or by the next.
 */
public final class Cutover {
    private final Plan plan;
    private final Path config;
    private final Clock clock;
    private final Consumer<State> listener;
    private final PgConnections connections;
    private final SqliteFile file;

    /**
     * @param plan of one source, with every address set
     * @param config the migration file: relative paths are resolved against its folder
     * @param listener hears of every state as it is entered; called inside the pause too, so it must be quick
     */
    public Cutover(Plan plan, Path config, Clock clock, Consumer<State> listener) {
        this.plan = plan;
        this.config = config;
        this.clock = clock;
        this.listener = listener;
        this.connections = PgConnections.of(plan.options());
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
    }

    /** The gates as they are now. */
    public List<Check> check(boolean reverse) {
        try (Journal journal = new Journal(connections, plan.source())) {
            return gates(journal).cutover(reverse);
        }
    }

    /** What is no gate, and a person should know. */
    public List<String> notes() {
        try (Journal journal = new Journal(connections, plan.source())) {
            return gates(journal).notes();
        }
    }

    private Gates gates(Journal journal) {
        return new Gates(plan, connections, journal, clock, config.toString());
    }

    /**
     * Switches over; finishes a cutover that was interrupted after its fence.
     *
     * @throws LiteferryException {@link ErrorCode#CUTOVER_REFUSED} where a gate is closed, {@link
     *     ErrorCode#CUTOVER_UNDONE} where it did not come about, {@link ErrorCode#CUTOVER_IN_DOUBT} where both sides are
     *     closed and this must be run again, {@link ErrorCode#HOOK_FAILED} where only the hook failed
     */
    public Outcome start(Request request) throws InterruptedException {
        try (Exclusive ignored = Exclusive.take(connections, plan.source());
                Journal journal = new Journal(connections, plan.source())) {
            Sides.Writable writable = Sides.of(plan, connections).writable();
            return switch (writable) {
                case SQLITE ->
                    new CutoverRun(
                                    this,
                                    gates(journal),
                                    new Recorder(journal.begin(Journal.Kind.CUTOVER, request.by()), listener),
                                    request)
                            .go();
                case NEITHER -> finish(journal, request);
                case POSTGRESQL ->
                    throw new LiteferryException(
                            ErrorCode.CUTOVER_STATE,
                            "Starting a cutover of " + plan.source()
                                    + ": the application already writes to PostgreSQL. liteferry cutover status shows since when.");
            };
        }
    }

    /** Lifts the fence of a cutover that was interrupted; a running one is asked to stop before its fence. */
    public String cancel(String by) throws InterruptedException {
        try (Journal journal = new Journal(connections, plan.source())) {
            if (Sides.of(plan, connections).writable() != Sides.Writable.NEITHER) {
                return Interruption.ask(journal, by);
            }
            try (Exclusive ignored = Exclusive.take(connections, plan.source())) {
                Journal.Run run = Interruption.of(journal, Journal.Kind.CUTOVER, by);
                State.Fenced fenced = State.interrupted("both sides closed; the fence is to be lifted");
                run.enter(fenced);
                try (SourceFence lifted = SourceFence.release(file, Duration.ofSeconds(10), Map.of())) {
                    lifted.commit();
                }
                run.enter(fenced.lifted("asked for by " + by));
                TargetSwitch.unprepare(plan, connections);
                try (Reverse reverse = Reverse.of(plan, connections, true)) {
                    reverse.giveUp();
                }
                return "The fence is lifted: the application writes to SQLite again.";
            }
        }
    }

    /** After the fence: what is left is the switch in PostgreSQL and the hook. */
    private Outcome finish(Journal journal, Request request) throws InterruptedException {
        Journal.Run run = Interruption.of(journal, Journal.Kind.CUTOVER, request.by());
        State.Fenced fenced = entered(run.enter(State.interrupted("SQLite is fenced, PostgreSQL not open yet")));
        Stopwatch watch = new Stopwatch();
        State.Switching switching = entered(run.enter(fenced.switching()));
        try (Applied applied = new Applied(connections, plan.source());
                SourceEnd source = new SourceEnd(file);
                TargetSwitch target = TargetSwitch.begin(
                        plan, connections, applied.demand(source.position()), source.counters(), request.timeout())) {
            target.commit();
        }
        return hooked(run, switching, watch, Duration.ofMillis(-1));
    }

    Plan plan() {
        return plan;
    }

    PgConnections connections() {
        return connections;
    }

    SqliteFile file() {
        return file;
    }

    Clock clock() {
        return clock;
    }

    Instant now() {
        return clock.instant();
    }

    private <S extends State> S entered(S state) {
        listener.accept(state);
        return state;
    }

    /** The switch is done; what is left is to move the application. */
    Outcome hooked(Journal.Run run, State.Switching switching, Stopwatch watch, Duration pause) {
        Hook.Answer answer = new Hook(plan.options()).call(Hook.Direction.CUTOVER, plan.source(), run.id());
        List<String> stragglers = Preflight.holders(file);
        entered(run.enter(switching.switched(pause, stragglers, answer.detail())));
        if (!answer.ok()) {
            throw new LiteferryException(
                    ErrorCode.HOOK_FAILED,
                    "Calling the hook after the cutover of " + plan.source() + ": " + answer.text()
                            + ". The switch itself is done: PostgreSQL is open, SQLite is fenced. Move the application by hand.");
        }
        TargetSwitch.settle(plan, connections);
        return new Outcome(run.id(), pause, watch.steps(), stragglers, answer.detail());
    }
}
