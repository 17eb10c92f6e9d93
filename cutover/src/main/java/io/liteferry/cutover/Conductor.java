package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.preflight.Preflight;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.hook.Hook;
import io.liteferry.cutover.journal.Journal;
import io.liteferry.cutover.journal.State;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a cutover and a rollback have in common: the migration, both sides, who listens, and the call of the hook.
 *
 * @param plan of one source, with every address set
 * @param config the migration file, for the commands that help
 * @param listener hears of every state as it is entered; called inside the pause too, so it must be quick
 */
record Conductor(Plan plan, Path config, Clock clock, Consumer<State> listener) {
    PgConnections connections() {
        return PgConnections.of(plan.options());
    }

    SqliteFile file() {
        return new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
    }

    Journal journal() {
        return new Journal(connections(), plan.source());
    }

    Gates gates(Journal journal) {
        return new Gates(plan, connections(), journal, clock, config.toString());
    }

    Sides.Writable writable() {
        return Sides.of(plan, connections()).writable();
    }

    /** Whether nothing was committed; asked of the sides, because an answer may have been lost. */
    boolean stillWritable(Sides.Writable side, Exception failure) {
        try {
            return writable() == side;
        } catch (LiteferryException e) {
            // A side that does not answer now will be asked by the next conductor.
            failure.addSuppressed(e);
            return false;
        }
    }

    <S extends State> S told(S state) {
        listener.accept(state);
        return state;
    }

    /** Takes up a run that was interrupted between its two commits: what is left is the second. */
    State.Switching takenUp(Journal.Run run, String found) {
        State.Fenced fenced = told(run.enter(State.interrupted(found)));
        return told(run.enter(fenced.switching()));
    }

    /** The side is open; what is left is to move the application. */
    Moved moved(Hook.Direction direction, Journal.Run run, State.Switching switching, Stopwatch watch, Duration pause) {
        Hook.Answer answer = new Hook(plan.options()).call(direction, plan.source(), run.id());
        List<String> stragglers = Preflight.strangers(file());
        told(run.enter(switching.switched(pause, stragglers, answer.detail())));
        return new Moved(direction, answer, new Outcome(run.id(), pause, watch.steps(), stragglers, answer.detail()));
    }

    /** How the hook has answered. */
    record Moved(Hook.Direction direction, Hook.Answer answer, Outcome outcome) {
        /**
         * @param sides how both are now
         * @throws LiteferryException {@link ErrorCode#HOOK_FAILED}
         */
        Outcome demanded(String source, String sides) {
            if (!answer.ok()) {
                throw new LiteferryException(
                        ErrorCode.HOOK_FAILED,
                        "Calling the hook after the " + direction.text() + " of " + source + ": " + answer.text()
                                + ". The " + direction.text() + " itself is done: " + sides
                                + ". Move the application by hand.");
            }
            return outcome;
        }
    }
}
