package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.demo.MovingLoad;
import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.demo.ShopFront;
import io.liteferry.cli.demo.Side;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.Rollback;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.embedded.SharedServers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A small shop that is migrated while its order desk writes, obeys the hook, and keeps a ledger. */
final class MovingShop implements AutoCloseable {
    private final MigrationFixture migration;
    private final ShopFront front;
    private final Plan plan;
    private final Pipeline pipeline;
    private final List<String> states = new ArrayList<>();

    MovingShop(Path folder) throws IOException {
        Path source = folder.resolve("shop.db");
        ShopDatabase.create(source, 4_000, 7);
        migration = MigrationFixture.of(folder, source);
        migration.makePlanFor(
                SharedServers.kafka(),
                SharedServers.newDatabase(),
                Options.VALIDATION_READY_STABLE_MS + "=1s",
                Options.VALIDATION_READY_CLEAN_PASSES + "=1",
                Options.VALIDATION_PASS_INTERVAL_MS + "=100ms");
        assertThat(migration
                        .command("apply", "--config", migration.config().toString())
                        .exit())
                .isZero();
        Plan applied = migration.plan();
        front = new ShopFront(Side.sqlite(source), Side.postgres(applied), 4, 200, 1);
        plan = applied.withOptions(applied.options().with(Options.CUTOVER_HOOK, load().hook()));
        pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class));
        load().start();
    }

    Plan plan() {
        return plan;
    }

    Path source() {
        return migration.source();
    }

    Path config() {
        return migration.config();
    }

    MovingLoad load() {
        return front.load();
    }

    /** Runs a command of the program on this migration. */
    MigrationFixture.Ended command(String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        args.addAll(List.of("--config", config().toString()));
        return migration.command(args.toArray(String[]::new));
    }

    /** States that conductors of this process have entered. */
    List<String> states() {
        return states;
    }

    Cutover cutover() {
        return new Cutover(plan, config(), Clock.systemUTC(), s -> states.add(s.label()));
    }

    Rollback rollback() {
        return new Rollback(plan, config(), Clock.systemUTC(), s -> states.add(s.label()));
    }

    Request request() {
        Request asked = Request.of(plan.options());
        return new Request(
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                Duration.ofMinutes(1),
                true,
                Map.of("backup_verified", "a test"),
                asked.by());
    }

    void awaitCutoverPossible() {
        open(() -> cutover().check(true));
    }

    void awaitRollbackPossible() {
        open(() -> rollback().check());
    }

    private void open(Supplier<List<Check>> gates) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    demandWell();
                    assertThat(Gates.closed(gates.get(), request().overrides())).isEmpty();
                });
    }

    private void demandWell() {
        pipeline.failIfEnded();
        load().failure().ifPresent(e -> {
            throw new AssertionError("a writer has ended", e);
        });
    }

    /** The application goes on, and begins to within the time given. */
    void goesOn(Duration within) {
        long before = load().acknowledged();
        Awaitility.await()
                .atMost(within)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> load().acknowledged() > before + 20);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() -> {
                    demandWell();
                    return load().acknowledged() > before + 200;
                });
    }

    Sides.Writable writable() {
        return Sides.of(plan, PgConnections.of(plan.options())).writable();
    }

    /** Stops the order desk: every write that it saw acknowledged is there, and nothing else. */
    void audit() throws InterruptedException, SQLException {
        load().stop();
        demandWell();
        assertThat(front.audit()).isEmpty();
    }

    @Override
    public void close() {
        front.close();
        pipeline.close();
    }
}
