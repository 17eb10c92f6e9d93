package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.gate.Sides.Writable;
import io.liteferry.cutover.journal.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each process that a switch needs is killed at each step of it. Whatever comes of that switch: no acknowledged write is
 * missing and no other is there, the two sides are never both open, writers go on, and the next start succeeds.
 */
class KilledAtEachStepTest {
    private static final int TIMES = Integer.getInteger("liteferry.kills", 20);
    private static final List<String> STEPS =
            List.of("preparing", "waiting", "holding", "draining", "proving", "fenced", "switching", "switched");
    private static final Set<String> BETWEEN_THE_COMMITS = Set.of("fenced", "switching");

    /** How long the faulty switch may hold writers; where something is down they are let go long before. */
    private static final Duration HELD = Duration.ofSeconds(30);

    private static final Duration LET_GO = Duration.ofSeconds(5);
    /** Also how long a writer's busy handler may sleep before it looks again. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** What is killed. */
    enum Victim {
        CONDUCTOR,
        CAPTURE,
        SINK,
        VALIDATOR,
        REVERSE,
        POSTGRESQL,
        KAFKA
    }

    @Test
    void eachProcessOnceAndEachStepOnce() throws Exception {
        try (MortalServers servers = new MortalServers(folder);
                MovingShop shop = new MovingShop(folder, servers.kafka(), servers.database(), Part.values())) {
            // A switch that was undone is begun again by the next.
            killed(shop, Victim.CAPTURE, "cutover", "preparing", servers);
            killed(shop, Victim.KAFKA, "cutover", "waiting", servers);
            killed(shop, Victim.CONDUCTOR, "cutover", "holding", servers);
            killed(shop, Victim.POSTGRESQL, "cutover", "proving", servers);
            killed(shop, Victim.SINK, "cutover", "draining", servers);
            if (shop.writable() == Writable.POSTGRESQL) {
                // There was nothing left to drain.
                succeeds(shop, "rollback");
            }
            killed(shop, Victim.CONDUCTOR, "cutover", "fenced", servers);
            succeeds(shop, "cutover");
            killed(shop, Victim.REVERSE, "rollback", "draining", servers);
            killed(shop, Victim.KAFKA, "rollback", "proving", servers);
            killed(shop, Victim.POSTGRESQL, "rollback", "switching", servers);
            succeeds(shop, "rollback");
            killed(shop, Victim.VALIDATOR, "cutover", "switched", servers);
            shop.audit();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void atEveryStepOfCutoverAndRollback(Victim victim) throws Exception {
        try (MortalServers servers = new MortalServers(folder);
                MovingShop shop = new MovingShop(folder, servers.kafka(), servers.database(), Part.values())) {
            for (int time = 0; time < TIMES; time++) {
                for (String step : STEPS) {
                    killed(shop, victim, "cutover", step, servers);
                    succeeds(shop, "cutover");
                    killed(shop, victim, "rollback", step, servers);
                    succeeds(shop, "rollback");
                }
            }
            shop.audit();
            shop.awaitCutoverPossible();
            assertThat(IndependentComparison.compare(shop.source(), servers.database(), "public"))
                    .isEmpty();
        }
    }

    /** Kills the victim at a step of a switch, and revives it. */
    private void killed(MovingShop shop, Victim victim, String what, String step, MortalServers servers)
            throws Exception {
        String trial = what + ", " + victim + " killed while " + step;
        boolean there = what.equals("cutover");
        Writable before = there ? Writable.SQLITE : Writable.POSTGRESQL;
        Writable after = there ? Writable.POSTGRESQL : Writable.SQLITE;
        Optional<String> why;
        if (victim == Victim.CONDUCTOR) {
            awaitPossible(shop, there);
            shop.load().longest();
            ConductorProcess.killed(shop, folder, what, step);
            why = Optional.of("killed");
        } else {
            why = undone(shop, victim, there, step, servers);
        }
        boolean undone = why.isPresent() && !BETWEEN_THE_COMMITS.contains(step) && !step.equals("switched");
        if (undone && there) {
            shop.writersGoOn(AT_ONCE);
            assertThat(shop.load().longest()).as(trial).isLessThan(LET_GO);
        }
        revive(shop, victim, servers);

        Writable now = shop.writable();
        assertThat(now).as(trial + ": " + why).isIn(allowed(why.isPresent(), step, before, after));
        assertThat(shop.open()).as(trial).isEqualTo(now);
        if (now == before) {
            shop.goesOn(SOON);
        }
    }

    /** Makes the switch, or finishes what is left of it. */
    private static void succeeds(MovingShop shop, String what) throws Exception {
        boolean there = what.equals("cutover");
        Writable after = there ? Writable.POSTGRESQL : Writable.SQLITE;
        if (shop.writable() != after) {
            start(shop, there, s -> {}, shop.request());
        }
        assertThat(shop.writable()).isEqualTo(after);
        assertThat(shop.open()).isEqualTo(after);
        shop.goesOn(SOON);
    }

    private static Set<Writable> allowed(boolean failed, String step, Writable before, Writable after) {
        if (!failed || step.equals("switched")) {
            return Set.of(after);
        }
        // The answer to a COMMIT may be lost with the server.
        return BETWEEN_THE_COMMITS.contains(step) ? Set.of(Writable.NEITHER, after) : Set.of(before);
    }

    private static void awaitPossible(MovingShop shop, boolean there) {
        if (there) {
            shop.awaitCutoverPossible();
        } else {
            shop.awaitRollbackPossible();
        }
    }

    /** Starts once every gate is open, or finishes what was interrupted. */
    static void start(MovingShop shop, boolean there, Consumer<State> listener, Request request)
            throws InterruptedException {
        while (true) {
            if (shop.writable() != Writable.NEITHER) {
                awaitPossible(shop, there);
            }
            shop.load().longest();
            try {
                if (there) {
                    shop.cutover(listener).start(request);
                } else {
                    shop.rollback(listener).start(request);
                }
                return;
            } catch (LiteferryException e) {
                // A gate may close between two looks.
                if (e.code() != ErrorCode.CUTOVER_REFUSED) {
                    throw e;
                }
            }
        }
    }

    /** Kills the victim at the step; why the switch did not come about, where it did not. */
    private static Optional<String> undone(
            MovingShop shop, Victim victim, boolean there, String step, MortalServers servers)
            throws InterruptedException {
        boolean[] killed = {false};
        Consumer<State> listener = state -> {
            if (state.label().equals(step) && !killed[0]) {
                killed[0] = true;
                kill(shop, victim, servers);
            }
        };
        Optional<String> why = Optional.empty();
        try {
            start(shop, there, listener, ConductorProcess.request(shop.plan().options(), step, HELD));
        } catch (LiteferryException e) {
            assertThat(e.getMessage()).isNotBlank();
            why = Optional.of(e.code() + " " + e.getMessage());
        }
        assertThat(killed[0]).as("reached " + step + ": " + why).isTrue();
        return why;
    }

    private static void kill(MovingShop shop, Victim victim, MortalServers servers) {
        try {
            switch (victim) {
                case POSTGRESQL -> servers.killPostgres();
                case KAFKA -> servers.killKafka();
                case CAPTURE, SINK, VALIDATOR, REVERSE -> shop.processes().kill(Part.valueOf(victim.name()));
                case CONDUCTOR -> throw new IllegalStateException("it is killed from outside");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void revive(MovingShop shop, Victim victim, MortalServers servers) throws IOException {
        switch (victim) {
            case POSTGRESQL -> servers.startPostgres();
            case KAFKA -> servers.startKafka();
            case CAPTURE, SINK, VALIDATOR, REVERSE -> shop.processes().start(Part.valueOf(victim.name()));
            case CONDUCTOR -> {}
        }
    }
}
