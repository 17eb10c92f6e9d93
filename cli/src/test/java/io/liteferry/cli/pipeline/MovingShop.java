package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.demo.MovingLoad;
import io.liteferry.cli.demo.ShopDatabase;
import io.liteferry.cli.demo.ShopFront;
import io.liteferry.cli.demo.Side;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.VerdictDocument.Check;
import io.liteferry.cutover.Cutover;
import io.liteferry.cutover.Outcome;
import io.liteferry.cutover.Request;
import io.liteferry.cutover.Rollback;
import io.liteferry.cutover.gate.Gates;
import io.liteferry.cutover.gate.Sides;
import io.liteferry.cutover.journal.State;
import io.liteferry.embedded.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A small shop that is migrated while its order desk writes, obeys the hook, and keeps a ledger. */
final class MovingShop implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final MigrationFixture migration;
    private final ShopFront front;
    private final Plan plan;
    private final Pipeline pipeline;
    private final ServiceProcesses processes;
    private final List<String> states = new ArrayList<>();

    /** With all services in this process. */
    MovingShop(Path folder) throws IOException {
        this(folder, SharedServers.kafka(), SharedServers.newDatabase());
    }

    /** @param mortal services that are processes of their own, to be killed */
    MovingShop(Path folder, String kafka, String database, Pipeline.Part... mortal) throws IOException {
        Path source = folder.resolve("shop.db");
        ShopDatabase.create(source, 4_000, 7);
        migration = MigrationFixture.of(folder, source);
        migration.makePlanFor(
                kafka,
                database,
                Options.VALIDATION_READY_STABLE_MS + "=1s",
                Options.VALIDATION_READY_CLEAN_PASSES + "=1",
                Options.VALIDATION_PASS_INTERVAL_MS + "=100ms",
                // Nobody starts a sink again here that has waited in vain for PostgreSQL.
                Options.FLUSH_MAX_RETRIES + "=100");
        assertThat(migration
                        .command("apply", "--config", migration.config().toString())
                        .exit())
                .isZero();
        Plan applied = migration.plan();
        front = new ShopFront(Side.sqlite(source), Side.postgres(applied), 4, 100, 1);
        plan = applied.withOptions(applied.options().with(Options.CUTOVER_HOOK, load().hook()));
        processes = new ServiceProcesses(migration);
        processes.start(mortal);
        Set<Pipeline.Part> here = EnumSet.allOf(Pipeline.Part.class);
        here.removeAll(List.of(mortal));
        pipeline = Pipeline.start(plan, Clock.systemUTC(), here);
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

    /** The services that are processes of their own. */
    ServiceProcesses processes() {
        return processes;
    }

    /** States that conductors of this process have entered. */
    List<String> states() {
        return states;
    }

    Cutover cutover() {
        return cutover(s -> states.add(s.label()));
    }

    Cutover cutover(Consumer<State> listener) {
        return new Cutover(plan, config(), Clock.systemUTC(), listener);
    }

    /** One whose hook fails. */
    Cutover cutoverWithoutHook() {
        Options failing = plan.options().with(Options.CUTOVER_HOOK, "exit 7").with(Options.CUTOVER_HOOK_RETRIES, "0");
        return new Cutover(plan.withOptions(failing), config(), Clock.systemUTC(), s -> states.add(s.label()));
    }

    /** What the hook does, by hand. */
    void moveByHand() throws IOException, InterruptedException {
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(load().hook()))
                                .POST(HttpRequest.BodyPublishers.ofString("cutover"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
    }

    Rollback rollback() {
        return rollback(s -> states.add(s.label()));
    }

    Rollback rollback(Consumer<State> listener) {
        return new Rollback(plan, config(), Clock.systemUTC(), listener);
    }

    Request request() {
        return ConductorProcess.request(plan.options(), "", Duration.ofSeconds(15));
    }

    /** A machine that is busy may close a gate once more, or let a side stand while writers are held: then again. */
    Outcome cutOver() throws InterruptedException {
        return switched(this::awaitCutoverPossible, () -> cutover().start(request()));
    }

    Outcome rollBack() throws InterruptedException {
        return switched(this::awaitRollbackPossible, () -> rollback().start(request()));
    }

    private interface Switch {
        Outcome start() throws InterruptedException;
    }

    private static Outcome switched(Runnable possible, Switch attempt) throws InterruptedException {
        for (int i = 1; ; i++) {
            possible.run();
            try {
                return attempt.start();
            } catch (LiteferryException e) {
                boolean again = e.code() == ErrorCode.CUTOVER_REFUSED || e.code() == ErrorCode.CUTOVER_UNDONE;
                if (!again || i == ATTEMPTS) {
                    throw e;
                }
            }
        }
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

    private void demandWell() throws IOException {
        pipeline.failIfEnded();
        processes.demandAlive();
        load().failure().ifPresent(e -> {
            throw new AssertionError("a writer has ended", e);
        });
    }

    /** The application begins to go on within the time given, whatever has become of the services. */
    void writersGoOn(Duration within) {
        long before = load().acknowledged();
        Awaitility.await()
                .atMost(within)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> load().acknowledged() > before + 10);
    }

    /** The application goes on, and begins to within the time given. */
    void goesOn(Duration within) {
        long before = load().acknowledged();
        writersGoOn(within);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() -> {
                    demandWell();
                    return load().acknowledged() > before + 100;
                });
    }

    Sides.Writable writable() {
        return Sides.of(plan, PgConnections.of(plan.options())).writable();
    }

    /** Which side takes a write of the application, tried on both. */
    Sides.Writable open() throws SQLException {
        String change = "UPDATE orders SET status = status WHERE id = (SELECT min(id) FROM orders)";
        boolean sqlite;
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source() + "?busy_timeout=5000")) {
            sqlite = takes(c, change, "migration fence");
        }
        boolean postgres;
        try (Connection c = PgConnections.of(plan.options()).open("application")) {
            postgres = takes(c, change, "closed until the cutover");
        }
        assertThat(sqlite && postgres).as("both sides are open").isFalse();
        return sqlite ? Sides.Writable.SQLITE : postgres ? Sides.Writable.POSTGRESQL : Sides.Writable.NEITHER;
    }

    private static boolean takes(Connection c, String change, String refusal) throws SQLException {
        c.setAutoCommit(false);
        try (Statement s = c.createStatement()) {
            s.executeUpdate(change);
            return true;
        } catch (SQLException e) {
            assertThat(e.getMessage()).contains(refusal);
            return false;
        } finally {
            c.rollback();
        }
    }

    /** PostgreSQL gives out ids that no order takes; the last of them. */
    long giveIds(int ids) throws SQLException {
        try (Connection c = PgConnections.of(plan.options()).open("application");
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT max(nextval(pg_get_serial_sequence('orders', 'id')))"
                        + " FROM generate_series(1, " + ids + ")")) {
            r.next();
            return r.getLong(1);
        }
    }

    /** The highest id that SQLite knows to be given to an order. */
    long counter() throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source());
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT seq FROM sqlite_sequence WHERE name = 'orders'")) {
            r.next();
            return r.getLong(1);
        }
    }

    /** Foreign keys of the target that PostgreSQL has not looked at all rows under. */
    List<String> unvalidated() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection c = PgConnections.of(plan.options()).open("application");
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT conname FROM pg_constraint WHERE NOT convalidated")) {
            while (r.next()) {
                names.add(r.getString(1));
            }
        }
        return names;
    }

    /** Stops the order desk: every write that it saw acknowledged is there, and nothing else. */
    void audit() throws IOException, InterruptedException, SQLException {
        load().stop();
        demandWell();
        assertThat(front.audit()).isEmpty();
    }

    @Override
    public void close() {
        front.close();
        processes.close();
        pipeline.close();
    }
}
