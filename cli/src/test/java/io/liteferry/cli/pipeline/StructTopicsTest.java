package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructTopicsTest {
    @TempDir
    Path folder;

    /** Most values below the first row stand in source.misfit, and must come out of it as it went in. */
    @Test
    void aTopicOfDebeziumsEnvelopeCarriesEveryValueExactly() throws Exception {
        Path source = Files.createFile(folder.resolve("odd.db"));
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = wal");
            s.execute("CREATE TABLE odd(id INTEGER PRIMARY KEY, r REAL, n NUMERIC, t TEXT, b BLOB, any)");
            s.execute("CREATE TABLE keyless(t TEXT, r REAL)");
            s.execute(
                    "INSERT INTO odd VALUES (1, 0.1, 12.5, 'plain', x'00ff', 'text'), (2, 9e999, 10, '', x'', 7),"
                            + " (3, -0.0, 9007199254740993, 'a ü €', NULL, x'01'), (-9223372036854775808, 1e-300, -1, NULL, NULL, 2.5)");
            s.execute("INSERT INTO keyless VALUES ('a', 1), ('a', 1), (NULL, NULL)");
        }
        MigrationFixture odd = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        odd.makePlanFor(SharedServers.kafka(), target, "record.format=struct");

        MigrationFixture.Ended run = odd.runUntilReady();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        // It does not know columns of any class: one class byte, then the value.
        assertThat(IndependentComparison.compare(source, target, "public"))
                .containsExactlyInAnyOrder(
                        "odd: key -9223372036854775808: any is real 2.5 in SQLite, 024004000000000000 in PostgreSQL",
                        "odd: key 1: any is text text in SQLite, 0374657874 in PostgreSQL",
                        "odd: key 2: any is integer 7 in SQLite, 010000000000000007 in PostgreSQL",
                        "odd: key 3: any is 01 in SQLite, 0401 in PostgreSQL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"packed", "struct"})
    void aKeyOfAnotherClassThanPlannedIsQuarantinedAlone(String format) throws Exception {
        Path source = folder.resolve("codes.db");
        sql(
                source,
                "PRAGMA journal_mode = wal",
                "CREATE TABLE codes(code INT PRIMARY KEY, n TEXT)",
                "INSERT INTO codes VALUES (1, 'one'), (2, 'two')");
        MigrationFixture codes = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        codes.makePlanFor(SharedServers.kafka(), target, "record.format=" + format);
        assertThat(codes.command("apply", "--config", codes.config().toString()).exit())
                .isZero();
        try (Pipeline pipeline = Pipeline.start(
                codes.plan(), Clock.systemUTC(), EnumSet.of(Pipeline.Part.CAPTURE, Pipeline.Part.SINK))) {
            sql(source, "INSERT INTO codes VALUES ('three', 'x'), (4, 'four')", "DELETE FROM codes WHERE code = 1");
            await().untilAsserted(() -> assertThat(rows(target, "SELECT key_text, reason FROM liteferry.quarantine"))
                    .containsExactly("'three', the storage class is not the planned one"));
            await().untilAsserted(() -> assertThat(rows(target, "SELECT code, n FROM codes ORDER BY code"))
                    .containsExactly("2, two", "4, four"));
            sql(source, "UPDATE codes SET code = 3 WHERE code = 'three'");
            await().untilAsserted(() -> assertThat(rows(target, "SELECT code, n FROM codes ORDER BY code"))
                    .containsExactly("2, two", "3, x", "4, four"));
            assertThat(rows(target, "SELECT key_text, reason FROM liteferry.quarantine"))
                    .isEmpty();
            pipeline.failIfEnded();
        }
    }

    private static List<String> rows(String target, String query) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(query)) {
            while (r.next()) {
                rows.add(r.getString(1) + ", " + r.getString(2));
            }
        }
        return rows;
    }

    private static void sql(Path file, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
