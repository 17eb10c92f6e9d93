package io.liteferry.cli.command;

import io.liteferry.cli.demo.MovingLoad;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.Reports;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.Rollback;
import io.liteferry.cutover.gate.Gates;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A migration that runs in this process, played through with an application that obeys the hook: to PostgreSQL, back to
 * SQLite, and there again. Waits for what is to come, as long as services and application are well.
 */
final class Rehearsal {
    /** Cutover, rollback, cutover. */
    static final int MOVES = 3;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final long BETWEEN_MOVES = 300;

    private final Plan plan;
    private final Path config;
    private final Pipeline pipeline;
    private final Clock clock;
    private final Stopping stopping;
    private final PrintWriter err;
    private final Duration patience;
    private Supplier<Optional<Throwable>> application = Optional::empty;

    /** The user has had enough. */
    static final class Interrupted extends RuntimeException {}

    /**
     * @param plan of one source
     * @param patience longest time that anything is waited for
     */
    Rehearsal(
            Plan plan,
            Path config,
            Pipeline pipeline,
            Clock clock,
            Stopping stopping,
            PrintWriter err,
            Duration patience) {
        this.plan = plan;
        this.config = config;
        this.pipeline = pipeline;
        this.clock = clock;
        this.stopping = stopping;
        this.err = err;
        this.patience = patience;
    }

    /** Who writes now: why it has ended by itself, if it has. */
    void watch(Supplier<Optional<Throwable>> failure) {
        application = failure;
    }

    void until(String what, Supplier<Boolean> reached) throws InterruptedException {
        Instant deadline = clock.instant().plus(patience);
        while (!reached.get()) {
            if (clock.instant().isAfter(deadline)) {
                throw new LiteferryException(
                        ErrorCode.TIMED_OUT,
                        "Waiting until " + what + ": not within " + patience.toMinutes()
                                + " minutes. The lines above say how far it came.");
            }
            pause();
        }
    }

    void pause() throws InterruptedException {
        if (stopping.await(BETWEEN_LOOKS)) {
            throw new Interrupted();
        }
        pipeline.failIfEnded();
        Optional<Throwable> failure = application.get();
        if (failure.isPresent()) {
            throw new LiteferryException(
                    ErrorCode.SERVICE_FAILED,
                    "Writing as an application does: " + failure.get()
                            + ". This is an error of Liteferry; please report it.",
                    failure.get());
        }
    }

    /**
     * Moves the application three times, and proves at the end that both sides are equal.
     *
     * @param load started; stopped in the end
     */
    List<Reports.Move> play(MovingLoad load) throws InterruptedException {
        watch(load::failure);
        Plan hooked = plan.withOptions(plan.options().with(Options.CUTOVER_HOOK, load.hook()));
        Request asked = Request.of(plan.options());
        Request request = new Request(
                asked.maxLag(),
                asked.timeout(),
                asked.patience(),
                true,
                Map.of("backup_verified", "a rehearsal on data that can be made again"),
                asked.by());
        Cutover cutover = new Cutover(hooked, config, clock, state -> say("  " + state.label()));
        Rollback rollback = new Rollback(hooked, config, clock, state -> say("  " + state.label()));
        List<Reports.Move> moves = new ArrayList<>();
        goOn(load);
        Supplier<List<Check>> forward = () -> cutover.check(true);
        moves.add(moved("cutover to PostgreSQL", whenOpen("cutover", forward, cutover::start, request), load));
        goOn(load);
        moves.add(moved("rollback to SQLite", whenOpen("rollback", rollback::check, rollback::start, request), load));
        goOn(load);
        moves.add(moved(
                "second cutover to PostgreSQL", whenOpen("second cutover", forward, cutover::start, request), load));
        goOn(load);
        load.stop();
        untilOpen("last proof", rollback::check, request);
        return List.copyOf(moves);
    }

    /** A switch, as a command starts it. */
    private interface Switch {
        Outcome start(Request request) throws InterruptedException;
    }

    /** Also a gate that closes once more, or a side that is slow while writers are held, only means another attempt. */
    private Outcome whenOpen(String what, Supplier<List<Check>> gates, Switch attempt, Request request)
            throws InterruptedException {
        Instant deadline = clock.instant().plus(patience);
        while (true) {
            untilOpen(what, gates, request);
            try {
                return attempt.start(request);
            } catch (LiteferryException e) {
                boolean again = e.code() == ErrorCode.CUTOVER_REFUSED || e.code() == ErrorCode.CUTOVER_UNDONE;
                if (!again || clock.instant().isAfter(deadline)) {
                    throw e;
                }
                say("  again: " + e.getMessage());
            }
        }
    }

    private void untilOpen(String what, Supplier<List<Check>> gates, Request request) throws InterruptedException {
        say("waiting until every gate of the " + what + " is open");
        until(
                "every gate of the " + what + " is open",
                () -> Gates.closed(gates.get(), request.overrides()).isEmpty());
    }

    private void goOn(MovingLoad load) throws InterruptedException {
        long enough = load.acknowledged() + BETWEEN_MOVES;
        until("the application has gone on", () -> load.acknowledged() > enough);
    }

    private Reports.Move moved(String what, Outcome outcome, MovingLoad load) {
        double longest = load.longest().toNanos() / 1e6;
        double pause = outcome.pause().toNanos() / 1e6;
        say(String.format(
                Locale.ROOT,
                "%s: writers held for %.0f ms (%s); the longest that a write took was %.0f ms",
                what,
                pause,
                String.join(
                        ", ",
                        outcome.steps().entrySet().stream()
                                .map(e -> String.format(Locale.ROOT, "%s %.0f", e.getKey(), e.getValue()))
                                .toList()),
                longest));
        return new Reports.Move(load.writesTo().name(), pause, longest, load.refusals());
    }

    private void say(String text) {
        err.println(text);
    }
}
