package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What carries writes back dies while the application writes to PostgreSQL: each write comes back once, in order, and nothing goes round. */
class ReverseUnderFaultsTest {
    private static final int TIMES = Integer.getInteger("liteferry.kills", 20);

    @TempDir
    Path folder;

    private interface Fault {
        void happen() throws Exception;
    }

    @Test
    void theReverseFeedIsKilled() throws Exception {
        try (MovingShop shop =
                new MovingShop(folder, SharedServers.kafka(), SharedServers.newDatabase(), Part.REVERSE)) {
            survives(shop, 2, List.of(() -> killReverse(shop)));
        }
    }

    @Test
    @Tag("long")
    void theReverseFeedPostgreSqlAndKafkaAreKilled() throws Exception {
        try (MortalServers servers = new MortalServers(folder);
                MovingShop shop = new MovingShop(folder, servers.kafka(), servers.database(), Part.values())) {
            survives(
                    shop,
                    TIMES,
                    List.of(
                            () -> killReverse(shop),
                            () -> {
                                servers.killPostgres();
                                servers.startPostgres();
                            },
                            () -> {
                                servers.killKafka();
                                servers.startKafka();
                            },
                            () -> {
                                servers.killKafka();
                                killReverse(shop);
                                servers.killPostgres();
                                servers.startPostgres();
                                servers.startKafka();
                            }));
        }
    }

    private static void killReverse(MovingShop shop) throws Exception {
        shop.processes().kill(Part.REVERSE);
        shop.processes().start(Part.REVERSE);
    }

    private static void survives(MovingShop shop, int times, List<Fault> faults) throws Exception {
        KilledAtEachStepTest.start(shop, true, s -> {}, shop.request());
        long forward = log(shop);
        try (OrderedWrites writes =
                new OrderedWrites(PgConnections.of(shop.plan().options()), shop.source())) {
            for (int time = 0; time < times; time++) {
                for (Fault fault : faults) {
                    // Killed only once it has carried something: one that never got going would prove nothing.
                    long before = writes.look();
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(90))
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> writes.look() > before + 20);
                    fault.happen();
                }
            }
            long written = writes.stop();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> writes.look() == written);
        }
        assertThat(log(shop)).as("nothing goes round").isEqualTo(forward);
        KilledAtEachStepTest.start(shop, false, s -> {}, shop.request());
        shop.goesOn(Duration.ofSeconds(20));
        shop.audit();
    }

    /** The end of the change log: what the application, and nobody else, has changed in SQLite. */
    private static long log(MovingShop shop) throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + shop.source());
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT max(seq) FROM _liteferry_log")) {
            r.next();
            return r.getLong(1);
        }
    }
}
