package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Under live writes nothing is reported that does not differ, and everything that does is found in one pass. */
class PlantsUnderLoadTest {
    private static final int WRITES_PER_SECOND = 500;
    private static final int BUSY_ROWS = 3_000;
    private static final String FOUND = "SELECT table_name || ' ' || key_text || ' ' || kind || ' ' || columns::text"
            + " FROM liteferry.validation_mismatch";

    @TempDir
    Path folder;

    private final String target = SharedServers.newDatabase();
    private int quietRows;

    @Test
    void fiftyPlantsAreFoundInOnePassAndNothingElseIsReported() throws Exception {
        run(50, Duration.ofSeconds(Integer.getInteger("liteferry.clean.seconds", 300)));
    }

    @Test
    @Tag("long")
    void aThousandPlantsAreFoundInOnePassAfterAnHourInWhichNothingIsReported() throws Exception {
        run(1_000, Duration.ofMinutes(Integer.getInteger("liteferry.clean.minutes", 60)));
    }

    private void run(int plants, Duration clean) throws Exception {
        quietRows = 3 * plants;
        MigrationFixture bank = bank();
        Plan plan = bank.plan();
        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class));
                Connection postgres = DriverManager.getConnection(SharedServers.byHand(target));
                SteadyWriter writer = new SteadyWriter(bank.source(), WRITES_PER_SECOND, quietRows, BUSY_ROWS)) {
            writer.start();
            awaitPass(postgres, plan, pipeline);
            writer.renameOwners();
            long written = writer.written();
            Awaitility.await()
                    .during(clean)
                    .atMost(clean.plusMinutes(1))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        pipeline.failIfEnded();
                        writer.failIfEnded();
                        return rows(postgres, FOUND).isEmpty();
                    });
            assertThat(writer.written() - written).isGreaterThan(clean.toSeconds() * WRITES_PER_SECOND / 2);

            List<String> planted = plant(postgres, plants);
            awaitPass(postgres, plan, pipeline);
            assertThat(rows(postgres, FOUND)).containsExactlyInAnyOrderElementsOf(planted);
        }
    }

    private MigrationFixture bank() throws Exception {
        Path file = folder.resolve("bank.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute(
                    "CREATE TABLE account(id INTEGER PRIMARY KEY, owner TEXT, balance INTEGER, note TEXT, photo BLOB)");
            s.execute("CREATE TABLE event(id INTEGER PRIMARY KEY, region TEXT NOT NULL, amount REAL, doc TEXT)");
            String numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                    + (quietRows + BUSY_ROWS) + ") ";
            s.execute(numbers + "INSERT INTO account SELECT i, 'owner ' || i, i * 10, 'note ' || i,"
                    + " CAST('photo ' || i AS BLOB) FROM n");
            s.execute(
                    numbers + "INSERT INTO event SELECT i, substr('nsew', 1 + i % 4, 1), i + 0.25, 'doc ' || i FROM n");
        }
        MigrationFixture bank = MigrationFixture.of(folder, file);
        bank.makePlanFor(SharedServers.kafka(), target);
        String yaml = Files.readString(bank.config());
        String head = "  event:\n    target: event\n";
        assertThat(yaml).contains(head);
        Files.writeString(bank.config(), yaml.replace(head, head + "    partition: { list: region }\n"));
        MigrationFixture.Ended apply =
                bank.command("apply", "--config", bank.config().toString());
        assertThat(apply.exit()).as(apply.err()).isZero();
        return bank;
    }

    /** Changes rows that the writer leaves alone; gives what is to be found. */
    private List<String> plant(Connection postgres, int plants) throws SQLException {
        List<String> planted = new ArrayList<>();
        int next = 1;
        for (int i = 0; i < plants; i++) {
            int id = next++;
            String row = " WHERE id = " + id;
            switch (i % 6) {
                case 0 -> {
                    planted.add("account " + id + " row_diff {note}");
                    sql(postgres, "UPDATE account SET note = overlay(note placing 'x' from 3 for 1)" + row);
                }
                case 1 -> {
                    planted.add("account " + id + " missing_target {}");
                    sql(postgres, "DELETE FROM account" + row);
                }
                case 2 -> {
                    planted.add("account " + (1_000_000_000 + id) + " missing_source {}");
                    sql(
                            postgres,
                            "INSERT INTO account SELECT 1000000000 + id, owner, balance, note, photo FROM account"
                                    + row);
                }
                case 3 -> {
                    int other = next++;
                    planted.add("account " + id + " row_diff {owner,balance,note,photo}");
                    planted.add("account " + other + " row_diff {owner,balance,note,photo}");
                    sql(
                            postgres,
                            "UPDATE account a SET owner = b.owner, balance = b.balance, note = b.note, photo = b.photo"
                                    + " FROM account b WHERE a.id IN (" + id + "," + other + ") AND b.id = "
                                    + (id + other)
                                    + " - a.id");
                }
                case 4 -> {
                    planted.add("event " + id + " row_diff {region}");
                    sql(
                            postgres,
                            "INSERT INTO event(id, region, amount, doc) SELECT id, CASE region WHEN 'n' THEN 's' ELSE 'n' END,"
                                    + " amount, doc FROM event" + row);
                }
                default -> {
                    planted.add("account " + id + " row_diff {owner}");
                    sql(postgres, "UPDATE account SET owner = 'owner " + id + "'" + row);
                }
            }
        }
        return planted;
    }

    /** Waits until one pass that began after this call has been through all tables. */
    private static void awaitPass(Connection postgres, Plan plan, Pipeline pipeline) throws SQLException {
        String begun = rows(postgres, "SELECT clock_timestamp()::text").get(0);
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    pipeline.failIfEnded();
                    return rows(
                                    postgres,
                                    "SELECT 1 FROM liteferry.validation_pass WHERE started_at > '" + begun
                                            + "' AND unknown = 0 AND equal > 0 GROUP BY pass HAVING count(DISTINCT table_name) = "
                                            + plan.tables().size())
                            .contains("1");
                });
    }

    private static void sql(Connection postgres, String sql) throws SQLException {
        try (Statement s = postgres.createStatement()) {
            assertThat(s.executeUpdate(sql)).as(sql).isPositive();
        }
    }

    private static List<String> rows(Connection postgres, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement s = postgres.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            while (rs.next()) {
                rows.add(rs.getString(1));
            }
        }
        return rows;
    }
}
