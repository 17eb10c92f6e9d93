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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

    private final Plan plan;
    private final Path config;
    private final Clock clock;
    private final Consumer<State> listener;
    private final PgConnections connections;
    private final SqliteFile file;

    /** As of {@link Cutover}. */
    public Rollback(Plan plan, Path config, Clock clock, Consumer<State> listener) {
        this.plan = plan;
        this.config = config;
        this.clock = clock;
        this.listener = listener;
        this.connections = PgConnections.of(plan.options());
        this.file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
    }

    /** The gates as they are now. */
    public List<Check> check() {
        try (Journal journal = new Journal(connections, plan.source())) {
            return gates(journal).rollback();
        }
    }

    private Gates gates(Journal journal) {
        return new Gates(plan, connections, journal, clock, config.toString());
    }

    /**
     * Goes back; finishes a rollback that was interrupted after PostgreSQL was closed.
     *
     * @throws LiteferryException as {@link Cutover#start} does
     */
    public Outcome start(Request request) throws InterruptedException {
        try (Exclusive ignored = Exclusive.take(connections, plan.source());
                Journal journal = new Journal(connections, plan.source())) {
            Sides.Writable writable = Sides.of(plan, connections).writable();
            return switch (writable) {
                case POSTGRESQL ->
                    new RollbackRun(
                                    this,
                                    gates(journal),
                                    new Recorder(journal.begin(Journal.Kind.ROLLBACK, request.by()), listener),
                                    request)
                            .go();
                case NEITHER -> finish(journal, request);
                case SQLITE ->
                    throw new LiteferryException(
                            ErrorCode.CUTOVER_STATE,
                            "Starting a rollback of " + plan.source() + ": the application writes to SQLite already.");
            };
        }
    }

    private Outcome finish(Journal journal, Request request) throws InterruptedException {
        Journal.Run run = Interruption.of(journal, Journal.Kind.ROLLBACK, request.by());
        State.Fenced fenced = told(run.enter(State.interrupted("PostgreSQL is closed, SQLite not open yet")));
        State.Switching switching = told(run.enter(fenced.switching()));
        try (SourceFence opened = SourceFence.release(file, BUSY, Map.of())) {
            opened.commit();
        }
        return hooked(run, switching, new Stopwatch(), Duration.ofMillis(-1));
    }

    private <S extends State> S told(S state) {
        listener.accept(state);
        return state;
    }

    /** SQLite is open; what is left is to move the application. */
    Outcome hooked(Journal.Run run, State.Switching switching, Stopwatch watch, Duration pause)
            throws InterruptedException {
        Hook.Answer answer = new Hook(plan.options()).call(Hook.Direction.ROLLBACK, plan.source(), run.id());
        List<String> holders = Preflight.holders(file);
        told(run.enter(switching.switched(pause, holders, answer.detail())));
        try (Reverse reverse = Reverse.of(plan, connections, true)) {
            reverse.giveUp();
        }
        if (!answer.ok()) {
            throw new LiteferryException(
                    ErrorCode.HOOK_FAILED,
                    "Calling the hook after the rollback of " + plan.source() + ": " + answer.text()
                            + ". The rollback itself is done: SQLite is open, PostgreSQL is closed. Move the application by hand.");
        }
        return new Outcome(run.id(), pause, watch.steps(), holders, answer.detail());
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
}
