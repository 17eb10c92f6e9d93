package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An UPDATE of a whole table becomes one batch, with each service in a process of its own of 256 MB heap. */
class BulkUpdateTest {
    @TempDir
    Path folder;

    @Test
    void anUpdateOfEveryRowBecomesVisibleAtOnce() throws Exception {
        updateEveryRow(250_000);
    }

    @Test
    @Tag("long")
    void anUpdateOfAMillionRowsBecomesVisibleAtOnce() throws Exception {
        updateEveryRow(1_000_000);
    }

    private void updateEveryRow(int rows) throws Exception {
        Path source = folder.resolve("bulk.db");
        ItemTable.make(source, rows);
        MigrationFixture bulk = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        bulk.makePlanFor(SharedServers.kafka(), target);
        assertThat(bulk.command("apply", "--config", bulk.config().toString()).exit())
                .isZero();

        List<Process> services = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (String service : List.of("capture", "sink", "validator", "reverse")) {
                services.add(bulk.process(
                        "256m", "run", service, "--config", bulk.config().toString()));
            }
            ItemTable.awaitLoaded(bulk, rows, services, Duration.ofMinutes(3));
            Future<Integer> writer = threads.submit(() -> writeUntil(source, stop));
            Future<List<Long>> reader = threads.submit(() -> countsSeen(target, stop));
            try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                    Statement s = c.createStatement()) {
                s.execute("PRAGMA busy_timeout = 60000");
                s.execute("UPDATE item SET version = 1");
            }
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        assertThat(services).as(bulk.processLog()).allMatch(Process::isAlive);
                        return updated(target) == rows;
                    });
            stop.set(true);
            assertThat(writer.get())
                    .as("transactions written beside the update")
                    .isPositive();
            assertThat(reader.get())
                    .as("numbers of updated rows that a reader saw")
                    .containsOnly(0L, (long) rows);
        } finally {
            stop.set(true);
            threads.shutdownNow();
            for (Process p : services) {
                p.destroyForcibly().waitFor();
            }
        }
    }

    private static int writeUntil(Path source, AtomicBoolean stop) throws Exception {
        int written = 0;
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement();
                PreparedStatement insert = c.prepareStatement("INSERT INTO beat(at) VALUES (?)")) {
            s.execute("PRAGMA busy_timeout = 60000");
            while (!stop.get()) {
                insert.setLong(1, written++);
                insert.executeUpdate();
            }
        }
        return written;
    }

    private static List<Long> countsSeen(String target, AtomicBoolean stop) throws Exception {
        List<Long> seen = new ArrayList<>();
        while (!stop.get()) {
            seen.add(updated(target));
        }
        seen.add(updated(target));
        return seen;
    }

    private static long updated(String target) throws Exception {
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT count(*) FROM item WHERE version = 1")) {
            rs.next();
            return rs.getLong(1);
        }
    }
}
