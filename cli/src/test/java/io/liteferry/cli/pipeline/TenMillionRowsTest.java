package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Ten million rows go through services of 256 MB heap to READY, and one wrong row among them is found. */
@Tag("long")
class TenMillionRowsTest {
    private static final long ROWS = Long.getLong("liteferry.rows", 10_000_000);
    private static final long FEW = 100_000;
    private static final Duration LONGEST = Duration.ofMinutes(40);
    private static final long RESIDENT_LIMIT_KIB = 512 * 1024;

    @TempDir
    Path folder;

    @Test
    void memoryIsBoundedAndOneWrongRowIsFound() throws Exception {
        Map<String, Long> few = migrate(FEW);
        Map<String, Long> many = migrate(ROWS);
        LoggerFactory.getLogger(TenMillionRowsTest.class)
                .atInfo()
                .addKeyValue("of_" + FEW + "_rows", few)
                .addKeyValue("of_" + ROWS + "_rows", many)
                .log("peak resident memory in KiB");
        assertThat(many.values()).allMatch(kib -> kib <= RESIDENT_LIMIT_KIB);
    }

    /** Gives the peak resident memory of each service in KiB. */
    private Map<String, Long> migrate(long rows) throws Exception {
        Path home = Files.createDirectory(folder.resolve("rows" + rows));
        Path source = home.resolve("items.db");
        ItemTable.make(source, rows);
        MigrationFixture items = MigrationFixture.of(home, source);
        String target = SharedServers.newDatabase();
        items.makePlanFor(
                SharedServers.kafka(),
                target,
                "validation.max.rows.per.second=1000000",
                "validation.ready.clean.passes=1",
                "validation.ready.stable=2000");
        MigrationFixture.Ended apply =
                items.command("apply", "--config", items.config().toString());
        assertThat(apply.exit()).as(apply.err()).isZero();
        Map<String, Process> services = new LinkedHashMap<>();
        try {
            for (String service : List.of("capture", "sink", "validator", "reverse")) {
                services.put(
                        service,
                        items.process(
                                "256m",
                                "run",
                                service,
                                "--config",
                                items.config().toString()));
            }
            ItemTable.awaitLoaded(items, rows, List.copyOf(services.values()), LONGEST);
            VerdictDocument ready = awaitReady(items, target, services);
            assertThat(ready.tables())
                    .filteredOn(t -> t.name().equals("item"))
                    .singleElement()
                    .satisfies(t -> {
                        assertThat(t.verifiedRows()).isEqualTo(rows);
                        assertThat(t.knownRows()).isEqualTo(rows);
                    });

            long wrong = rows * 9 / 10;
            try (Connection c = DriverManager.getConnection(SharedServers.byHand(target));
                    Statement s = c.createStatement()) {
                s.execute("UPDATE item SET name = name || ' ' WHERE id = " + wrong);
                awaitFound(s, items, services, "item " + wrong + " row_diff {name}");
            }
            return peaks(services);
        } finally {
            for (Process p : services.values()) {
                p.destroyForcibly().waitFor();
            }
        }
    }

    private static VerdictDocument awaitReady(MigrationFixture items, String target, Map<String, Process> services)
            throws Exception {
        try (Connection c = DriverManager.getConnection(target)) {
            return Awaitility.await()
                    .atMost(LONGEST)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(
                            () -> {
                                assertThat(services.values())
                                        .as(items.processLog())
                                        .allMatch(Process::isAlive);
                                return VerdictDocument.latest(c, items.plan().source())
                                        .orElse(null);
                            },
                            v -> v != null && v.ready());
        }
    }

    private static void awaitFound(Statement s, MigrationFixture items, Map<String, Process> services, String row) {
        Awaitility.await().atMost(LONGEST).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(services.values()).as(items.processLog()).allMatch(Process::isAlive);
            try (ResultSet rs = s.executeQuery("SELECT string_agg(table_name || ' ' || key_text || ' ' || kind || ' '"
                    + " || columns::text, ', ') FROM liteferry.validation_mismatch")) {
                rs.next();
                assertThat(rs.getString(1)).isEqualTo(row);
            }
        });
    }

    private static Map<String, Long> peaks(Map<String, Process> services) throws Exception {
        Map<String, Long> peaks = new LinkedHashMap<>();
        for (Map.Entry<String, Process> e : services.entrySet()) {
            String peak = Files.readAllLines(
                            Path.of("/proc", String.valueOf(e.getValue().pid()), "status"))
                    .stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .findFirst()
                    .orElseThrow();
            peaks.put(e.getKey(), Long.valueOf(peak.replaceAll("\\D", "")));
        }
        return peaks;
    }
}
